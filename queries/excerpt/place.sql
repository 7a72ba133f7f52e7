-- answers: Lets this session look at the places inside the excerpt only.
-- params: region_id bigint
-- returns: none
-- grain: one row per record and period
-- order: none
create temp table place as
select *
from place
where region_id in (select region_id from inside_region($region_id));
