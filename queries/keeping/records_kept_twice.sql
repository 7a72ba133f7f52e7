-- answers: Which records are held more than once under one key?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per table
-- order: subject
with held as (
    select 'petition' as held_in, petition_no as record_key from petition
    union all
    select 'petition_event', event_no from petition_event
    union all
    select 'rental_building', building_no from rental_building
    union all
    select 'inspection', inspection_no from inspection
    union all
    select 'population', population_no from population
    union all
    select record_kind, record_key from record
),
twice as (
    select held_in, record_key, count(*) - 1 as more
    from held
    group by all
    having count(*) > 1
)
select held_in as subject, cast(sum(more) as bigint) as amount, min(record_key) as example
from twice
group by held_in
order by subject;
