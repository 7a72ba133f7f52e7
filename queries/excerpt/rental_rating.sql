-- answers: Leaves of the ratings only those of buildings in the excerpt.
-- params: none
-- returns: none
-- grain: one row per rating
-- order: none
create table rental_rating as
select *
from rental_rating
where building_no in (select building_no from rental_building);
