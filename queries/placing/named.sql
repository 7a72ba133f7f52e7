-- answers: The records placed by these codes and names.
-- params: record_kind text, names table
-- returns: record_id bigint
-- grain: one row per record
-- order: none
select record_id
from record_site() as site
join names
  on site.region_code is not distinct from names.region_code
 and site.region_name is not distinct from names.region_name
 and site.parent_name is not distinct from names.parent_name
where record_kind = $record_kind
  and record_id in (select record_id from placed_by_name($record_kind));
