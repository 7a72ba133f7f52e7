-- answers: Keeps the state of the counted places that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed counted place
-- order: none
insert into population_past by name
select population.*, $replaced_at as replaced_at, $import_id as replaced_by
from population
where population_id in (select known_id from staged where fate = 'changed');
