-- answers: Puts the new and changed inspections of the staged file into the store.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into inspection by name
select
    inspection_no,
    building_no,
    inspected_at,
    result,
    hazards_found,
    $import_id as import_id
from staged
where fate <> 'same'
order by row_no;
