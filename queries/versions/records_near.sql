-- answers: Where records with a point lie within a box: counted places, petitions and rental buildings.
-- Petitions count when received in [since, until); void ones never.
-- params: min_x double, min_y double, max_x double, max_y double, since date, until date
-- returns: x double, y double, people double, households double, petitions double, rental_buildings double
-- grain: one row per point
-- order: x, y
with pointed as (
    select
        coalesce(population.x, coded_building.x) as x, coalesce(population.y, coded_building.y) as y,
        people, households, 0 as petitions, 0 as rental_buildings
    from population
    left join coded_building() as coded_building
      on coded_building.building_code = case when population.x is null then left(population.building_code, 19) end
    union all
    select
        coalesce(petition.x, coded_building.x), coalesce(petition.y, coded_building.y),
        0, 0, 1, 0
    from petition
    left join coded_building() as coded_building
      on coded_building.building_code = case when petition.x is null then left(petition.building_code, 19) end
    where petition.status <> 'void'
      and petition.received_at >= coalesce($since, date '1900-01-01')
      and petition.received_at < coalesce($until, date '9999-12-31')
    union all
    select x, y, 0, 0, 0, 1
    from rental_building
)
select
    x, y, sum(people)::double as people, sum(households)::double as households,
    sum(petitions)::double as petitions, sum(rental_buildings)::double as rental_buildings
from pointed
where x >= $min_x and x <= $max_x
  and y >= $min_y and y <= $max_y
group by x, y
order by x, y;
