-- answers: How many sealed values the store holds.
-- params: none
-- returns: sealed_values bigint
-- grain: one row
-- order: none
select count(*) as sealed_values
from personal_value;
