-- answers: The records of a scope, of all registers that are data only.
-- params: none
-- returns: none
-- grain: one row per record
-- order: none
create or replace temp view record as
select *
from g.record
where (record_kind, record_id) in (select (record_kind, record_id) from own_record);
