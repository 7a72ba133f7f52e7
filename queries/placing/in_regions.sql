-- answers: The records that lie in any of these regions at any time after a day.
-- params: record_kind text, region_ids bigint[], on_day date
-- returns: record_id bigint
-- grain: one row per record
-- order: none
select distinct record_id
from place
where record_kind = $record_kind
  and region_id in (select unnest($region_ids))
  and valid_to > $on_day;
