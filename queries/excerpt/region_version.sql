-- answers: Leaves of the regions only those in the excerpt.
-- params: region_id bigint
-- returns: none
-- grain: one row per region and version
-- order: none
create table region_version as
select *
from region_version
where region_id in (select region_id from inside_region($region_id));
