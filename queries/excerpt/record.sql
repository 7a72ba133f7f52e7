-- answers: Lets this session look at the records of described registers inside the excerpt only.
-- params: none
-- returns: none
-- grain: one row per record
-- order: none
create temp table record as
select *
from record
where (record_kind, record_id) in (select record_kind, record_id from place);
