-- answers: Which share of the land has somebody in charge.
-- title.zh: 土地覆盖率
-- title.en: Land coverage
-- kind: rate
-- unit: share
-- n.unit: m2
-- direction: 1
-- protects: nothing
-- definition.zh: 期末有责任人在任的最末级单元面积 ÷ 全部面积；未划分土地计入分母。
-- definition.en: Area of the leaf cells with a person in charge at the end of the period ÷ all land; unassigned land is in the denominator.
-- source.zh: 观澜街道2022年报道：每一寸土地都有人管、每一个诉求都有人理
-- source: Guanlan report 2022: every inch of land has somebody in charge, every demand an answer
-- caveat.zh: 任期已满的不算在任。
-- caveat: A person whose period has ended is not in charge.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select region_id, in_charge_m2 as n, area_m2 as of, in_charge_m2 / nullif(area_m2, 0) as value
from land_in_cell($level, coalesce($boundaries::date, period_last_day($until, $now)));
