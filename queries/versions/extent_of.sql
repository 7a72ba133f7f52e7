-- answers: The box around all land that these regions or regions below them ever held, as believed at any time.
-- params: region_ids bigint[]
-- returns: min_x double, min_y double, max_x double, max_y double
-- grain: one row
-- order: none
with recursive own as (
    select unnest($region_ids) as region_id
    union
    select region_version.region_id
    from region_version
    join own on own.region_id = region_version.parent_id
)
select min(min_x) as min_x, min(min_y) as min_y, max(max_x) as max_x, max(max_y) as max_y
from region_version
join own on own.region_id = region_version.region_id;
