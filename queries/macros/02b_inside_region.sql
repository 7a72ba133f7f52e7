-- answers: Which regions ever lay in one: itself, its parts, and theirs.
-- grain: one row per region
create or replace macro inside_region(outer_id) as table
select distinct region_id
from ancestry
where ancestor_id = outer_id;
