-- answers: How many petitions have a cell as of a day, how many have none, and when the newest placed one was received.
-- params: on_day date
-- returns: placed bigint, unplaced bigint, newest_placed_at timestamp
-- grain: one row
-- order: none
select
    count(*) filter (where place.placed_by <> 'none') as placed,
    count(*) filter (where place.placed_by = 'none') as unplaced,
    max(petition.received_at) filter (where place.placed_by <> 'none') as newest_placed_at
from petition
inner join place
    on place.record_kind = 'petition'
    and place.record_id = petition.petition_id
    and place.valid_from <= $on_day::date
    and place.valid_to > $on_day::date;
