-- answers: Which files were loaded, when, and what became of their rows.
-- params: none
-- returns: import_id bigint, register varchar, file varchar, imported_at timestamp, rows_read bigint, rows_kept bigint, rows_unchanged bigint, rows_set_aside bigint
-- grain: one row per import
-- order: import_id desc
select import_id, register, file, imported_at, rows_read, rows_kept, rows_unchanged, rows_set_aside
from import
order by import_id desc;
