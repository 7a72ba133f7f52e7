-- answers: Lets this session take the last inspections from what is kept.
-- params: none
-- returns: none
-- grain: one row per inspected building
-- order: none
create temp macro inspected_before(moment) as table
select *
from inspected_kept;
