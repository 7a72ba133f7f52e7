-- answers: Which share of the hazards found was rectified.
-- title.zh: 隐患整改率
-- title.en: Rectification rate
-- kind: rate
-- unit: share
-- direction: 1
-- protects: nothing
-- definition.zh: 期内发现的出租屋隐患中，截至期末已整改的占比。
-- definition.en: Of the hazards found in the period, the share rectified by its end.
-- source.zh: 龙岗区出租屋分类分级：隐患与整改
-- source: Longgang, classification of rental buildings: hazards and their rectification
-- caveat.zh: 近期发现的隐患多在整改期内，会拉低比率。
-- caveat: Recent hazards are often still within their time, which lowers the rate.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with found as (
    select building.region_id, hazard.rectified_on < period_end($until, $now) as is_done
    from hazard
    join building_located($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now)) as building
      on building.building_no = hazard.building_no
    where hazard.found_on >= coalesce($since::date, date '1900-01-01')
      and hazard.found_on < period_end($until, $now)
)
select
    region_id,
    count(*) filter (is_done)::double as n,
    count(*)::double as of,
    count(*) filter (is_done) / nullif(count(*), 0)::double as value
from found
group by region_id;
