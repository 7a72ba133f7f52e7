-- answers: Which share of the ratings was good.
-- title.zh: 满意率
-- title.en: Satisfaction rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: （非常满意 + 满意 + 基本满意）÷ 参评数；设置 satisfied_from = 4 时不含基本满意。
-- definition.en: Ratings from satisfied up ÷ all ratings given in the period; the setting satisfied_from (usually 3, basically satisfied) says from where.
-- source.zh: 深圳好差评：五档
-- source: Shenzhen rating of services: five grades
-- caveat.zh: 只计参评的，请留意参评占比；以最后一次评价为准。
-- caveat: Only those who rate are counted: see how many of the closed did. The last rating of a petition counts.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.score >= store_number('satisfied_from', 3))::double as n,
    count(*)::double as of,
    count(*) filter (course.score >= store_number('satisfied_from', 3)) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where course.rated_at >= coalesce($since::date, date '1900-01-01')
  and course.rated_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
group by petition.region_id;
