-- answers: Which regions belong to the excerpt.
-- params: region_id bigint
-- returns: region_id bigint
-- grain: one row per region
-- order: region_id
select region_id
from inside_region($region_id)
order by region_id;
