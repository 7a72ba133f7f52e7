-- answers: Where the records of every register with a place say they are; a building code stands for the building's
-- point. A condition on record_kind leaves only the table of that register to be read.
-- grain: one row per record
create or replace macro record_site() as table
with site as (
    select
        'petition' as record_kind, petition_id as record_id, x, y, building_code,
        region_code, region_name, parent_name, place_reason
    from petition
    union all
    select
        'rental_building', building_id, x, y, null,
        region_code, region_name, parent_name, place_reason
    from rental_building
    union all
    select
        'population', population_id, x, y, building_code,
        region_code, region_name, parent_name, place_reason
    from population
    union all
    select
        record_kind, record_id, x, y, building_code,
        region_code, region_name, parent_name, place_reason
    from record
)
select
    record_kind,
    record_id,
    coalesce(site.x, coded_building.x) as x,
    coalesce(site.y, coded_building.y) as y,
    case
        when site.x is not null then 'point'
        when coded_building.x is not null then 'building_code'
    end as point_by,
    region_code,
    region_name,
    parent_name,
    place_reason
from site
left join coded_building() as coded_building  -- one equality: a second condition here would compare every pair
  on coded_building.building_code = case when site.x is null then left(site.building_code, 19) end;
