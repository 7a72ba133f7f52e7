-- answers: Which share of the rental buildings that are to be graded has no rating in force.
-- title.zh: 未定级占比
-- title.en: Unrated share
-- kind: rate
-- unit: share
-- direction: -1
-- protects: nothing
-- definition.zh: 应定级的出租屋（城中村）中，期末没有有效等级的占比。
-- definition.en: Of the rental buildings to be graded (urban villages), the share without a rating in force at the end of the period.
-- source.zh: 龙岗南湾：五类房屋中仅城中村定级
-- source: Nanwan, Longgang: of five categories only urban villages are graded
-- caveat.zh: 未注明类别的按应定级处理。
-- caveat: A building without a category is taken as one to be graded.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (rating is null)::double as n,
    count(*)::double as of,
    count(*) filter (rating is null) / nullif(count(*), 0)::double as value
from building_in_cell($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
where graded
group by region_id;
