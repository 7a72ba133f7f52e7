-- answers: The petitions with the region each was placed in itself and how (placed_in, placed_by): in the boundaries of
-- on_day, or, when on_day is null, in those in force on the day it was received. Those placed nowhere and void ones
-- are left out.
-- Most lie in one region on every day, which is noted on them; only the others are looked up among those that moved.
-- grain: one row per petition that was placed
create or replace macro petition_located(on_day) as table
select settled_in as placed_in, settled_by as placed_by, petition.*
from petition
where settled_in is not null
  and status <> 'void'
union all
select moved.region_id, moved.placed_by, petition.*
from petition
join petition_moved as moved
  on moved.petition_id = petition.petition_id
 and moved.valid_from <= coalesce(cast(on_day as date), cast(petition.received_at as date))
 and coalesce(cast(on_day as date), cast(petition.received_at as date)) < moved.valid_to
where petition.settled_in is null
  and petition.status <> 'void';
