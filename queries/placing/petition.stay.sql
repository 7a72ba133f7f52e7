-- answers: Forgets that petitions just placed had moved.
-- params: placed table
-- returns: none
-- grain: all rows of the petitions
-- order: none
delete from petition_moved
where petition_id in (select record_id from placed);
