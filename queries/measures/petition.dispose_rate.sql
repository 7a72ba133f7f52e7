-- answers: Which share of the petitions due for disposal was disposed of.
-- title.zh: 处置率
-- title.en: Disposal rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 处置数 ÷ 应处置数。应处置数为期内到期的诉求，含期初未处置的结转件。
-- definition.en: Disposed of ÷ due for disposal. Due are the petitions whose due time lies in the period, carried-over ones included.
-- source.zh: 数字城管指标：处置率
-- source: indicators of digital city management: disposal rate
-- caveat.zh: 已办结而无处置时间的，以办结时间为准。
-- caveat: A closed petition without a moment of disposal counts as disposed of when it was closed.
-- sums_over: petition
-- beside: n - petition.on_time_dispose_rate.n
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (disposed)::double as n,
    count(*)::double as of,
    count(*) filter (disposed) / nullif(count(*), 0)::double as value
from petition_disposal_due($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
