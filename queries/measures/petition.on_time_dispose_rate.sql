-- answers: Which share of the petitions due for disposal was disposed of on time.
-- title.zh: 按期处置率
-- title.en: On-time disposal rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 按期处置数 ÷ 应处置数。应处置数为期内到期的诉求，含期初未处置的结转件。
-- definition.en: Disposed of by the due time ÷ due for disposal, carried-over ones included.
-- source.zh: 数字城管指标：按期处置率
-- source: indicators of digital city management: on-time disposal rate
-- caveat.zh: 没有办理期限的不计。
-- caveat: Petitions without a due time are not in it.
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
from petition_disposal_due($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
