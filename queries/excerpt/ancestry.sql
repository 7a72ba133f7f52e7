-- answers: Leaves of the ancestors only those of regions in the excerpt.
-- params: region_id bigint
-- returns: none
-- grain: one row per region, level and period
-- order: none
create table ancestry as
select *
from ancestry
where region_id in (select region_id from inside_region($region_id));
