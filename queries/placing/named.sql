-- answers: Which of the given records, placed by code and names, give one of these.
-- params: record_kind text, records table, names table
-- returns: record_id bigint
-- grain: one row per record
-- order: none
select record_id
from record_row() as given
join names
  on told_code(given.region_code, given.region_name, given.house_code) is not distinct from names.region_code
 and given.region_name is not distinct from names.region_name
 and given.parent_name is not distinct from names.parent_name
where record_kind = $record_kind
  and record_id in (select record_id from records);
