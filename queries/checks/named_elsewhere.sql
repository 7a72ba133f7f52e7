-- answers: Conflicts between the named and the geometric community: petitions with a point that name another region of the
-- level than the one the point lies in. The point counts.
-- params: now timestamp, level text, most bigint
-- returns: record_kind varchar, record_no varchar, detail varchar, code varchar, name varchar, total bigint, checked bigint
-- grain: one row per petition, at most so many, and one without a number when none is found; code and name are of the region the point lies in
-- order: record_no
with known as (
    select distinct plain_region_name(name) as plain
    from last_named($level)
),
compared as (
    select
        petition.petition_no,
        petition.region_name,
        latest.code,
        latest.name,
        plain_region_name(petition.region_name) as says,
        plain_region_name(latest.name) as lies
    from petition_placed($level, null) as petition
    join last_named($level) as latest on latest.region_id = petition.region_id
    where petition.placed_by = 'point'
      and petition.region_name is not null
      and petition.received_at <= $now::timestamp
),
sized as (
    select count(*) as checked
    from compared
    where says in (select plain from known)
),
faulty as (
    select *
    from compared
    where says <> lies
      and says in (select plain from known)
),
counted as (
    select count(*) as total
    from faulty
)
select
    'petition' as record_kind,
    petition_no as record_no,
    region_name as detail,
    code,
    name,
    counted.total,
    sized.checked
from sized
cross join counted
left join faulty on true
order by record_no
limit $most;
