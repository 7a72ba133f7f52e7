-- answers: The numbers of all records of a register.
-- params: record_kind text
-- returns: record_id bigint
-- grain: one row per record
-- order: record_id
select record_id
from record_row()
where record_kind = $record_kind
order by record_id;
