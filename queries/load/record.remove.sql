-- answers: Takes out the records that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from record
where record_id in (select known_id from staged where fate = 'changed');
