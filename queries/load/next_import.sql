-- answers: The number of the next import.
-- params: none
-- returns: import_id bigint
-- grain: one row
-- order: none
select coalesce(max(import_id), 0) + 1 as import_id
from import;
