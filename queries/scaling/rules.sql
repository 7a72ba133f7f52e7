-- answers: Gives this session the rules of counting of another store.
-- params: rules table
-- returns: none
-- grain: one row per rule
-- order: none
create or replace temp table store_setting as
select rule as key, value
from rules;
