-- answers: The ratings of the rental buildings of a scope.
-- params: none
-- returns: none
-- grain: one row per building and period
-- order: none
create or replace temp view rental_rating as
select *
from g.rental_rating
where building_no in (
    select building_no
    from g.rental_building
    where building_id in (select record_id from own_record where record_kind = 'rental_building')
);
