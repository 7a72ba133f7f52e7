-- answers: Lets this session derive the ancestors anew.
-- params: none
-- returns: none
-- grain: no row yet
-- order: none
create temp table ancestry as
select *
from ancestry
where false;
