-- answers: Which share of the petitions dispatched was returned by a unit.
-- title.zh: 退件率
-- title.en: Bounce rate
-- kind: rate
-- unit: share
-- direction: -1
-- definition.zh: 被退件的诉求数 ÷ 已派遣的诉求数（按派遣时间）。
-- definition.en: Petitions returned by a unit at least once ÷ petitions dispatched in the period.
-- source.zh: 坪山民生诉求：权属不清事项
-- source: Pingshan one-stop intake: cases whose owner is unclear
-- caveat.zh: 需有办理环节记录；多次退件只计一次。
-- caveat: Needs the petitions' events; a petition that bounced three times counts once.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.returned_at < period_end($until, $now))::double as n,
    count(*)::double as of,
    count(*) filter (course.returned_at < period_end($until, $now)) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where petition.dispatched_at >= coalesce($since::date, date '1900-01-01')
  and petition.dispatched_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
group by petition.region_id;
