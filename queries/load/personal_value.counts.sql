-- answers: How many staged personal values are new or changed.
-- params: none
-- returns: changed_values bigint
-- grain: one row
-- order: none
select count(*) as changed_values
from staged_personal
where fate = 'changed';
