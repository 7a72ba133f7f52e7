-- answers: One vector tile of cells whose outlines are given in Web Mercator metres (EPSG:3857).
-- params: outlines table, min_x double, min_y double, max_x double, max_y double
-- returns: tile blob
-- grain: one row
-- order: none
with cut as (
    select
        code,
        name,
        st_asmvtgeom(
            st_geomfromwkb(wkb),
            st_extent(st_makeenvelope($min_x, $min_y, $max_x, $max_y)),
            4096, 64, true
        ) as geom
    from outlines
)
select st_asmvt({code: code, name: name, geom: geom}, 'cells', 4096, 'geom') as tile
from cut
where geom is not null;
