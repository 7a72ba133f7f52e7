-- answers: The rental buildings with their cell on a day (boundaries of on_day), the rating in force at a
-- moment and the day of the last inspection before it (see building_state).
-- grain: one row per rental building placed at the level
create or replace macro building_in_cell(cell_level, on_day, moment) as table
select ancestry.ancestor_id as region_id, building.* exclude (x, y)
from building_state(moment) as building
join place
  on place.record_kind = 'rental_building'
 and place.record_id = building.building_id
 and place.valid_from <= cast(on_day as date)
 and cast(on_day as date) < place.valid_to
join ancestry
  on ancestry.region_id = place.region_id
 and ancestry.level = cell_level
 and ancestry.valid_from <= cast(on_day as date)
 and cast(on_day as date) < ancestry.valid_to;
