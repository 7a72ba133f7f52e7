-- answers: Lets this session look at the people of the excerpt only.
-- params: none
-- returns: none
-- grain: one row per counted place
-- order: none
create temp table population as
select *
from population
where population_id in (select record_id from place where record_kind = 'population');
