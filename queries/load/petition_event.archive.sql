-- answers: Keeps the state of the events of petitions that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed event
-- order: none
insert into petition_event_past by name
select petition_event.*, $replaced_at as replaced_at, $import_id as replaced_by
from petition_event
where exists (
    select 1
    from staged
    where staged.event_no = petition_event.event_no
      and staged.fate = 'changed'
);
