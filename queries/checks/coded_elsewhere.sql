-- answers: House codes that say another community (their first 12 digits) than the one the point lies in, of rental
-- buildings and petitions. Codes keep the grid of the day they were given: the point counts, the code is told.
-- params: now timestamp, level text, most bigint
-- returns: record_kind varchar, record_no varchar, detail varchar, code varchar, name varchar, total bigint, checked bigint
-- grain: one row per record, at most so many, and one without a number when none is found; code and name are of the region the point lies in
-- order: record_kind, record_no
with placed as (
    select 'petition' as record_kind, petition_no as record_no, building_code, region_id
    from petition_placed($level, null)
    where placed_by = 'point'
      and building_code is not null
      and received_at <= $now::timestamp
    union all
    select 'rental_building', building.building_no, building.building_code, lying.region_id
    from rental_building as building
    join place_in_cell('rental_building', $level, $now) as lying
      on lying.record_id = building.building_id
     and lying.placed_by = 'point'
    where building.building_code is not null
),
compared as (
    select placed.*, latest.code, latest.name
    from placed
    join last_named($level) as latest on latest.region_id = placed.region_id
    where length(latest.code) = 12
      and length(placed.building_code) in (19, 25)
),
sized as (
    select count(*) as checked
    from compared
),
faulty as (
    select *
    from compared
    where left(building_code, 12) <> code
),
counted as (
    select count(*) as total
    from faulty
)
select
    record_kind,
    record_no,
    left(building_code, 19) as detail,
    code,
    name,
    counted.total,
    sized.checked
from sized
cross join counted
left join faulty on true
order by record_kind, record_no
limit $most;
