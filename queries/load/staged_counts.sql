-- answers: How many staged rows are new, changed or in the store just so.
-- params: none
-- returns: new_rows bigint, changed_rows bigint, same_rows bigint
-- grain: one row
-- order: none
select
    count(*) filter (fate = 'new') as new_rows,
    count(*) filter (fate = 'changed') as changed_rows,
    count(*) filter (fate = 'same') as same_rows
from staged;
