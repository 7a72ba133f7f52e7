-- answers: What the records of every register say of where they are; a house code says its community (its first 12
-- digits) where nothing else does. A condition on record_kind leaves only the table of
-- that register to be read.
-- grain: one row per record
create or replace macro record_row() as table
select
    'petition' as record_kind, petition_id as record_id, x, y, building_code,
    coalesce(region_code, case when region_name is null then coded_community(building_code) end) as region_code,
    region_name, parent_name, place_reason
from petition
union all
select
    'rental_building', building_id, x, y, null,
    coalesce(region_code, case when region_name is null then coded_community(building_code) end) as region_code,
    region_name, parent_name, place_reason
from rental_building
union all
select
    'population', population_id, x, y, building_code,
    coalesce(region_code, case when region_name is null then coded_community(building_code) end) as region_code,
    region_name, parent_name, place_reason
from population
union all
select
    record_kind, record_id, x, y, building_code,
    coalesce(region_code, case when region_name is null then coded_community(building_code) end) as region_code,
    region_name, parent_name, place_reason
from record;
