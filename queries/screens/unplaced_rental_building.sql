-- answers: Which rental buildings lie in no region on a day, and why.
-- params: on_day date
-- returns: record_no varchar, reason varchar, region_name varchar, parent_name varchar
-- grain: one row per record
-- order: record_no
select rental_building.building_no as record_no, place.reason, rental_building.region_name, rental_building.parent_name
from place
join rental_building on rental_building.building_id = place.record_id
where place.record_kind = 'rental_building'
  and place.placed_by = 'none'
  and place.valid_from <= $on_day
  and $on_day < place.valid_to
order by record_no;
