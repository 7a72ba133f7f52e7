-- answers: The sealed names of all people in charge.
-- params: none
-- returns: record_key varchar, field varchar, kind varchar, key_id varchar, sealed blob, shown varchar
-- grain: one row per person
-- order: record_key
select record_key, field, kind, key_id, sealed, shown
from personal_value
where record_kind = 'responsibility'
  and kind = 'name'
order by record_key;
