-- answers: Which share of the petitions reported was valid.
-- title.zh: 有效上报率
-- title.en: Valid reports
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 有效上报数 ÷ 上报数：期内上报的诉求中，未被判为不予受理的占比。
-- definition.en: Valid ÷ reported: of the petitions received in the period, the share that was not rejected.
-- source.zh: 数字城管指标：有效上报率
-- source: indicators of digital city management: valid reports
-- caveat.zh: 作废的误报件不计入分子与分母。
-- caveat: Void petitions, taken back as mistakes of entry, are in neither number.
-- sums_over: petition
-- beside: n - petition.settled_rate.of
-- params: level text, boundaries date, since date, until date, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (status <> 'rejected')::double as n,
    count(*)::double as of,
    count(*) filter (status <> 'rejected') / nullif(count(*), 0)::double as value
from petition_received($level, $boundaries, $since, $until, $categories)
group by region_id;
