-- answers: Which share of the petitions dispatched went to the right unit at once.
-- title.zh: 准确派遣率
-- title.en: Accurate dispatch rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 准确派遣数 ÷ 应派遣数：期内派遣的诉求中，截至期末未被退件的占比。
-- definition.en: Of the petitions dispatched in the period, the share that no unit returned by its end.
-- source.zh: 数字城管指标：准确派遣率
-- source: indicators of digital city management: accurate dispatch rate
-- caveat.zh: 需有诉求办理环节记录。
-- caveat: Needs the petitions' events.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (coalesce(course.returned_at >= period_end($until, $now), true))::double as n,
    count(*)::double as of,
    count(*) filter (coalesce(course.returned_at >= period_end($until, $now), true)) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where petition.dispatched_at >= coalesce($since::date, date '1900-01-01')
  and petition.dispatched_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
group by petition.region_id;
