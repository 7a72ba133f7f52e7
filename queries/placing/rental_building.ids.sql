-- answers: The numbers of all rental buildings.
-- params: none
-- returns: record_id bigint
-- grain: one row per record
-- order: record_id
select building_id as record_id
from rental_building
order by record_id;
