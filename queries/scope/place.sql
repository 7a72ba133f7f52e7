-- answers: Where the records of a scope lie.
-- params: none
-- returns: none
-- grain: one row per record and period
-- order: none
create or replace temp view place as
select place.*
from g.place as place
where (record_kind, record_id) in (select (record_kind, record_id) from own_record);
