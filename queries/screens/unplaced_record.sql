-- answers: Which records of a register that is data only lie in no region on a day, and why.
-- params: record_kind text, on_day date
-- returns: record_no varchar, reason varchar, region_name varchar, parent_name varchar
-- grain: one row per record
-- order: record_no
select record.record_key as record_no, place.reason, record.region_name, record.parent_name
from place
join record on record.record_id = place.record_id
where place.record_kind = $record_kind
  and place.placed_by = 'none'
  and place.valid_from <= $on_day
  and $on_day < place.valid_to
order by record_no;
