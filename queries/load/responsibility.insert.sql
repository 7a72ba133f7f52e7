-- answers: Puts the new and changed responsibilities of the staged file into the store.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into responsibility by name
select
    region_code,
    role,
    person_no,
    duty,
    valid_from,
    valid_to,
    $import_id as import_id
from staged
where fate <> 'same'
order by row_no;
