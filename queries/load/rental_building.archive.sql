-- answers: Keeps the state of the rental buildings that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed rental building
-- order: none
insert into rental_building_past by name
select rental_building.*, $replaced_at as replaced_at, $import_id as replaced_by
from rental_building
where building_id in (select known_id from staged where fate = 'changed');
