-- answers: Forgets what the events of the given petitions came to, so that it can be worked out again.
-- params: records table
-- returns: none
-- grain: one row per petition
-- order: none
delete from petition_course
where petition_id in (select record_id from records);
