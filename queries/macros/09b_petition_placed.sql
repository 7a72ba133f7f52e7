-- answers: The petitions with the cell of a level each lies in, the region it was placed in itself and how
-- (placed_in, placed_by): in the boundaries of on_day, or, when on_day is null, in those in force on the day
-- it was received. At level 'total' those placed nowhere are among them. Void petitions are left out.
-- Most lie in one region on every day, which is noted on them; only the others are looked up among those that moved.
-- grain: one row per petition placed at the level
create or replace macro petition_placed(cell_level, on_day) as table
with located as (
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
      and petition.status <> 'void'
)
select 0 as region_id, located.*
from located
where at_level('total', cell_level)
union all
select ancestry.ancestor_id, located.*
from located
join ancestry
  on ancestry.region_id = located.placed_in
 and at_level(ancestry.level, cell_level)
 and ancestry.level <> 'total'
where cell_level <> 'total'
  and ((ancestry.valid_from = date '1900-01-01' and ancestry.valid_to = date '9999-12-31')  -- most: no day to compare
       or in_force(ancestry.valid_from, ancestry.valid_to,
                   coalesce(cast(on_day as date), cast(located.received_at as date))));
