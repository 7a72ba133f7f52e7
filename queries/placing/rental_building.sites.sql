-- answers: Where the given rental buildings say they are.
-- params: records table
-- returns: record_id bigint, x double, y double, point_by varchar, region_code varchar, region_name varchar, parent_name varchar, place_reason varchar
-- grain: one row per record
-- order: record_id
select
    building_id as record_id,
    x,
    y,
    case when x is not null then 'point' end as point_by,
    region_code,
    region_name,
    parent_name,
    place_reason
from rental_building
where building_id in (select record_id from records)
order by record_id;
