-- answers: The rental buildings registered at a moment with their cell on a day (boundaries of on_day).
-- Only urban-village buildings are graded; a building without a category is taken as graded.
-- grain: one row per rental building placed at the level
create or replace macro building_located(cell_level, on_day, moment) as table
select
    ancestry.ancestor_id as region_id,
    building.building_id,
    building.building_no,
    building.category,
    coalesce(building.category, 'urban_village') = 'urban_village' as graded
from rental_building as building
join place
  on place.record_kind = 'rental_building'
 and place.record_id = building.building_id
 and place.valid_from <= cast(on_day as date)
 and cast(on_day as date) < place.valid_to
join ancestry
  on ancestry.region_id = place.region_id
 and at_level(ancestry.level, cell_level)
 and ancestry.valid_from <= cast(on_day as date)
 and cast(on_day as date) < ancestry.valid_to
where building.registered_on is null or building.registered_on <= cast(moment - interval 1 second as date);
