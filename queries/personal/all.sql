-- answers: All sealed values, to seal them anew.
-- params: none
-- returns: record_kind varchar, record_key varchar, field varchar, kind varchar, key_id varchar, sealed blob
-- grain: one row per record and field
-- order: record_kind, record_key, field
select record_kind, record_key, field, kind, key_id, sealed
from personal_value
order by record_kind, record_key, field;
