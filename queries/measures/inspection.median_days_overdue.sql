-- answers: For how long the typical overdue inspection has been due.
-- title.zh: 逾期天数中位数
-- title.en: Median days overdue
-- kind: median
-- unit: days
-- direction: -1
-- protects: nothing
-- definition.zh: 期末逾期未巡查的出租屋，自应巡查日起的天数中位数；从未巡查的自定级日起算。
-- definition.en: Median days since the inspection was due, of the rated buildings overdue at the end of the period; one never inspected counts from its rating.
-- source.zh: 龙岗区出租屋分类分级方案（征求意见稿），2019年8月：按等级每三周、两周、一周巡查
-- source: Longgang draft plan 2019-08: patrols every 3, 2 and 1 weeks by level
-- caveat.zh: 仅限逾期楼栋，请与逾期栋数一并看。
-- caveat: Of overdue buildings only: read it beside how many there are.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with late as (
    select
        region_id,
        date_diff('day', coalesce(last_inspected_at, rated_from::timestamp) + to_days(interval_days),
                  period_end($until, $now)) as days
    from building_inspected($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
    where interval_days is not null
      and rated_from <= period_end($until, $now) - to_days(interval_days)
      and coalesce(last_inspected_at < period_end($until, $now) - to_days(interval_days), true)
)
select region_id, count(*)::double as n, count(*)::double as of, median(days) as value
from late
group by region_id;
