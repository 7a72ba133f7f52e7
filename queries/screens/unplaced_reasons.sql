-- answers: How many records of each kind have no place today, by reason. Names found in the records are left
-- out of the reason: they may be anything.
-- params: on_day date
-- returns: record_kind varchar, reason varchar, records bigint, share double
-- grain: one row per kind of record and reason; share of all records of the kind
-- order: record_kind, records desc, reason
with today as (
    select
        record_kind,
        placed_by,
        case
            when reason like 'no region is called %' then 'unknown region name'
            when reason like 'the name % fits % regions' then 'ambiguous region name'
            when reason like '% was not yet in force' or reason like '% is no longer in force'
                then 'region not in force'
            else coalesce(reason, '')
        end as reason
    from place
    where valid_from <= $on_day::date
      and $on_day::date < valid_to
),
sizes as (
    select record_kind, count(*) as all_records
    from today
    group by record_kind
)
select today.record_kind, reason, count(*) as records, count(*) / any_value(all_records)::double as share
from today
join sizes using (record_kind)
where placed_by = 'none'
group by today.record_kind, reason
order by record_kind, records desc, reason;
