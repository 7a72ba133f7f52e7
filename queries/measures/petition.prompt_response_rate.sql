-- answers: Which share of the petitions received was answered within a day.
-- title.zh: 24小时回应率
-- title.en: Answered within 24 hours
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内受理的诉求中，规定小时内（设置 response_hours，默认 24）回应的占比。
-- definition.en: Of the petitions received in the period, the share answered within so many hours (setting response_hours, usually 24).
-- source.zh: 深圳：承办单位24小时内联系市民
-- source: Shenzhen: the handler contacts the citizen within 24 hours
-- caveat.zh: 仅限有办理环节记录的诉求；未满时限的不计。
-- caveat: Of petitions with events only. Those whose time is not up are not in it.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.responded_at <= petition.received_at + to_seconds(3600 * store_number('response_hours', 24)))::double as n,
    count(*)::double as of,
    count(*) filter (course.responded_at <= petition.received_at + to_seconds(3600 * store_number('response_hours', 24))) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where petition.received_at >= coalesce($since::date, date '1900-01-01')
  and petition.received_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
  and petition.received_at + to_seconds(3600 * store_number('response_hours', 24)) < period_end($until, $now)
group by petition.region_id;
