-- answers: Which share of the ratings was bad.
-- title.zh: 差评率
-- title.en: Bad rating rate
-- kind: rate
-- unit: share
-- direction: -1
-- definition.zh: 差评数（不满意、非常不满意）÷ 评价数。
-- definition.en: Dissatisfied and very dissatisfied ÷ all ratings given in the period.
-- source.zh: 深圳好差评：差评数 ÷ 评价数
-- source: Shenzhen rating of services: bad ratings ÷ ratings
-- caveat.zh: 以最后一次评价为准。
-- caveat: The last rating of a petition counts.
-- beside: of - n - petition.satisfaction_rate.n
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.score <= 2)::double as n,
    count(*)::double as of,
    count(*) filter (course.score <= 2) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where course.rated_at >= coalesce($since::date, date '1900-01-01')
  and course.rated_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
group by petition.region_id;
