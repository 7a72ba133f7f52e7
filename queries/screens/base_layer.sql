-- answers: One layer of a vector tile of the base map, of shapes in the whole numbers of the tile.
-- params: drawn table, layer text
-- returns: tile blob
-- grain: one row; features with kind and rank, in the order of place
-- order: none
select st_asmvt({kind: kind, rank: rank, geom: st_geomfromwkb(wkb)}, $layer, 4096, 'geom' order by place) as tile
from drawn;
