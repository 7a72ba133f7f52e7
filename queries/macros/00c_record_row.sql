-- answers: What the records of every register say of where they are. A condition on record_kind leaves only the table of
-- that register to be read. A rental building lies at no other's point: it has a house code and no building code.
-- grain: one row per record
create or replace macro record_row() as table
select
    'petition' as record_kind, petition_id as record_id, x, y, building_code, building_code as house_code,
    region_code, region_name, parent_name, place_reason
from petition
union all
select
    'rental_building', building_id, x, y, null, building_code,
    region_code, region_name, parent_name, place_reason
from rental_building
union all
select
    'population', population_id, x, y, building_code, building_code,
    region_code, region_name, parent_name, place_reason
from population
union all
select
    record_kind, record_id, x, y, building_code, building_code,
    region_code, region_name, parent_name, place_reason
from record;
