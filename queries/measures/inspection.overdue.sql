-- answers: How many rental buildings are overdue for inspection.
-- title.zh: 逾期未巡查
-- title.en: Overdue inspections
-- kind: count
-- unit: buildings
-- direction: -1
-- protects: nothing
-- definition.zh: 期末最近一次巡查已超出其等级规定间隔的出租屋栋数；分母为应巡查栋数。
-- definition.en: Rated buildings whose last inspection lies further back than the interval of their rating level; shown of all due.
-- source.zh: 龙岗区出租屋分类分级方案（征求意见稿），2019年8月：按等级每三周、两周、一周巡查
-- source: Longgang draft plan 2019-08: patrols every 3, 2 and 1 weeks by level
-- caveat.zh: 定级不满一个巡查间隔的尚未到期；从未巡查的计为逾期。
-- caveat: A building rated for less than one interval is not yet due; one never inspected is overdue.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with due as (
    select
        region_id,
        last_inspected_at is null or last_inspected_at < period_end($until, $now) - to_days(interval_days) as is_late
    from building_inspected($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
    where interval_days is not null
      and rated_from <= period_end($until, $now) - to_days(interval_days)
)
select
    region_id,
    count(*) filter (is_late)::double as n,
    count(*)::double as of,
    count(*) filter (is_late)::double as value
from due
group by region_id;
