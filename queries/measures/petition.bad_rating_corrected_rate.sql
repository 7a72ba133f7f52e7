-- answers: Which share of the bad ratings was put right.
-- title.zh: 差评整改率
-- title.en: Bad ratings put right
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内收到差评的诉求中，截至期末已整改的占比。
-- definition.en: Of the petitions first rated badly in the period, the share put right by its end.
-- source.zh: 微邻里报事：差评与整改
-- source: Wei-Linli reporting: bad ratings and their correction
-- caveat.zh: 以承办单位上报的整改为准，不是诉求人再次评价。
-- caveat: Put right as the handling unit reports it, not as the petitioner rates it again.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.corrected_at >= course.bad_rated_at and course.corrected_at < period_end($until, $now))::double as n,
    count(*)::double as of,
    count(*) filter (course.corrected_at >= course.bad_rated_at and course.corrected_at < period_end($until, $now)) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where course.bad_rated_at >= coalesce($since::date, date '1900-01-01')
  and course.bad_rated_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
group by petition.region_id;
