-- answers: Puts what is drawn under the data into the store; polygons and lines as WKB.
-- params: features table, import_id bigint
-- returns: none
-- grain: one row per feature
-- order: none
insert into base_feature
select feature_id, kind, name, rank, st_geomfromwkb(wkb), min_x, min_y, max_x, max_y, $import_id
from features;
