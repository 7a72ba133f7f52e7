-- answers: Stages the counted places of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.population_no,
        incoming.people,
        incoming.households,
        incoming.counted_on,
        incoming.building_code,
        incoming.region_code,
        incoming.region_name,
        incoming.parent_name,
        incoming.raw_x,
        incoming.raw_y,
        incoming.src_crs,
        incoming.x,
        incoming.y,
        incoming.place_reason
    from read_parquet($path) as incoming
)
select
    incoming.*,
    population.population_id as known_id,
    case
        when population.population_no is null then 'new'
        when (incoming.population_no, incoming.people, incoming.households, incoming.counted_on,
              incoming.building_code, incoming.region_code, incoming.region_name, incoming.parent_name,
              incoming.raw_x, incoming.raw_y, incoming.src_crs, incoming.x, incoming.y, incoming.place_reason)
             is not distinct from
             (population.population_no, population.people, population.households, population.counted_on,
              population.building_code, population.region_code, population.region_name, population.parent_name,
              population.raw_x, population.raw_y, population.src_crs, population.x, population.y,
              population.place_reason)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join population on population.population_no = incoming.population_no;
