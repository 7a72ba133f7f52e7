-- answers: Which share of the petitions due for closure was closed.
-- title.zh: 结案率
-- title.en: Closure rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 结案数 ÷ 应结案数。应结案数为期内到期的诉求，含期初未结的结转件。
-- definition.en: Closed ÷ due for closure. Due are the petitions whose due time lies in the period, carried-over ones included.
-- source.zh: 郑州城市管理周报 2019-04-08：43,523/52,434 = 83.01 %
-- source: Zhengzhou weekly report 2019-04-08, 43,523/52,434 = 83.01 %
-- caveat.zh: 分母不是受理数：未到期的不计入分母。
-- caveat: Not the share of those received: what is not yet due is not in the denominator.
-- sums_over: petition
-- beside: n - petition.on_time_close_rate.n, n - petition.late_close_rate.n
-- withheld_with: petition.on_time_close_rate, petition.late_close_rate
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (closed)::double as n,
    count(*)::double as of,
    count(*) filter (closed) / nullif(count(*), 0)::double as value
from petition_due($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
