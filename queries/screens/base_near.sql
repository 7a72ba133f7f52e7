-- answers: The areas and lines of the base map in a box, as far as their rank is drawn.
-- params: min_x double, min_y double, max_x double, max_y double, max_rank integer
-- returns: kind varchar, rank integer, wkb blob
-- grain: one row per feature; box and wkb in the CRS of the store
-- order: feature_id
select kind, rank, st_aswkb(geom)::blob as wkb
from base_feature as feature
where feature.kind <> 'label'
  and feature.rank <= $max_rank
  and feature.max_x >= $min_x
  and feature.min_x <= $max_x
  and feature.max_y >= $min_y
  and feature.min_y <= $max_y
order by feature_id;
