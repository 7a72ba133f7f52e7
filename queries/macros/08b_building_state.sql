-- answers: The rental buildings registered at a moment, with the rating in force then and the day of the last
-- inspection before it.
-- Only urban-village buildings are graded; a building without a category is taken as graded.
-- grain: one row per rental building
create or replace macro building_state(moment) as table
with rating as (
    select building_no, scheme, level, valid_from
    from rental_rating
    where valid_from <= cast(moment - interval 1 second as date)
    qualify row_number() over (partition by building_no order by valid_from desc) = 1
       and (valid_to is null or cast(moment - interval 1 second as date) < valid_to)
),
last_inspection as (
    select building_no, max(inspected_at) as inspected_at
    from inspection
    where inspected_at < cast(moment as timestamp)
    group by building_no
)
select
    building.building_id,
    building.building_no,
    building.category,
    building.x,
    building.y,
    coalesce(building.category, 'urban_village') = 'urban_village' as graded,
    rating.level as rating,
    rating.valid_from as rated_from,
    scheme.rank as rating_rank,
    scheme.weight as rating_weight,
    scheme.interval_days,
    last_inspection.inspected_at as last_inspected_at
from rental_building as building
left join rating on rating.building_no = building.building_no
left join rating_scheme as scheme on scheme.scheme = rating.scheme and scheme.level = rating.level
left join last_inspection on last_inspection.building_no = building.building_no
where building.registered_on is null or building.registered_on <= cast(moment - interval 1 second as date);
