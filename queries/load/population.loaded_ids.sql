-- answers: The numbers of the counted places that an import put into the store.
-- params: import_id bigint
-- returns: record_id bigint
-- grain: one row per record
-- order: record_id
select population_id as record_id
from population
where import_id = $import_id
order by record_id;
