-- answers: How many rental buildings there are.
-- title.zh: 出租屋栋数
-- title.en: Rental buildings
-- kind: count
-- unit: buildings
-- direction: 0
-- protects: nothing
-- definition.zh: 期末在册的出租屋栋数。
-- definition.en: Rental buildings on the register at the end of the period.
-- source.zh: 龙岗区出租屋分类分级，2019年8月起
-- source: Longgang, classification of rental buildings, from 2019-08
-- caveat.zh: 未落格的楼栋只计入全域。
-- caveat: Buildings without a place count in the total only.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select region_id, count(*)::double as n, null::double as of, count(*)::double as value
from building_located($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
group by region_id;
