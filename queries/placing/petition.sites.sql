-- answers: Where the given petitions say they are; a building code stands for the building's point.
-- params: records table
-- returns: record_id bigint, x double, y double, point_by varchar, region_code varchar, region_name varchar, parent_name varchar, place_reason varchar
-- grain: one row per record
-- order: record_id
select
    petition.petition_id as record_id,
    coalesce(petition.x, coded_building.x) as x,
    coalesce(petition.y, coded_building.y) as y,
    case
        when petition.x is not null then 'point'
        when coded_building.x is not null then 'building_code'
    end as point_by,
    petition.region_code,
    petition.region_name,
    petition.parent_name,
    petition.place_reason
from petition
left join coded_building() as coded_building  -- one equality: a second condition here would compare every pair
  on coded_building.building_code = case when petition.x is null then left(petition.building_code, 19) end
where petition.petition_id in (select record_id from records)
order by record_id;
