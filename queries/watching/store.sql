-- answers: How far the store is: its newest version, its imports, and the memory the database holds.
-- params: none
-- returns: changeset bigint, newest_import bigint, imported_at timestamp, memory_bytes double, spilled_bytes double
-- grain: one row
-- order: none
select
    (select coalesce(max(cs), 0) from changeset) as changeset,
    (select coalesce(max(import_id), 0) from import) as newest_import,
    (select max(imported_at) from import) as imported_at,
    cast(sum(memory_usage_bytes) as double) as memory_bytes,
    cast(sum(temporary_storage_bytes) as double) as spilled_bytes
from duckdb_memory();
