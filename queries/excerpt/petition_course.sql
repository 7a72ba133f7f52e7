-- answers: Lets this session look at the courses of the excerpt's petitions only.
-- params: none
-- returns: none
-- grain: one row per petition with events
-- order: none
create temp table petition_course as
select *
from petition_course
where petition_id in (select petition_id from petition);
