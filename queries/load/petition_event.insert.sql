-- answers: Puts the new and changed events of the staged file into the store.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into petition_event by name
select
    event_no,
    petition_no,
    event,
    happened_at,
    unit,
    until,
    level,
    score,
    category,
    subcategory,
    reason,
    $import_id as import_id
from staged
where fate <> 'same'
order by row_no;
