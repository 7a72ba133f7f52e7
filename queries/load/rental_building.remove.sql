-- answers: Takes out the rental buildings that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from rental_building
where building_id in (select known_id from staged where fate = 'changed');
