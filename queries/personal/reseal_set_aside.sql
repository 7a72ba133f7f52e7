-- answers: Puts rows that were set aside in place, sealed anew.
-- params: resealed table
-- returns: none
-- grain: one row per row of a file and reason
-- order: none
update import_set_aside
set key_id = resealed.key_id,
    sealed = resealed.sealed
from resealed
where resealed.record_kind = 'import_set_aside'
  and resealed.record_key = import_id || ' · ' || row_no || ' · ' || check_name;
