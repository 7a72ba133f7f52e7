-- answers: Where the records of every register with a place say they are; a building code stands for the building's
-- point. A condition on record_kind leaves only the table of that register to be read.
-- grain: one row per record
create or replace macro record_site() as table
select
    record_kind,
    record_id,
    coalesce(given.x, coded_building.x) as x,
    coalesce(given.y, coded_building.y) as y,
    case
        when given.x is not null then 'point'
        when coded_building.x is not null then 'building_code'
    end as point_by,
    told_code(region_code, region_name, house_code) as region_code,
    region_name,
    parent_name,
    place_reason
from record_row() as given
left join coded_building() as coded_building  -- one equality: a second condition here would compare every pair
  on coded_building.building_code = case when given.x is null then left(given.building_code, 19) end;
