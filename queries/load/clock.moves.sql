-- answers: The extensions and suspensions of the given petitions.
-- params: records table
-- returns: case_id bigint, move varchar, moved_at timestamp, until timestamp
-- grain: one row per event
-- order: case_id, moved_at
select petition.petition_id as case_id, event.event as move, event.happened_at as moved_at, event.until
from petition_event as event
join petition on petition.petition_no = event.petition_no
where event.event in ('extended', 'suspended', 'resumed')
  and petition.petition_id in (select record_id from records)
order by case_id, moved_at;
