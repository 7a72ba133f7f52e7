-- answers: Stages the records of a file for any register that is data only, and says which are new, changed or
-- in the store just so. Its own fields travel as one JSON object; a register without places lacks those columns.
-- params: path text, record_kind text, key text[]
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select * from read_parquet($path)
    union all by name
    select
        null::text as building_code, null::text as region_code, null::text as region_name,
        null::text as parent_name, null::double as raw_x, null::double as raw_y, null::text as src_crs,
        null::double as x, null::double as y, null::text as place_reason
    where false
),
packed as (
    select
        row_no,
        to_json(struct_pack(*columns(lambda name: name not in (
            'row_no', 'building_code', 'region_code', 'region_name', 'parent_name', 'raw_x', 'raw_y',
            'src_crs', 'x', 'y', 'place_reason')))) as fields,
        building_code, region_code, region_name, parent_name, raw_x, raw_y, src_crs, x, y, place_reason
    from incoming
),
keyed as (
    select
        packed.*,
        array_to_string(list_transform($key, lambda name: json_extract_string(fields, name)), ' · ') as record_key
    from packed
)
select
    keyed.*,
    $record_kind as record_kind,
    record.record_id as known_id,
    case
        when record.record_id is null then 'new'
        when (keyed.fields, keyed.building_code, keyed.region_code, keyed.region_name, keyed.parent_name,
              keyed.raw_x, keyed.raw_y, keyed.src_crs, keyed.x, keyed.y, keyed.place_reason)
             is not distinct from
             (record.fields, record.building_code, record.region_code, record.region_name, record.parent_name,
              record.raw_x, record.raw_y, record.src_crs, record.x, record.y, record.place_reason)
            then 'same'
        else 'changed'
    end as fate
from keyed
left join record
  on record.record_kind = $record_kind
 and record.record_key = keyed.record_key;
