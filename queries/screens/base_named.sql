-- answers: What has a name in a box of the base map, as far as its rank is written.
-- params: min_x double, min_y double, max_x double, max_y double, max_rank integer
-- returns: feature_id bigint, kind varchar, rank integer, name varchar, wkb blob
-- grain: one row per feature; box and wkb in the CRS of the store
-- order: feature_id
select feature_id, kind, rank, name, st_aswkb(geom)::blob as wkb
from base_feature as feature
where feature.name is not null
  and feature.rank <= $max_rank
  and feature.max_x >= $min_x
  and feature.min_x <= $max_x
  and feature.max_y >= $min_y
  and feature.min_y <= $max_y
order by feature_id;
