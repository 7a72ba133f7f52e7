-- answers: When a changeset was recorded.
-- params: cs bigint
-- returns: recorded_at timestamp
-- grain: one row, none when there is no such changeset
-- order: none
select recorded_at
from changeset
where cs = $cs;
