-- answers: Takes out the counted places that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from population
where population_id in (select known_id from staged where fate = 'changed');
