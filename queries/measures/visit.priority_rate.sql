-- answers: Which share of the monthly visits due to priority targets was made.
-- title.zh: 重点对象走访率
-- title.en: Priority visit rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 重点关心对象每个自然月应走访一次：期内已走访的人月 ÷ 应走访的人月。
-- definition.en: Priority targets are due a visit every calendar month: target-months with a visit ÷ target-months due in the period.
-- source.zh: 观澜街道2022年报道：联户走访，重点对象每月一次
-- source: Guanlan report 2022, household visits: key targets monthly
-- caveat.zh: 仅计已结束的完整月份，且对象整月在册。
-- caveat: Only whole months that have ended, in which the target was on the list throughout.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (visited)::double as n,
    count(*)::double as of,
    count(*) filter (visited) / nullif(count(*), 0)::double as value
from visit_due($level, $boundaries, $since, $until, $now)
group by region_id;
