-- answers: Puts the new and changed petitions of the staged file into the store; changed ones keep their number.
-- params: import_id bigint
-- returns: none
-- grain: one row per new or changed row
-- order: row_no
insert into petition by name
select
    coalesce(
        known_id,
        (select coalesce(max(taken), 0)
         from (select petition_id as taken from petition union all select known_id from staged))
            + row_number() over (partition by known_id is null order by row_no)
    ) as petition_id,
    petition_no,
    channel,
    kind,
    category,
    subcategory,
    handler,
    status,
    received_at,
    accepted_at,
    filed_at,
    dispatched_at,
    signed_at,
    disposed_at,
    closed_at,
    due_at,
    due_at as due_reported_at,
    closed_on_time,
    merged_into,
    split_from,
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
