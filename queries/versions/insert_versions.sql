-- answers: Records the regions in force from a day on; leaves carry their polygon as WKB.
-- params: opened table, on_day date, recorded_at timestamp, cs bigint
-- returns: none
-- grain: one row per region
-- order: none
insert into region_version
select
    region_id, level, code, name, parent_id, kind,
    st_geomfromwkb(wkb), area_m2, min_x, min_y, max_x, max_y,
    $on_day, date '9999-12-31', $recorded_at, timestamp '9999-12-31', $cs, null
from opened;
