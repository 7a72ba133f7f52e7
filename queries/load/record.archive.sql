-- answers: Keeps the state of the records that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed record
-- order: none
insert into record_past by name
select record.*, $replaced_at as replaced_at, $import_id as replaced_by
from record
where record_id in (select known_id from staged where fate = 'changed');
