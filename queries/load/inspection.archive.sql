-- answers: Keeps the state of the inspections that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed inspection
-- order: none
insert into inspection_past by name
select inspection.*, $replaced_at as replaced_at, $import_id as replaced_by
from inspection
where exists (
    select 1
    from staged
    where staged.inspection_no = inspection.inspection_no
      and staged.fate = 'changed'
);
