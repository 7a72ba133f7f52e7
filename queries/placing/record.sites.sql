-- answers: Where the given records of a register that is data only say they are; a building code stands for the building's point.
-- params: records table
-- returns: record_id bigint, x double, y double, point_by varchar, region_code varchar, region_name varchar, parent_name varchar, place_reason varchar
-- grain: one row per record
-- order: record_id
select
    record.record_id as record_id,
    coalesce(record.x, coded_building.x) as x,
    coalesce(record.y, coded_building.y) as y,
    case
        when record.x is not null then 'point'
        when coded_building.x is not null then 'building_code'
    end as point_by,
    record.region_code,
    record.region_name,
    record.parent_name,
    record.place_reason
from record
left join coded_building() as coded_building  -- one equality: a second condition here would compare every pair
  on coded_building.building_code = case when record.x is null then left(record.building_code, 19) end
where record.record_id in (select record_id from records)
order by record_id;
