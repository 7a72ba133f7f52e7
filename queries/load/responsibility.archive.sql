-- answers: Keeps the state of the responsibilities that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed responsibility
-- order: none
insert into responsibility_past by name
select responsibility.*, $replaced_at as replaced_at, $import_id as replaced_by
from responsibility
where exists (
    select 1
    from staged
    where staged.region_code = responsibility.region_code and staged.role = responsibility.role
      and staged.person_no = responsibility.person_no and staged.valid_from = responsibility.valid_from
      and staged.fate = 'changed'
);
