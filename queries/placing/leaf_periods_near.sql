-- answers: The leaf cells in force on any day, as believed today, that may reach into one of some boxes.
-- params: boxes table
-- returns: region_id bigint, code varchar, valid_from date, valid_to date, wkb blob
-- grain: one row per leaf cell and period [valid_from, valid_to)
-- order: code, valid_from
select region_id, code, valid_from, valid_to, st_aswkb(geom) as wkb
from believed() as leaf
where geom is not null
  and exists (
      select 1
      from boxes
      where leaf.max_x >= boxes.min_x
        and leaf.min_x <= boxes.max_x
        and leaf.max_y >= boxes.min_y
        and leaf.min_y <= boxes.max_y
  )
order by code, valid_from;
