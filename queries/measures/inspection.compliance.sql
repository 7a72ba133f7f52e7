-- answers: Which share of the rental buildings due for inspection was inspected within the interval of its rating.
-- title.zh: 巡查合规率
-- title.en: Inspection compliance
-- kind: rate
-- unit: share
-- direction: 1
-- protects: nothing
-- definition.zh: 应巡查的已定级出租屋中，最近一次巡查在其等级规定间隔之内的占比。
-- definition.en: Of the rated buildings due for inspection, the share whose last inspection lies within the interval of its rating level.
-- source.zh: 龙岗区出租屋分类分级方案（征求意见稿），2019年8月：按等级每三周、两周、一周巡查
-- source: Longgang draft plan 2019-08: patrols every 3, 2 and 1 weeks by level
-- caveat.zh: 定级不满一个巡查间隔的尚未到期。
-- caveat: A building rated for less than one interval is not yet due.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with due as (
    select
        region_id,
        last_inspected_at >= period_end($until, $now) - to_days(interval_days) as inspected
    from building_inspected($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
    where interval_days is not null
      and rated_from <= period_end($until, $now) - to_days(interval_days)
)
select
    region_id,
    count(*) filter (inspected)::double as n,
    count(*)::double as of,
    count(*) filter (inspected) / nullif(count(*), 0)::double as value
from due
group by region_id;
