-- answers: Base features of a kind that touch a box, as far as their rank is drawn.
-- params: kind text, min_x double, min_y double, max_x double, max_y double, max_rank integer
-- returns: name varchar, rank integer, wkb blob
-- grain: one row per feature; wkb in the metric CRS of the store
-- order: rank, feature_id
select name, rank, st_aswkb(geom)::blob as wkb
from base_feature as feature
where feature.kind = $kind
  and feature.rank <= $max_rank
  and feature.max_x >= $min_x
  and feature.min_x <= $max_x
  and feature.max_y >= $min_y
  and feature.min_y <= $max_y
order by feature.rank, feature.feature_id;
