-- answers: The leaf cells in force on a day, with their polygons.
-- params: on_day date
-- returns: region_id bigint, level varchar, code varchar, name varchar, parent_id bigint, kind varchar, wkb blob
-- grain: one row per leaf cell
-- order: code
select region_id, level, code, name, parent_id, kind, st_aswkb(geom) as wkb
from believed()
where geom is not null
  and valid_from <= $on_day
  and $on_day < valid_to
order by code;
