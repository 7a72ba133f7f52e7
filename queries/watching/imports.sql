-- answers: How many imports there were of each register, and what became of their rows.
-- params: none
-- returns: register varchar, imports bigint, rows_kept double, rows_set_aside double
-- grain: one row per register that has an import
-- order: register
select
    register,
    count(*) as imports,
    cast(sum(rows_kept) as double) as rows_kept,
    cast(sum(rows_set_aside) as double) as rows_set_aside
from import
group by register
order by register;
