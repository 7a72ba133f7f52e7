-- answers: How many petitions were open at the end of the period.
-- title.zh: 在办诉求
-- title.en: Open petitions
-- kind: count
-- unit: cases
-- direction: -1
-- definition.zh: 期末仍未办结的诉求件数，不含已并案、拆分、不予受理和作废的。
-- definition.en: Petitions received before the end of the period and not closed by then; merged, split, rejected and void ones are out.
-- source.zh: 坪山民生诉求：办结率与平均办理天数
-- source: Pingshan one-stop intake: share settled and mean days of handling
-- caveat.zh: 凡未办结的都计入，不论何时受理。
-- caveat: Counts everything still open, whenever it came in.
-- sums_over: petition
-- params: level text, boundaries date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select region_id, count(*)::double as n, null::double as of, count(*)::double as value
from petition_in_cell($level, $boundaries)
where is_open(status, received_at, closed_at, period_end($until, $now))
  and in_categories(category, $categories)
group by region_id;
