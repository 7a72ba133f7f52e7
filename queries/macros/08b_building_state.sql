-- answers: The rental buildings registered at a moment, with the rating in force then and the day of the last
-- inspection before it.
-- Only urban-village buildings are graded; a building without a category is taken as graded.
-- grain: one row per rental building
create or replace macro building_state(moment) as table
select
    building.building_id,
    building.building_no,
    building.category,
    building.x,
    building.y,
    coalesce(building.category, 'urban_village') = 'urban_village' as graded,
    rated.* exclude (building_no),
    inspected.last_inspected_at
from rental_building as building
left join rating_at(moment) as rated on rated.building_no = building.building_no
left join inspected_before(moment) as inspected on inspected.building_no = building.building_no
where building.registered_on is null or building.registered_on <= cast(moment - interval 1 second as date);
