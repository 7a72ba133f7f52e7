-- answers: The petitions with the cell of a level each lies in: in the boundaries of on_day, or, when
-- on_day is null, in those in force on the day it was received. Void petitions are left out.
-- Petitions that cannot be placed at the level appear at level 'total' only.
-- grain: one row per petition placed at the level
create or replace macro petition_in_cell(cell_level, on_day) as table
select ancestry.ancestor_id as region_id, place.region_id as placed_in, place.placed_by, petition.*
from petition
join place
  on place.record_kind = 'petition'
 and place.record_id = petition.petition_id
 and place.valid_from <= coalesce(cast(on_day as date), cast(petition.received_at as date))
 and coalesce(cast(on_day as date), cast(petition.received_at as date)) < place.valid_to
join ancestry
  on ancestry.region_id = place.region_id
 and ancestry.level = cell_level
where petition.status <> 'void'
  and in_force(ancestry.valid_from, ancestry.valid_to,
               coalesce(cast(on_day as date), cast(petition.received_at as date)));
