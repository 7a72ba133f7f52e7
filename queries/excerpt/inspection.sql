-- answers: Leaves of the inspections only those of buildings in the excerpt.
-- params: none
-- returns: none
-- grain: one row per inspection
-- order: none
create table inspection as
select *
from inspection
where building_no in (select building_no from rental_building);
