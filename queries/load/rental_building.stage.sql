-- answers: Stages the rental buildings of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.building_no,
        incoming.name,
        incoming.category,
        incoming.rental_units,
        incoming.tenants,
        incoming.registered_on,
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
    rental_building.building_id as known_id,
    case
        when rental_building.building_no is null then 'new'
        when (incoming.building_no, incoming.name, incoming.category, incoming.rental_units, incoming.tenants,
              incoming.registered_on, incoming.building_code, incoming.region_code, incoming.region_name,
              incoming.parent_name, incoming.raw_x, incoming.raw_y, incoming.src_crs, incoming.x, incoming.y,
              incoming.place_reason)
             is not distinct from
             (rental_building.building_no, rental_building.name, rental_building.category,
              rental_building.rental_units, rental_building.tenants, rental_building.registered_on,
              rental_building.building_code, rental_building.region_code, rental_building.region_name,
              rental_building.parent_name, rental_building.raw_x, rental_building.raw_y, rental_building.src_crs,
              rental_building.x, rental_building.y, rental_building.place_reason)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join rental_building on rental_building.building_no = incoming.building_no;
