-- answers: How many sealed values the store holds.
-- params: none
-- returns: sealed_values bigint
-- grain: one row
-- order: none
select
    (select count(*) from personal_value)
    + (select count(*) from import_set_aside where sealed is not null) as sealed_values;
