-- answers: Which share of the petitions due for disposal is overdue and not disposed of.
-- title.zh: 超期待处置率
-- title.en: Overdue undisposed rate
-- kind: rate
-- unit: share
-- direction: -1
-- definition.zh: 超期未处置数 ÷ 应处置数。
-- definition.en: Overdue and not disposed of by the end of the period ÷ due for disposal.
-- source.zh: 数字城管指标：超期待处置率
-- source: indicators of digital city management: overdue undisposed rate
-- caveat.zh: 超期处置的不在分子内，见按期处置率。
-- caveat: What was disposed of late is not in the numerator; see the on-time rate.
-- sums_over: petition
-- beside: of - n - petition.on_time_dispose_rate.n
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (disposed is not true)::double as n,
    count(*)::double as of,
    count(*) filter (disposed is not true) / nullif(count(*), 0)::double as value
from petition_disposal_due($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
