-- answers: The codes and names that the given records, placed by them, give, and where one record that gives them lies.
-- params: record_kind text, records table
-- returns: region_code varchar, region_name varchar, parent_name varchar, region_id bigint, valid_from date, valid_to date, placed_by varchar, reason varchar
-- grain: one row per code and names, and period
-- order: region_code, region_name, parent_name, valid_from
with given as (
    select record_id, told_code(region_code, region_name, house_code) as region_code, region_name, parent_name
    from record_row()
    where record_kind = $record_kind
      and record_id in (select record_id from records)
),
known as (
    select region_code, region_name, parent_name, min(record_id) as record_id
    from given
    where coalesce(region_code, region_name, parent_name) is not null
    group by all
)
select
    region_code, region_name, parent_name,
    place.region_id, place.valid_from, place.valid_to, place.placed_by, place.reason
from known
join place
  on place.record_kind = $record_kind
 and place.record_id = known.record_id
order by region_code, region_name, parent_name, valid_from;
