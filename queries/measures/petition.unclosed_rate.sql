-- answers: Which share of the petitions reported is not closed.
-- title.zh: 未结案率
-- title.en: Unclosed rate
-- kind: rate
-- unit: share
-- direction: -1
-- definition.zh: 未结案数 ÷ 上报数：期内上报的诉求中，截至期末未结案的占比。
-- definition.en: Not closed ÷ reported: of the petitions received in the period, the share not closed by its end.
-- source.zh: 数字城管指标：未结案率
-- source: indicators of digital city management: unclosed rate
-- caveat.zh: 并案、拆分、不予受理的只计入分母。
-- caveat: Merged, split and rejected petitions are reported but need no closing: they are in the denominator only.
-- sums_over: petition
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (status not in ('rejected', 'merged', 'split') and not (status = 'closed' and (closed_at is null or closed_at < period_end($until, $now))))::double as n,
    count(*)::double as of,
    count(*) filter (status not in ('rejected', 'merged', 'split') and not (status = 'closed' and (closed_at is null or closed_at < period_end($until, $now)))) / nullif(count(*), 0)::double as value
from petition_received($level, $boundaries, $since, $until, $categories)
group by region_id;
