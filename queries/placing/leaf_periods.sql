-- answers: The leaf cells in force on any day, as believed today, with their polygons.
-- params: none
-- returns: region_id bigint, code varchar, valid_from date, valid_to date, wkb blob
-- grain: one row per leaf cell and period [valid_from, valid_to)
-- order: code, valid_from
select region_id, code, valid_from, valid_to, st_aswkb(geom) as wkb
from believed()
where geom is not null
order by code, valid_from;
