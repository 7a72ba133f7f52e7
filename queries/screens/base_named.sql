-- answers: What has a name in a box of the base map, as far as its rank is written.
-- params: crs text, min_x double, min_y double, max_x double, max_y double, max_rank integer
-- returns: feature_id bigint, kind varchar, rank integer, name varchar, wkb blob
-- grain: one row per feature; wkb in Web Mercator metres
-- order: feature_id
select feature_id, kind, rank, name, st_aswkb(st_transform(geom, $crs, 'EPSG:3857', true))::blob as wkb
from base_feature as feature
where feature.name is not null
  and feature.rank <= $max_rank
  and feature.max_x >= $min_x
  and feature.min_x <= $max_x
  and feature.max_y >= $min_y
  and feature.min_y <= $max_y
order by feature_id;
