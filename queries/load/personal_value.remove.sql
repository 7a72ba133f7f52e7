-- answers: Takes out the personal values that the staged file reports anew, or reports to be gone.
-- params: none
-- returns: none
-- grain: one row per changed value
-- order: none
delete from personal_value
using staged_personal as staged
where staged.fate = 'changed'
  and staged.record_kind = personal_value.record_kind
  and staged.record_key = personal_value.record_key
  and staged.field = personal_value.field;
