-- answers: The leaf cells believed today, as they are on a day.
-- grain: one row per leaf cell
create or replace macro leaf_cell(on_day) as table
select region_id, level, code, name, parent_id, kind, area_m2
from believed()
where geom is not null
  and valid_from <= cast(on_day as date)
  and cast(on_day as date) < valid_to;
