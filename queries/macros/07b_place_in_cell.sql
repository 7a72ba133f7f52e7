-- answers: The cell of a level that each record of a register lies in, in the boundaries of a day, and how it was placed.
-- grain: one row per record placed at the level
create or replace macro place_in_cell(kind, cell_level, on_day) as table
select ancestry.ancestor_id as region_id, place.record_id, place.placed_by
from place
join ancestry
  on ancestry.region_id = place.region_id
 and at_level(ancestry.level, cell_level)
 and ancestry.valid_from <= cast(on_day as date)
 and cast(on_day as date) < ancestry.valid_to
where place.record_kind = kind
  and place.valid_from <= cast(on_day as date)
  and cast(on_day as date) < place.valid_to;
