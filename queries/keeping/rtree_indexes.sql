-- answers: Which RTREE indexes are stored, which make the file unusable after a crash?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per index
-- order: subject
select index_name as subject, cast(1 as bigint) as amount, table_name as example
from duckdb_indexes()
where database_name = current_database() and sql ilike '%using rtree%'
order by subject;
