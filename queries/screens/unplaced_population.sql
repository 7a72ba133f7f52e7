-- answers: Which populations lie in no region on a day, and why.
-- params: on_day date
-- returns: record_no varchar, reason varchar, region_name varchar, parent_name varchar
-- grain: one row per record
-- order: record_no
select population.population_no as record_no, place.reason, population.region_name, population.parent_name
from place
join population on population.population_id = place.record_id
where place.record_kind = 'population'
  and place.placed_by = 'none'
  and place.valid_from <= $on_day
  and $on_day < place.valid_to
order by record_no;
