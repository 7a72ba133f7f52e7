-- answers: All regions in force on a day, leaves and parents, without polygons.
-- params: on_day date
-- returns: region_id bigint, level varchar, code varchar, name varchar, parent_id bigint, kind varchar, is_leaf boolean, valid_from date, valid_to date
-- grain: one row per region
-- order: level, code
select region_id, level, code, name, parent_id, kind, geom is not null as is_leaf, valid_from, valid_to
from believed()
where valid_from <= $on_day
  and $on_day < valid_to
order by level, code;
