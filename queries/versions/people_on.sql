-- answers: Which counted places lie in these leaves on a day, and how many people live there.
-- params: region_ids bigint[], on_day date
-- returns: record_id bigint, region_id bigint, people integer
-- grain: one row per counted place
-- order: record_id
select place.record_id, place.region_id, population.people
from place
join population on population.population_id = place.record_id
where place.record_kind = 'population'
  and place.region_id in (select unnest($region_ids))
  and place.valid_from <= $on_day
  and $on_day < place.valid_to
order by place.record_id;
