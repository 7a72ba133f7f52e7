-- answers: How many people live in each cell.
-- title.zh: 实有人口
-- title.en: People
-- kind: count
-- unit: people
-- direction: 0
-- definition.zh: 最近一次登记的实有人口。
-- definition.en: People living in the cell as last counted.
-- source.zh: 观澜街道2022年报道：面积与人口
-- source: Guanlan report 2022: area and people of the street
-- caveat.zh: 按楼栋登记或按网格填报；未落格的只计入全域。
-- caveat: Counted at buildings or given for regions; what could not be placed counts in the total only.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select region_id, people as n, null::double as of, people as value
from people_in_cell($level, coalesce($boundaries::date, period_last_day($until, $now)));
