-- answers: The numbers of the petitions with events that an import put into the store.
-- params: import_id bigint
-- returns: record_id bigint
-- grain: one row per petition
-- order: record_id
select petition_id as record_id
from petition
where petition_no in (select petition_no from petition_event where import_id = $import_id)
order by record_id;
