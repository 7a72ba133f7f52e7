-- answers: Puts the new and changed rating levels of the staged file into the store.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into rating_scheme by name
select
    scheme,
    level,
    rank,
    title_zh,
    title_en,
    colour,
    interval_days,
    weight,
    $import_id as import_id
from staged
where fate <> 'same'
order by row_no;
