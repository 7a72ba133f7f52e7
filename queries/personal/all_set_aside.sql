-- answers: All sealed rows that were set aside, to seal them anew.
-- params: none
-- returns: record_kind varchar, record_key varchar, field varchar, kind varchar, key_id varchar, sealed blob
-- grain: one row per row of a file and reason
-- order: record_key, check_name
select 'import_set_aside' as record_kind, import_id || ' · ' || row_no || ' · ' || check_name as record_key,
       'raw' as field, 'text' as kind, key_id, sealed
from import_set_aside
where sealed is not null
order by record_key, check_name;
