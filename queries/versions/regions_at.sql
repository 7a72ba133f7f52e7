-- answers: All regions in force on a day as believed at a moment, leaves and parents, without polygons.
-- params: moment timestamp, on_day date
-- returns: region_id bigint, level varchar, code varchar, name varchar, parent_id bigint, kind varchar, is_leaf boolean
-- grain: one row per region
-- order: region_id
select region_id, level, code, name, parent_id, kind, geom is not null as is_leaf
from believed_at($moment)
where valid_from <= $on_day
  and $on_day < valid_to
order by region_id;
