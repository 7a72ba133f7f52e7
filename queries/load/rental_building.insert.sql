-- answers: Puts the new and changed rental buildings of the staged file into the store; changed ones keep their number.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into rental_building by name
select
    coalesce(
        known_id,
        (select coalesce(max(taken), 0)
         from (select building_id as taken from rental_building union all select known_id from staged))
            + row_number() over (partition by known_id is null order by row_no)
    ) as building_id,
    building_no,
    name,
    category,
    rental_units,
    tenants,
    registered_on,
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
