-- answers: The inspections of the rental buildings of a scope.
-- params: none
-- returns: none
-- grain: one row per inspection
-- order: none
create or replace temp view inspection as
select *
from g.inspection
where building_no in (
    select building_no
    from g.rental_building
    where building_id in (select record_id from own_record where record_kind = 'rental_building')
);
