-- answers: Which regions a changeset gave a version to, or whose version it ended.
-- params: cs bigint
-- returns: region_id bigint
-- grain: one row per region
-- order: region_id
select distinct region_id
from region_version
where cs_open = $cs or cs_close = $cs
order by region_id;
