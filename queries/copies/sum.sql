-- answers: How many rows does a table hold, and what do they add up to, whatever their order?
-- params: table_name text
-- returns: row_count bigint, content varchar
-- grain: one row
-- order: none
select
    count(*) as row_count,
    cast(coalesce(sum(hash(rows_of)), 0) as varchar) as content
from query_table($table_name) as rows_of;
