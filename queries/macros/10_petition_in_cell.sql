-- answers: The petitions with the cell of a level each lies in: in the boundaries of on_day, or, when
-- on_day is null, in those in force on the day it was received. Void petitions are left out.
-- Petitions that cannot be placed at the level appear at level 'total' only, where all are: there nothing
-- need be looked up, which more than halves the time of a figure for the whole store.
-- grain: one row per petition placed at the level
create or replace macro petition_in_cell(cell_level, on_day) as table
select 0 as region_id, petition.*
from petition
where cell_level = 'total'
  and status <> 'void'
union all
select ancestry.ancestor_id, petition.* exclude (placed_in)
from petition_located(on_day) as petition
join ancestry
  on ancestry.region_id = petition.placed_in
 and ancestry.level = cell_level
where cell_level <> 'total'
  and ((ancestry.valid_from = date '1900-01-01' and ancestry.valid_to = date '9999-12-31')  -- most: no day to compare
       or in_force(ancestry.valid_from, ancestry.valid_to,
                   coalesce(cast(on_day as date), cast(petition.received_at as date))));
