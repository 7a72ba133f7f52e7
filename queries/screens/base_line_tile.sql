-- answers: The lines of one vector tile of the base map: roads, and rivers drawn as lines.
-- params: crs text, min_x double, min_y double, max_x double, max_y double, max_rank integer, west double, south double, east double, north double, finest_m double
-- returns: tile blob
-- grain: one row; layer `line` with kind and rank
-- order: none
with near as materialized (
    -- The box of min_x and so on is in the CRS of the store, that of west and so on in Web Mercator metres.
    -- Inside the tile rivers come first and the widest roads last, on top.
    select feature_id, kind, rank, st_transform(geom, $crs, 'EPSG:3857', true) as geom
    from base_feature as feature
    where feature.kind in ('road', 'water')
      and feature.rank <= $max_rank
      and feature.max_x >= $min_x
      and feature.min_x <= $max_x
      and feature.max_y >= $min_y
      and feature.min_y <= $max_y
      and st_dimension(geom) = 1
),
cut as (
    select
        kind,
        rank,
        row_number() over (order by kind desc, rank desc, feature_id) as place,
        st_asmvtgeom(
            st_simplify(geom, $finest_m), st_extent(st_makeenvelope($west, $south, $east, $north)),
            4096, 64, true
        ) as geom
    from near
)
select st_asmvt({kind: kind, rank: rank, geom: geom}, 'line', 4096, 'geom' order by place) as tile
from cut
where geom is not null;
