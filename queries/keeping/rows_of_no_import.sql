-- answers: Which rows bear the number of an import that was never recorded: half of something?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per table
-- order: subject
with held as (
    select 'petition' as held_in, import_id from petition
    union all
    select 'petition_event', import_id from petition_event
    union all
    select 'rental_building', import_id from rental_building
    union all
    select 'rental_rating', import_id from rental_rating
    union all
    select 'inspection', import_id from inspection
    union all
    select 'population', import_id from population
    union all
    select 'responsibility', import_id from responsibility
    union all
    select 'record', import_id from record
    union all
    select 'import_finding', import_id from import_finding
    union all
    select 'import_set_aside', import_id from import_set_aside
)
select held_in as subject, count(*) as amount, cast(min(import_id) as varchar) as example
from held
where import_id not in (select import_id from import)
group by held_in
order by subject;
