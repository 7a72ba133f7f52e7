-- answers: The petitions with the cell of a level each lies in: in the boundaries of on_day, or, when
-- on_day is null, in those in force on the day it was received. Void petitions are left out.
-- Petitions that cannot be placed at the level appear at level 'total' only, where all are. Most lie in one
-- region on every day, which is noted on them; only the others are looked up in place.
-- grain: one row per petition placed at the level
create or replace macro petition_in_cell(cell_level, on_day) as table
with located as (
    select settled_in as placed_in, settled_by as placed_by, petition.*
    from petition
    where settled_in is not null
    union all
    select place.region_id, place.placed_by, petition.*
    from petition
    join place
      on place.record_kind = 'petition'
     and place.record_id = petition.petition_id
     and place.valid_from <= coalesce(cast(on_day as date), cast(petition.received_at as date))
     and coalesce(cast(on_day as date), cast(petition.received_at as date)) < place.valid_to
    where petition.settled_in is null
)
select 0 as region_id, located.*
from located
where cell_level = 'total'
  and status <> 'void'
union all
select ancestry.ancestor_id, located.*
from located
join ancestry
  on ancestry.region_id = located.placed_in
 and ancestry.level = cell_level
where cell_level <> 'total'
  and located.status <> 'void'
  and ((ancestry.valid_from = date '1900-01-01' and ancestry.valid_to = date '9999-12-31')  -- most: no day to compare
       or in_force(ancestry.valid_from, ancestry.valid_to,
                   coalesce(cast(on_day as date), cast(located.received_at as date))));
