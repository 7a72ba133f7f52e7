-- answers: Lets this session look at the ratings of the excerpt's buildings only.
-- params: none
-- returns: none
-- grain: one row per rating
-- order: none
create temp table rental_rating as
select *
from rental_rating
where building_no in (select building_no from rental_building);
