-- answers: Lets this session work out the courses of the petitions anew.
-- params: none
-- returns: none
-- grain: no row yet
-- order: none
create temp table petition_course as
select *
from petition_course
where false;
