-- answers: The rental buildings registered at a moment with their cell on a day (boundaries of on_day).
-- Only urban-village buildings are graded; a building without a category is taken as graded.
-- grain: one row per rental building placed at the level
create or replace macro building_located(cell_level, on_day, moment) as table
select
    lying.region_id,
    building.building_id,
    building.building_no,
    building.category,
    building.registered_on,
    coalesce(building.category, 'urban_village') = 'urban_village' as graded
from rental_building as building
join place_in_cell('rental_building', cell_level, on_day) as lying on lying.record_id = building.building_id
where building.registered_on is null or building.registered_on <= cast(moment - interval 1 second as date);
