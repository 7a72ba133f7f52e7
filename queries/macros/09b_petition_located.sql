-- answers: The petitions with the region each lies in: in the boundaries of on_day, or, when on_day is null,
-- in those in force on the day it was received; region 0 when it lies nowhere. Void petitions are left out.
-- Most lie in one region on every day, which is noted on them; only the others are looked up in place.
-- grain: one row per petition
create or replace macro petition_located(on_day) as table
select settled_in as placed_in, petition.*
from petition
where settled_in is not null
  and status <> 'void'
union all
select place.region_id, petition.*
from petition
join place
  on place.record_kind = 'petition'
 and place.record_id = petition.petition_id
 and place.valid_from <= coalesce(cast(on_day as date), cast(petition.received_at as date))
 and coalesce(cast(on_day as date), cast(petition.received_at as date)) < place.valid_to
where petition.settled_in is null
  and petition.status <> 'void';
