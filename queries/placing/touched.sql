-- answers: The records that lie in any of these regions at any time, or lie nowhere or on a border at some time.
-- params: record_kind text, region_ids bigint[]
-- returns: record_id bigint
-- grain: one row per record
-- order: record_id
select distinct record_id
from place
where record_kind = $record_kind
  and (region_id in (select unnest($region_ids)) or region_id = 0 or on_border or placed_by in ('region_code', 'region_name'))
order by record_id;
