-- answers: The rental buildings of a scope.
-- params: none
-- returns: none
-- grain: one row per building
-- order: none
create or replace temp view rental_building as
select *
from g.rental_building
where building_id in (select record_id from own_record where record_kind = 'rental_building');
