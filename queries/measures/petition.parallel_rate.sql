-- answers: Which share of the petitions dispatched lay with several units at once.
-- title.zh: 并行派件率
-- title.en: Parallel dispatch rate
-- kind: rate
-- unit: share
-- direction: 0
-- definition.zh: 同时派给两个及以上单位的诉求数 ÷ 已派遣的诉求数。
-- definition.en: Petitions that lay with two or more units at the same time ÷ petitions dispatched in the period.
-- source.zh: 坪山民生诉求：并行派件
-- source: Pingshan one-stop intake, parallel dispatch
-- caveat.zh: 需有办理环节记录；先被退回的派件不算并行。
-- caveat: Needs the petitions' events; a dispatch that was returned first is not parallel to the next.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.parallel_units >= 2)::double as n,
    count(*)::double as of,
    count(*) filter (course.parallel_units >= 2) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where petition.dispatched_at >= coalesce($since::date, date '1900-01-01')
  and petition.dispatched_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
group by petition.region_id;
