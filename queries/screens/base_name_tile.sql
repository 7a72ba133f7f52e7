-- answers: The names of one vector tile of the base map, at places in the whole numbers of the tile.
-- params: written table
-- returns: tile blob
-- grain: one row; layer `name` with name, kind, size (share of the usual letters) and angle (degrees)
-- order: none
select st_asmvt({name: name, kind: kind, size: size, angle: angle, geom: st_point(x, y)}, 'name', 4096, 'geom') as tile
from written;
