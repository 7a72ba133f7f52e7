-- answers: Puts what is drawn under the data into the store: points, lines and areas of a staged file.
-- params: path text, import_id bigint
-- returns: none
-- grain: one row per feature
-- order: none
insert into base_feature
select
    (select coalesce(max(feature_id), 0) from base_feature) + row_number() over (order by row_no) as feature_id,
    kind,
    name,
    rank,
    st_geomfromwkb(wkb),
    min_x,
    min_y,
    max_x,
    max_y,
    $import_id
from read_parquet($path);
