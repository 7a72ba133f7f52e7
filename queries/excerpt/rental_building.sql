-- answers: Lets this session look at the rental buildings of the excerpt only.
-- params: none
-- returns: none
-- grain: one row per building
-- order: none
create temp table rental_building as
select *
from rental_building
where building_id in (select record_id from place where record_kind = 'rental_building');
