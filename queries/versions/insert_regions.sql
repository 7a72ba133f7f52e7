-- answers: Records new regions.
-- params: opened table
-- returns: none
-- grain: one row per new region
-- order: none
insert into region (region_id, level)
select region_id, level
from opened
where is_new;
