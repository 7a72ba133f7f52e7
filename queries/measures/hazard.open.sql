-- answers: How many hazards in rental buildings are not rectified.
-- title.zh: 未整改隐患
-- title.en: Open hazards
-- kind: count
-- unit: cases
-- direction: -1
-- protects: nothing
-- definition.zh: 期末尚未整改的出租屋隐患数；分母为截至期末发现的全部隐患。
-- definition.en: Hazards found by the end of the period and not rectified by then; shown of all found.
-- source.zh: 龙岗区出租屋分类分级：隐患与整改
-- source: Longgang, classification of rental buildings: hazards and their rectification
-- caveat.zh: 隐患计入所在楼栋的网格。
-- caveat: A hazard counts where its building lies.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with found as (
    select building.region_id, coalesce(hazard.rectified_on >= period_end($until, $now), true) as is_open
    from hazard
    join building_located($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now)) as building
      on building.building_no = hazard.building_no
    where hazard.found_on < period_end($until, $now)
)
select
    region_id,
    count(*) filter (is_open)::double as n,
    count(*)::double as of,
    count(*) filter (is_open)::double as value
from found
group by region_id;
