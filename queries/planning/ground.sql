-- answers: What is drawn on the ground of a kind and touches a box.
-- params: kind text, min_x double, min_y double, max_x double, max_y double
-- returns: name varchar, wkb blob
-- grain: one row per feature; wkb in the metric CRS of the store
-- order: feature_id
select name, st_aswkb(geom)::blob as wkb
from base_feature as feature
where feature.kind = $kind
  and feature.max_x >= $min_x
  and feature.min_x <= $max_x
  and feature.max_y >= $min_y
  and feature.min_y <= $max_y
order by feature_id;
