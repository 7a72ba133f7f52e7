-- answers: Keeps the state of the petitions that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed petition
-- order: none
insert into petition_past by name
select petition.*, $replaced_at as replaced_at, $import_id as replaced_by
from petition
where petition_id in (select known_id from staged where fate = 'changed');
