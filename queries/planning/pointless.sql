-- answers: How much of what a plan is measured by has no point, so that no border moves it.
-- params: since date, until date, moment timestamp
-- returns: people double, households double, petitions double, rental_buildings double
-- grain: one row
-- order: none
with pointless as (
    select record_kind, record_id
    from record_site()
    where x is null
)
select
    coalesce((select sum(people) from population
              join pointless on record_kind = 'population' and record_id = population_id), 0)::double as people,
    coalesce((select sum(households) from population
              join pointless on record_kind = 'population' and record_id = population_id), 0)::double as households,
    (select count(*) from petition
     join pointless on record_kind = 'petition' and record_id = petition_id
     where status <> 'void'
       and received_at >= coalesce($since, date '1900-01-01')
       and received_at < coalesce($until, date '9999-12-31'))::double as petitions,
    (select count(*) from building_state($moment) where x is null)::double as rental_buildings;
