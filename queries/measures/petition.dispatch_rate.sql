-- answers: Which share of the petitions filed was dispatched.
-- title.zh: 派遣率
-- title.en: Dispatch rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 派遣数 ÷ 立案数：期内立案的诉求中，截至期末已派遣的占比。
-- definition.en: Dispatched ÷ filed: of the petitions filed in the period, the share dispatched by its end.
-- source.zh: 郑州城市管理周报 2019-04-08：49,151/51,229 = 95.94 %
-- source: Zhengzhou weekly report 2019-04-08, 49,151/51,229 = 95.94 %
-- caveat.zh: 按立案日统计。
-- caveat: Counted by the day of filing.
-- sums_over: petition
-- beside: n - petition.on_time_dispatch_rate.n
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (dispatched_at < period_end($until, $now))::double as n,
    count(*)::double as of,
    count(*) filter (dispatched_at < period_end($until, $now)) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries)
where filed_at >= coalesce($since::date, date '1900-01-01')
  and filed_at < period_end($until, $now)
  and in_categories(category, $categories)
group by region_id;
