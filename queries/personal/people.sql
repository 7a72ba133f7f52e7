-- answers: The sealed names and telephones of people in charge, by their numbers.
-- params: keys text[]
-- returns: record_key varchar, field varchar, kind varchar, key_id varchar, sealed blob, shown varchar
-- grain: one row per person and field
-- order: record_key, field
select record_key, field, kind, key_id, sealed, shown
from personal_value
where record_kind = 'responsibility'
  and list_contains($keys, record_key)
order by record_key, field;
