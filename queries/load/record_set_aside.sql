-- answers: Keeps the rows that an import could not use, sealed, with the reason.
-- params: import_id bigint, set_aside table
-- returns: none
-- grain: one row per row and reason
-- order: none
insert into import_set_aside by name
select $import_id as import_id, row_no, check_name, reason, key_id, sealed
from set_aside;
