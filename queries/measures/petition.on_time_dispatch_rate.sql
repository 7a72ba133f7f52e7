-- answers: Which share of the petitions filed was dispatched in time.
-- title.zh: 按期派遣率
-- title.en: On-time dispatch rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 按时派遣数 ÷ 应派遣数：期内立案的诉求中，立案后规定小时内（设置 dispatch_hours，默认 4）派遣的占比。
-- definition.en: Of the petitions filed in the period, the share dispatched within so many hours (setting dispatch_hours, usually 4).
-- source.zh: 数字城管指标：按期派遣率
-- source: indicators of digital city management: on-time dispatch rate
-- caveat.zh: 按自然小时计；立案未满时限的不计。
-- caveat: Hours by the clock. Those filed so recently that their time is not up are not in it.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (dispatched_at <= filed_at + to_seconds(3600 * store_number('dispatch_hours', 4)))::double as n,
    count(*)::double as of,
    count(*) filter (dispatched_at <= filed_at + to_seconds(3600 * store_number('dispatch_hours', 4))) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries)
where filed_at >= coalesce($since::date, date '1900-01-01')
  and filed_at < period_end($until, $now)
  and in_categories(category, $categories)
  and filed_at + to_seconds(3600 * store_number('dispatch_hours', 4)) < period_end($until, $now)
group by region_id;
