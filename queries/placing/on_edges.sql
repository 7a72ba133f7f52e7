-- answers: The records with a point within a box that lie on a border, or in no cell by their point, at some time.
-- params: record_kind text, min_x double, min_y double, max_x double, max_y double
-- returns: record_id bigint, x double, y double
-- grain: one row per record
-- order: none
select record_id, x, y
from record_site()
where record_kind = $record_kind
  and x >= $min_x and x <= $max_x
  and y >= $min_y and y <= $max_y
  and record_id in (
      select record_id
      from place
      where record_kind = $record_kind
        and (on_border or placed_by not in ('point', 'building_code'))
  );
