-- answers: How many petitions were received in the period.
-- title.zh: 受理诉求
-- title.en: Petitions received
-- kind: count
-- unit: cases
-- direction: 0
-- definition.zh: 期内收到的诉求件数。并案、拆分的诉求按原始件数计，作废的不计。
-- definition.en: Petitions received in the period. Merged and split ones count as they came in; void ones do not.
-- source.zh: 城市管理部门上报数
-- source: reported cases, as city management offices count them
-- caveat.zh: 原始受理数，并案的不合并。
-- caveat: Raw intake: merged petitions are not folded into one.
-- sums_over: petition
-- params: level text, boundaries date, since date, until date, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select region_id, petitions::double as n, null::double as of, petitions::double as value
from received_in_cell($level, $boundaries, $since, $until, $categories);
