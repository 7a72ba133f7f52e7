-- answers: Leaves of the courses only those of petitions in the excerpt.
-- params: none
-- returns: none
-- grain: one row per petition with events
-- order: none
create table petition_course as
select *
from petition_course
where petition_id in (select petition_id from petition);
