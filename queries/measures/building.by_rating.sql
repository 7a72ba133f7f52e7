-- answers: How many rental buildings there are at each rating level.
-- title.zh: 出租屋分级
-- title.en: Rental buildings by rating
-- kind: count
-- unit: buildings
-- direction: 0
-- protects: nothing
-- split: rating level of the scheme; unrated
-- definition.zh: 期末各等级的出租屋栋数；无有效等级的列为未定级；分母为全部出租屋。
-- definition.en: Rental buildings at each rating level at the end of the period; those without a rating in force are unrated; shown of all rental buildings.
-- source.zh: 龙岗区出租屋分类分级方案（征求意见稿），2019年8月
-- source: Longgang draft plan 2019-08
-- caveat.zh: 仅城中村定级，其余列为未定级。
-- caveat: Only urban-village buildings are graded; the others appear as unrated.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, split varchar, n double, of double, value double
-- grain: one row per cell with buildings and rating level
-- order: none
with rated as (
    select region_id, coalesce(rating, 'unrated') as split, count(*)::double as buildings
    from building_in_cell($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
    group by all
)
select region_id, split, buildings as n, sum(buildings) over (partition by region_id) as of, buildings as value
from rated;
