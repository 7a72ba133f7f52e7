-- answers: The file of the store.
-- params: none
-- returns: path varchar
-- grain: one value
-- order: none
select path
from duckdb_databases()
where database_name = current_database();
