-- answers: Puts values in place that were sealed anew.
-- params: resealed table
-- returns: none
-- grain: one row per record and field
-- order: none
update personal_value
set key_id = resealed.key_id,
    sealed = resealed.sealed,
    mark = resealed.mark
from resealed
where resealed.record_kind = personal_value.record_kind
  and resealed.record_key = personal_value.record_key
  and resealed.field = personal_value.field;
