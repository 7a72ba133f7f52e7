-- answers: The areas of one vector tile of the base map: greenery, industry, water, buildings.
-- params: crs text, min_x double, min_y double, max_x double, max_y double, max_rank integer, west double, south double, east double, north double, least_m2 double, finest_m double
-- returns: tile blob
-- grain: one row; layer `area` with kind
-- order: none
with near as materialized (
    -- The box of min_x and so on is in the CRS of the store, that of west and so on in Web Mercator metres. What is
    -- less than least_m2 or finer than finest_m (both in Web Mercator) is no dot on a screen.
    -- Inside the tile greenery comes first and buildings last, on top.
    select feature_id, kind, st_transform(geom, $crs, 'EPSG:3857', true) as geom
    from base_feature as feature
    where feature.kind in ('green', 'industry', 'water', 'building')
      and feature.rank <= $max_rank
      and feature.max_x >= $min_x
      and feature.min_x <= $max_x
      and feature.max_y >= $min_y
      and feature.min_y <= $max_y
),
cut as (
    select
        kind,
        row_number() over (
            order by list_position(['green', 'industry', 'water', 'building'], kind), feature_id
        ) as place,
        st_asmvtgeom(
            st_simplifypreservetopology(geom, $finest_m),
            st_extent(st_makeenvelope($west, $south, $east, $north)),
            4096, 64, true
        ) as geom
    from near
    where st_area(geom) >= $least_m2
)
select st_asmvt({kind: kind, geom: geom}, 'area', 4096, 'geom' order by place) as tile
from cut
where geom is not null;
