-- answers: The known buildings with their point: rental buildings, and counted places that name a building.
-- params: none
-- returns: building_no varchar, building_code varchar, x double, y double, rental_units bigint, people bigint, households bigint
-- grain: one row per building
-- order: building_no
with named as (
    select building_no, building_code, x, y, rental_units, 0 as people, 0 as households
    from rental_building
    union all
    select coalesce(building_code, population_no), building_code, x, y, 0, people, households
    from population
)
select
    building_no, any_value(building_code) as building_code, any_value(x) as x, any_value(y) as y,
    sum(rental_units)::bigint as rental_units, sum(people)::bigint as people, sum(households)::bigint as households
from named
group by building_no
order by building_no;
