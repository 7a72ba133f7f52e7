-- answers: Which share of the petitions due for closure was closed on time.
-- title.zh: 按期结案率
-- title.en: On-time closure rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 按期结案数 ÷ 应结案数。应结案数为期内到期的诉求，含期初未结的结转件。
-- definition.en: Closed by the due time ÷ due for closure. Due are the petitions whose due time lies in the period, carried-over ones included.
-- source.zh: 郑州城市管理周报 2019-04-08：40,394/52,434 = 77.04 %
-- source: Zhengzhou weekly report 2019-04-08, 40,394/52,434 = 77.04 %
-- caveat.zh: 来源没有办理期限的，采用其按期标记。
-- caveat: Where a source gives no due time, its own on-time mark is used.
-- sums_over: petition
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (on_time)::double as n,
    count(*)::double as of,
    count(*) filter (on_time) / nullif(count(*), 0)::double as value
from petition_due($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
