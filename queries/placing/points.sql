-- answers: The points of the given records within a box; a building code stands for the building's point.
-- params: record_kind text, records table, min_x double, min_y double, max_x double, max_y double
-- returns: record_id bigint, x double, y double
-- grain: one row per record with a point there
-- order: none
with given as (  -- first, so that the points of buildings are looked up for these only
    select record_id, x, y, building_code
    from record_row()
    where record_kind = $record_kind
      and record_id in (select record_id from records)
),
pointed as (
    select record_id, coalesce(given.x, coded_building.x) as x, coalesce(given.y, coded_building.y) as y
    from given
    left join coded_building() as coded_building
      on coded_building.building_code = case when given.x is null then left(given.building_code, 19) end
)
select record_id, x, y
from pointed
where x >= $min_x and x <= $max_x
  and y >= $min_y and y <= $max_y;
