-- answers: Where the given counted places say they are; a building code stands for the building's point.
-- params: records table
-- returns: record_id bigint, x double, y double, point_by varchar, region_code varchar, region_name varchar, parent_name varchar, place_reason varchar
-- grain: one row per record
-- order: record_id
select
    population.population_id as record_id,
    coalesce(population.x, coded_building.x) as x,
    coalesce(population.y, coded_building.y) as y,
    case
        when population.x is not null then 'point'
        when coded_building.x is not null then 'building_code'
    end as point_by,
    population.region_code,
    population.region_name,
    population.parent_name,
    population.place_reason
from population
left join coded_building() as coded_building  -- one equality: a second condition here would compare every pair
  on coded_building.building_code = case when population.x is null then left(population.building_code, 19) end
where population.population_id in (select record_id from records)
order by record_id;
