-- answers: What the events of the petitions of a scope come to.
-- params: none
-- returns: none
-- grain: one row per petition with events
-- order: none
create or replace temp view petition_course as
select *
from g.petition_course
where petition_id in (select record_id from own_record where record_kind = 'petition');
