-- answers: House codes that are none: not 19 digits (building) or 25 (room), or without a province, district, community or
-- building in them.
-- params: now timestamp, level text, most bigint
-- returns: record_kind varchar, record_no varchar, detail varchar, code varchar, name varchar, total bigint, checked bigint
-- grain: one row per record, at most so many, and one without a number when none is found
-- order: record_kind, record_no
with coded as (
    select 'petition' as record_kind, petition_no as record_no, building_code
    from petition
    where building_code is not null
      and received_at <= $now::timestamp
      and $level <> ''
    union all
    select 'rental_building', building_no, building_code
    from rental_building
    where building_code is not null
),
sized as (
    select count(*) as checked
    from coded
),
faulty as (
    select *
    from coded
    where not regexp_full_match(building_code, '[1-9][0-9]{18}([0-9]{6})?')
       or substr(building_code, 5, 2) = '00'
       or substr(building_code, 15, 5) = '00000'
),
counted as (
    select count(*) as total
    from faulty
)
select
    record_kind,
    record_no,
    left(building_code, 19) as detail,
    null::varchar as code,
    null::varchar as name,
    counted.total,
    sized.checked
from sized
cross join counted
left join faulty on true
order by record_kind, record_no
limit $most;
