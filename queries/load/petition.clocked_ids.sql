-- answers: The petitions whose due time their source does not give, so that the duty list says it.
-- params: none
-- returns: record_id bigint
-- grain: one row per petition
-- order: record_id
select petition_id as record_id
from petition
where due_reported_at is null
order by record_id;
