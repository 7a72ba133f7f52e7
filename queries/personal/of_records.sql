-- answers: The sealed values of records.
-- params: record_kind text, keys text[]
-- returns: record_key varchar, field varchar, kind varchar, key_id varchar, sealed blob, shown varchar
-- grain: one row per record and field
-- order: record_key, field
select record_key, field, kind, key_id, sealed, shown
from personal_value
where record_kind = $record_kind
  and list_contains($keys, record_key)
order by record_key, field;
