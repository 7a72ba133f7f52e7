-- answers: Lets this session look at the ancestors of the excerpt's regions only.
-- params: region_id bigint
-- returns: none
-- grain: one row per region, level and period
-- order: none
create temp table ancestry as
select *
from ancestry
where region_id in (select region_id from inside_region($region_id));
