-- answers: The numbers of all petitions.
-- params: none
-- returns: record_id bigint
-- grain: one row per record
-- order: record_id
select petition_id as record_id
from petition
order by record_id;
