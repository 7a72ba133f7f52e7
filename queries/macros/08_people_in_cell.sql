-- answers: How many people and households live in each cell of a level, in the boundaries of a day.
-- grain: one row per cell with at least one counted place
create or replace macro people_in_cell(cell_level, on_day) as table
select
    ancestry.ancestor_id as region_id,
    sum(population.people)::double as people,
    sum(population.households)::double as households
from population
join place
  on place.record_kind = 'population'
 and place.record_id = population.population_id
 and place.valid_from <= cast(on_day as date)
 and cast(on_day as date) < place.valid_to
join ancestry
  on ancestry.region_id = place.region_id
 and at_level(ancestry.level, cell_level)
 and ancestry.valid_from <= cast(on_day as date)
 and cast(on_day as date) < ancestry.valid_to
group by ancestry.ancestor_id;
