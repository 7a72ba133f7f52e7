-- answers: The people counted in a scope.
-- params: none
-- returns: none
-- grain: one row per counted place
-- order: none
create or replace temp view population as
select *
from g.population
where population_id in (select record_id from own_record where record_kind = 'population');
