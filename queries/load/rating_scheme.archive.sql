-- answers: Keeps the state of the rating levels that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed rating level
-- order: none
insert into rating_scheme_past by name
select rating_scheme.*, $replaced_at as replaced_at, $import_id as replaced_by
from rating_scheme
where exists (
    select 1
    from staged
    where staged.scheme = rating_scheme.scheme and staged.level = rating_scheme.level
      and staged.fate = 'changed'
);
