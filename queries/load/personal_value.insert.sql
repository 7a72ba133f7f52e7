-- answers: Puts the new and changed personal values of the staged file into the store. Earlier ones are not kept.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed value
-- order: none
insert into personal_value by name
select record_kind, record_key, field, kind, key_id, sealed, mark, shown, $import_id as import_id
from staged_personal
where fate = 'changed'
  and sealed is not null;
