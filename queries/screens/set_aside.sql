-- answers: The rows that imports set aside, with the reason, and the row as it stood in the file: sealed, or plain (raw)
-- where an earlier gridmap kept it.
-- params: import_id bigint
-- returns: import_id bigint, register varchar, file varchar, row_no bigint, check_name varchar, reason varchar, raw varchar, key_id varchar, sealed blob
-- grain: one row per row of a file and reason
-- order: import_id, row_no, check_name
select set_aside.import_id, import.register, import.file, set_aside.row_no, set_aside.check_name,
       set_aside.reason, set_aside.raw::varchar as raw, set_aside.key_id, set_aside.sealed
from import_set_aside as set_aside
join import on import.import_id = set_aside.import_id
where $import_id is null or set_aside.import_id = $import_id
order by set_aside.import_id, set_aside.row_no, set_aside.check_name;
