-- answers: Where the given records say they are; a building code stands for the building's point.
-- params: record_kind text, records table
-- returns: record_id bigint, x double, y double, point_by varchar, region_code varchar, region_name varchar, parent_name varchar, place_reason varchar
-- grain: one row per record
-- order: record_id
with given as (  -- first, so that the points of buildings are looked up for these only
    select *
    from record_row()
    where record_kind = $record_kind
      and record_id in (select record_id from records)
)
select
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
from given
left join coded_building() as coded_building  -- one equality: a second condition here would compare every pair
  on coded_building.building_code = case when given.x is null then left(given.building_code, 19) end
order by record_id;
