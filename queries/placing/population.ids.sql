-- answers: The numbers of all counted places.
-- params: none
-- returns: record_id bigint
-- grain: one row per record
-- order: record_id
select population_id as record_id
from population
order by record_id;
