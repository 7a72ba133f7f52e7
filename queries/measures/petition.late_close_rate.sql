-- answers: Which share of the petitions due for closure was closed late.
-- title.zh: 超期结案率
-- title.en: Late closure rate
-- kind: rate
-- unit: share
-- direction: -1
-- definition.zh: 超期结案数 ÷ 应结案数。
-- definition.en: Closed after the due time ÷ due for closure, carried-over ones included.
-- source.zh: 数字城管指标：超期结案率
-- source: indicators of digital city management: late closure rate
-- caveat.zh: 与按期结案率、未结占比之和为一。
-- caveat: With the on-time rate and the share not closed it adds up to one.
-- sums_over: petition
-- beside: of - n - petition.on_time_close_rate.n
-- withheld_with: petition.on_time_close_rate
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (closed and on_time is not true)::double as n,
    count(*)::double as of,
    count(*) filter (closed and on_time is not true) / nullif(count(*), 0)::double as value
from petition_due($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
