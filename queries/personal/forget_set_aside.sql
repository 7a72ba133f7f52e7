-- answers: Empties the rows set aside that some keys sealed; that they were set aside, and why, stays.
-- params: key_ids text[]
-- returns: none
-- grain: one row per emptied row
-- order: none
update import_set_aside
set raw = null, key_id = null, sealed = null
from import
where import.import_id = import_set_aside.import_id
  and list_contains($key_ids, coalesce(key_id, 'import_set_aside/' || strftime(imported_at, '%Y-%m') || '/0'));
