-- answers: The regions of a scope.
-- params: none
-- returns: none
-- grain: one row per region
-- order: none
create or replace temp view region as
select *
from g.region
where region_id in (select region_id from own_region);
