-- answers: What nobody is in charge of on a day, why, and what that leaves alone: land, people, open petitions. Land
-- (leaf cells), the regions made of it (blocks, communities ...), and rental buildings.
-- params: on_day date, now timestamp
-- returns: unit varchar, level varchar, code varchar, name varchar, parent_name varchar, kind varchar, duty varchar, ended_on date, area_m2 double, people double, open_petitions bigint
-- grain: one row per leaf cell (unit land), other region (region) and rental building (building) without anybody in charge; duty: expired | no_person | undivided | unassigned; ended_on is the last day but one of an expired term
-- order: unit desc, area_m2 desc nulls last, code
with duties as (
    select
        region_code as code,
        bool_or(valid_from <= $on_day and $on_day < valid_to) as running,
        max(valid_to) filter (valid_to <= $on_day) as ended_on
    from responsibility
    where role <> 'council_member'            -- who sits on a council is not in charge
    group by region_code
),
regions as (
    select region_id, level, code, name, parent_id, kind, geom is not null as is_leaf, area_m2
    from believed()
    where valid_from <= $on_day
      and $on_day < valid_to
),
cells as (
    select
        regions.*,
        duties.ended_on,
        case
            when regions.kind = 'unassigned' then 'unassigned'
            when duties.running then 'in_charge'
            when duties.ended_on is not null then 'expired'
            when regions.is_leaf and regions.level <> 'red_grid' then 'undivided'
            else 'no_person'
        end as duty
    from regions
    left join duties on duties.code = regions.code
),
belongs as (
    select region_id, ancestor_id
    from ancestry
    where valid_from <= $on_day
      and $on_day < valid_to
),
land as (
    select belongs.ancestor_id as region_id, sum(regions.area_m2) as area_m2
    from regions
    join belongs on belongs.region_id = regions.region_id
    where regions.is_leaf
    group by belongs.ancestor_id
),
counted as (
    select place.region_id, sum(population.people)::double as people
    from population
    join place
      on place.record_kind = 'population'
     and place.record_id = population.population_id
     and place.valid_from <= $on_day
     and $on_day < place.valid_to
    group by place.region_id
),
people as (
    select belongs.ancestor_id as region_id, sum(counted.people) as people
    from counted
    join belongs on belongs.region_id = counted.region_id
    group by belongs.ancestor_id
),
moment as (
    select least($on_day::timestamp + interval 1 day, $now) as at_moment
),
still_open as (
    select petition_id, settled_in, left(building_code, 19) as building_code
    from petition
    where is_open(status, received_at, closed_at, (select at_moment from moment))
),
lying as (
    select settled_in as region_id, count(*) as open_petitions
    from still_open
    where settled_in is not null
    group by settled_in
    union all
    select moved.region_id, count(*)
    from still_open
    join petition_moved as moved
      on moved.petition_id = still_open.petition_id
     and moved.valid_from <= $on_day
     and $on_day < moved.valid_to
    group by moved.region_id
),
waiting as (
    select belongs.ancestor_id as region_id, sum(lying.open_petitions)::bigint as open_petitions
    from lying
    join belongs on belongs.region_id = lying.region_id
    group by belongs.ancestor_id
),
at_building as (
    select building_code, count(*) as open_petitions
    from still_open
    where building_code is not null
    group by building_code
)
select
    case when cells.is_leaf then 'land' else 'region' end as unit,
    cells.level,
    cells.code,
    cells.name,
    parent.name as parent_name,
    cells.kind,
    cells.duty,
    cells.ended_on,
    land.area_m2,
    coalesce(people.people, 0) as people,
    coalesce(waiting.open_petitions, 0) as open_petitions
from cells
left join cells as parent on parent.region_id = cells.parent_id
left join land on land.region_id = cells.region_id
left join people on people.region_id = cells.region_id
left join waiting on waiting.region_id = cells.region_id
where cells.duty <> 'in_charge'
union all
select
    'building',
    'building',
    building.building_no,
    building.name,
    building.region_name,
    building.category,
    case when duties.ended_on is not null then 'expired' else 'no_person' end,
    duties.ended_on,
    null,
    coalesce(building.tenants, 0)::double,
    coalesce(at_building.open_petitions, 0)
from rental_building as building
left join duties on duties.code = building.building_no
left join at_building on at_building.building_code = left(building.building_code, 19)
where not coalesce(duties.running, false)
  and (building.registered_on is null or building.registered_on <= $on_day)
order by unit desc, area_m2 desc nulls last, code;
