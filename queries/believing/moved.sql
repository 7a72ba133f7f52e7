-- answers: Lets this session note anew which petitions moved.
-- params: none
-- returns: none
-- grain: no row yet
-- order: none
create temp table petition_moved as
select *
from petition_moved
where false;
