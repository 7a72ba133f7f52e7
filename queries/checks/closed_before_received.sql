-- answers: Petitions with impossible times: closed or disposed of before they were received, or received in the future.
-- params: now timestamp, level text, most bigint
-- returns: record_kind varchar, record_no varchar, detail varchar, code varchar, name varchar, total bigint, checked bigint
-- grain: one row per petition, at most so many, and one without a number when none is found; total is how many there are in all, of those that could be checked
-- order: record_no
with faulty as (
    select
        petition_no,
        case
            when received_at > $now::timestamp then 'received ' || received_at
            when closed_at < received_at then 'received ' || received_at || ', closed ' || closed_at
            else 'received ' || received_at || ', disposed ' || disposed_at
        end as detail
    from petition
    where (received_at > $now::timestamp or closed_at < received_at or disposed_at < received_at)
      and $level <> ''
),
sized as (
    select count(*) as checked
    from petition
),
counted as (
    select count(*) as total
    from faulty
)
select
    'petition' as record_kind, petition_no as record_no, detail, null::varchar as code, null::varchar as name,
    counted.total, sized.checked
from sized
cross join counted
left join faulty on true
order by record_no
limit $most;
