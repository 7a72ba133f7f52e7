-- answers: Earlier states of counted places that a later import reported anew.
-- grain: one row per counted place and import that replaced it
create table population_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from population
where false;
