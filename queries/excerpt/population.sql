-- answers: Leaves of the people only those in the excerpt.
-- params: none
-- returns: none
-- grain: one row per counted place
-- order: none
create table population as
select *
from population
where population_id in (select record_id from place where record_kind = 'population');
