-- answers: The numbers of the records that an import put into the store.
-- params: import_id bigint
-- returns: record_id bigint
-- grain: one row per record
-- order: record_id
select record_id
from record
where import_id = $import_id
order by record_id;
