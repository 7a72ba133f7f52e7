-- answers: Leaves of the rental buildings only those in the excerpt.
-- params: none
-- returns: none
-- grain: one row per building
-- order: none
create table rental_building as
select *
from rental_building
where building_id in (select record_id from place where record_kind = 'rental_building');
