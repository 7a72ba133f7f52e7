-- answers: Keeps the rows that an import could not use, with the reason.
-- params: import_id bigint, set_aside table
-- returns: none
-- grain: one row per row and reason
-- order: none
insert into import_set_aside
select $import_id, row_no, check_name, reason, raw::json
from set_aside;
