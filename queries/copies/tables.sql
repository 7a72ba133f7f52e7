-- answers: Which tables does the store hold?
-- params: none
-- returns: table_name varchar
-- grain: one row per table
-- order: table_name
select table_name
from duckdb_tables()
where database_name = current_database() and schema_name = 'main' and not temporary
order by table_name;
