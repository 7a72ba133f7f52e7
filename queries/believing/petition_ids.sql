-- answers: Every petition this session believes in.
-- params: none
-- returns: record_id bigint
-- grain: one row per petition
-- order: none
select petition_id as record_id
from petition;
