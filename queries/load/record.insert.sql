-- answers: Puts the new and changed records of the staged file into the store; changed ones keep their number.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into record by name
select
    coalesce(
        known_id,
        (select coalesce(max(taken), 0)
         from (select record_id as taken from record union all select known_id from staged))
            + row_number() over (partition by known_id is null order by row_no)
    ) as record_id,
    record_kind,
    record_key,
    fields,
    building_code,
    region_code,
    region_name,
    parent_name,
    raw_x,
    raw_y,
    src_crs,
    x,
    y,
    place_reason,
    $import_id as import_id
from staged
where fate <> 'same'
order by row_no;
