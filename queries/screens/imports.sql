-- answers: The imports, the latest first.
-- params: none
-- returns: import_id bigint, register varchar, file varchar, mapping varchar, rows_read bigint, rows_kept bigint, rows_unchanged bigint, rows_set_aside bigint, imported_at timestamp, imported_by varchar
-- grain: one row per import
-- order: import_id desc
select import_id, register, file, mapping, rows_read, rows_kept, rows_unchanged, rows_set_aside,
       imported_at, imported_by
from import
order by import_id desc;
