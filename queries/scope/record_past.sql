-- answers: Earlier states of the records of a scope.
-- params: none
-- returns: none
-- grain: one row per record and import that replaced it
-- order: none
create or replace temp view record_past as
select *
from g.record_past
where (record_kind, record_id) in (select (record_kind, record_id) from own_record);
