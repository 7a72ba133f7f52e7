-- answers: Lets this session place all records anew.
-- params: none
-- returns: none
-- grain: no row yet
-- order: none
create temp table place as
select *
from place
where false;
