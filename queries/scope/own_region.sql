-- answers: Which regions belong to a scope, and when: those it names and all that lay inside them.
-- params: roots bigint[]
-- returns: none
-- grain: one row per region and period [valid_from, valid_to)
-- order: none
create or replace temp table own_region as
select distinct region_id, valid_from, valid_to
from g.ancestry
where list_contains($roots, ancestor_id);
