-- answers: Every version a leaf ever had within a box, in force and believed at any time, with its land.
-- params: min_x double, min_y double, max_x double, max_y double
-- returns: region_id bigint, valid_from date, valid_to date, tx_from timestamp, tx_to timestamp, wkb blob
-- grain: one row per leaf, period in force and period believed
-- order: region_id, tx_from, valid_from
select region_id, valid_from, valid_to, tx_from, tx_to, st_aswkb(geom) as wkb
from region_version
where geom is not null
  and max_x >= $min_x and min_x <= $max_x
  and max_y >= $min_y and min_y <= $max_y
order by region_id, tx_from, valid_from;
