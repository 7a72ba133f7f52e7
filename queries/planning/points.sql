-- answers: Everything a plan is measured by that has a point: counted places, petitions, rental buildings.
-- Petitions count when received in [since, until), void ones never. An inspection is due when the building has
-- been rated for the interval of its rating and was not inspected within it, at the moment.
-- params: since date, until date, moment timestamp
-- returns: x double, y double, rating varchar, people double, households double, petitions double, rental_buildings double, risk_weight double, inspections_due double
-- grain: one row per point and rating
-- order: x, y, rating
with people as (
    select site.x, site.y, null::varchar as rating, people, households, 0 as petitions, 0 as buildings, 0.0 as risk, 0 as due
    from record_site() as site
    join population on population.population_id = site.record_id
    where site.record_kind = 'population'
),
received as (
    select site.x, site.y, null::varchar, 0, 0, 1, 0, 0.0, 0
    from record_site() as site
    join petition on petition.petition_id = site.record_id
    where site.record_kind = 'petition'
      and petition.status <> 'void'
      and petition.received_at >= coalesce($since, date '1900-01-01')
      and petition.received_at < coalesce($until, date '9999-12-31')
),
rented as (
    select
        x, y, rating, 0, 0, 0, 1, coalesce(rating_weight, 0),
        (
            rated_from <= $moment - to_days(interval_days)
            and (last_inspected_at is null or last_inspected_at < $moment - to_days(interval_days))
        )::integer
    from building_state($moment)
),
pointed as (
    from people
    union all
    from received
    union all
    from rented
)
select
    x, y, rating, sum(people)::double as people, coalesce(sum(households), 0)::double as households,
    sum(petitions)::double as petitions, sum(buildings)::double as rental_buildings,
    sum(risk)::double as risk_weight, coalesce(sum(due), 0)::double as inspections_due
from pointed
where x is not null
group by x, y, rating
order by x, y, rating;
