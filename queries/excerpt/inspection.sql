-- answers: Lets this session look at the inspections of the excerpt's buildings only.
-- params: none
-- returns: none
-- grain: one row per inspection
-- order: none
create temp table inspection as
select *
from inspection
where building_no in (select building_no from rental_building);
