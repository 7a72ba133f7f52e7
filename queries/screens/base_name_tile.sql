-- answers: The names of one vector tile of the base map, at places that were chosen for them.
-- params: written table, west double, south double, east double, north double
-- returns: tile blob
-- grain: one row; layer `name` with name, kind, size (share of the usual letters) and angle (degrees)
-- order: none
with cut as (
    select
        name,
        kind,
        size,
        angle,
        st_asmvtgeom(
            st_point(x, y), st_extent(st_makeenvelope($west, $south, $east, $north)), 4096, 0, true
        ) as geom
    from written
)
select st_asmvt({name: name, kind: kind, size: size, angle: angle, geom: geom}, 'name', 4096, 'geom') as tile
from cut
where geom is not null;
