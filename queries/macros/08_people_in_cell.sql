-- answers: How many people and households live in each cell of a level, in the boundaries of a day.
-- grain: one row per cell with at least one counted place
create or replace macro people_in_cell(cell_level, on_day) as table
select
    lying.region_id,
    sum(population.people)::double as people,
    sum(population.households)::double as households
from population
join place_in_cell('population', cell_level, on_day) as lying on lying.record_id = population.population_id
group by lying.region_id;
