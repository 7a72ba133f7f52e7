-- answers: Leaves of the hazards only those of buildings in the excerpt.
-- params: none
-- returns: none
-- grain: one row per hazard
-- order: none
create table hazard as
select *
from hazard
where building_no in (select building_no from rental_building);
