-- answers: Leaves of those in charge only those of regions and buildings in the excerpt.
-- params: region_id bigint
-- returns: none
-- grain: one row per responsibility
-- order: none
create table responsibility as
select *
from responsibility
where region_code in (select code
                      from believed()
                      where region_id in (select region_id from inside_region($region_id)))
   or region_code in (select building_no from rental_building);
