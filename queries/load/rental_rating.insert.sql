-- answers: Puts the new and changed ratings of the staged file into the store.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into rental_rating by name
select
    building_no,
    scheme,
    level,
    valid_from,
    valid_to,
    reason,
    $import_id as import_id
from staged
where fate <> 'same'
order by row_no;
