-- answers: Which share of the rental buildings has a building manager.
-- title.zh: 楼栋长配备率
-- title.en: Buildings with a manager
-- kind: rate
-- unit: share
-- direction: 1
-- protects: nothing
-- definition.zh: 期末有楼栋长在任的出租屋栋数 ÷ 出租屋栋数。
-- definition.en: Rental buildings with a building manager whose term runs at the end of the period ÷ rental buildings.
-- source: Shenzhen building-manager associations since 2013; residents' committee, zone head, building manager, volunteer, household
-- source.zh: 深圳楼长协会（2013 年起）；居委会—分片主任—楼栋长—志愿者—居民家庭
-- caveat: A manager is known where the list of people in charge names the building's number.
-- caveat.zh: 责任人名册中写明楼栋编号的，方可识别楼栋长。
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with managed as (
    select distinct region_code as building_no
    from responsibility
    where role = 'building_manager'
      and valid_from <= period_last_day($until, $now)
      and period_last_day($until, $now) < valid_to
)
select
    building.region_id,
    count(managed.building_no)::double as n,
    count(*)::double as of,
    count(managed.building_no) / nullif(count(*), 0)::double as value
from building_located($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now)) as building
left join managed on managed.building_no = building.building_no
group by building.region_id;
