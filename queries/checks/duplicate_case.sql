-- answers: Cases that look reported twice: the same minor class at the same spot (to 1 m) within a day of the one before,
-- neither merged nor split.
-- params: now timestamp, level text, most bigint
-- returns: record_kind varchar, record_no varchar, detail varchar, code varchar, name varchar, total bigint, checked bigint
-- grain: one row per later case, at most so many, and one without a number when none is found
-- order: record_no
with spotted as (
    select petition_no, subcategory, round(x) as east, round(y) as north, received_at
    from petition
    where x is not null
      and subcategory is not null
      and merged_into is null
      and split_from is null
      and status not in ('merged', 'split', 'void', 'rejected')
      and received_at <= $now::timestamp
      and $level <> ''
),
followed as (
    select
        petition_no,
        subcategory,
        received_at,
        lag(petition_no) over spot as earlier_no,
        lag(received_at) over spot as earlier_at
    from spotted
    window spot as (partition by subcategory, east, north order by received_at, petition_no)
),
sized as (
    select count(*) as checked
    from spotted
),
faulty as (
    select *
    from followed
    where received_at - earlier_at < interval 1 day
),
counted as (
    select count(*) as total
    from faulty
)
select
    'petition' as record_kind,
    petition_no as record_no,
    subcategory || ', as ' || earlier_no as detail,
    null::varchar as code,
    null::varchar as name,
    counted.total,
    sized.checked
from sized
cross join counted
left join faulty on true
order by record_no
limit $most;
