-- answers: Takes out the inspections that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from inspection
using staged
where staged.inspection_no = inspection.inspection_no
  and staged.fate = 'changed';
