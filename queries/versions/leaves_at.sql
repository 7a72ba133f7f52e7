-- answers: The land of the leaf cells in force on a day as believed at a moment.
-- params: moment timestamp, on_day date
-- returns: region_id bigint, wkb blob
-- grain: one row per leaf cell
-- order: region_id
select region_id, st_aswkb(geom) as wkb
from believed_at($moment)
where geom is not null
  and valid_from <= $on_day
  and $on_day < valid_to
order by region_id;
