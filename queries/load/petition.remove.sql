-- answers: Takes out the petitions that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from petition
where petition_id in (select known_id from staged where fate = 'changed');
