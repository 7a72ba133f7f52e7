-- answers: Records one import.
-- params: import_id bigint, register text, file text, sha256 text, mapping text, rows_read bigint, rows_kept bigint, rows_set_aside bigint, rows_unchanged bigint, imported_at timestamp, imported_by text
-- returns: none
-- grain: one row
-- order: none
insert into import (import_id, register, file, sha256, mapping, rows_read, rows_kept, rows_set_aside,
                    rows_unchanged, imported_at, imported_by)
values ($import_id, $register, $file, $sha256, $mapping, $rows_read, $rows_kept, $rows_set_aside,
        $rows_unchanged, $imported_at, $imported_by);
