-- answers: Which share of the petitions disposed of was verified in time.
-- title.zh: 按期核查率
-- title.en: On-time verification rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 按时核查数 ÷ 应核查数：期内处置完毕的诉求中，规定小时内（设置 verify_hours，默认 24）核查的占比。
-- definition.en: Of the petitions disposed of in the period, the share verified within so many hours (setting verify_hours, usually 24).
-- source.zh: 数字城管指标：按期核查率
-- source: indicators of digital city management: on-time verification rate
-- caveat.zh: 需有办理环节记录；按自然小时计；未满时限的不计。
-- caveat: Needs the petitions' events. Hours by the clock. Those whose time is not up are not in it.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.verified_at <= petition.disposed_at + to_seconds(3600 * store_number('verify_hours', 24)))::double as n,
    count(*)::double as of,
    count(*) filter (course.verified_at <= petition.disposed_at + to_seconds(3600 * store_number('verify_hours', 24))) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where petition.disposed_at >= coalesce($since::date, date '1900-01-01')
  and petition.disposed_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
  and petition.disposed_at + to_seconds(3600 * store_number('verify_hours', 24)) < period_end($until, $now)
group by petition.region_id;
