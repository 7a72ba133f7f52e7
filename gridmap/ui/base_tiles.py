"""The base map as vector tiles (Mapbox Vector Tile 2.1, Web Mercator), made once per version of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from gridmap import maps, polygons, regions
from gridmap.crs import convert_geometries
from gridmap.errors import UsageError
from gridmap.store import Database
from gridmap.ui import data
from gridmap.ui.memory import Memory
from gridmap.ui.tiles import box_of

#: From this zoom on tiles are cut; farther away the land of a store is a dot. Nearer than the last zoom its
#: tiles are enlarged.
LEAST_ZOOM, GREATEST_ZOOM = 6, 16
#: Reads tiles in the browser; the map library would fetch it from elsewhere.
WORKER = "/assets/mvt-worker.js"
_TILE_PX = 512.0
_WEB_MERCATOR = "EPSG:3857"
#: Up to each zoom, features and names down to a rank are drawn.
_DRAWN = ((9, 1), (11, 2), (12, 3), (13, 4))
_WRITTEN = ((10, 1), (12, 2), (14, 3))
_LOWEST = 100
#: Areas of fewer square pixels, and bends of less than this, are not seen.
_LEAST_PX2, _FINEST_PX = 3.0, 0.4
#: Larger land than the tile itself is asked for: shapes are turned a little between the two CRS.
_AROUND = 0.02
#: Kept for all readers: the base map is the same for each of them, whatever else changes in the store.
_TILES = Memory(64_000_000)
_WRITTEN_COLUMNS = pa.schema([
    ("name", pa.string()), ("kind", pa.string()), ("size", pa.float64()), ("angle", pa.float64()),
    ("x", pa.float64()), ("y", pa.float64()),
])  # fmt: skip


@dataclass(frozen=True)
class BaseMap:
    """Hold what the base map is.

    Parameters
    ----------
    version : text that changes with it
    kinds : kinds of features it has
    bounds : west, south, east, north in degrees; None where there is no base map
    """

    version: str
    kinds: tuple[str, ...]
    bounds: tuple[float, float, float, float] | None


def base_map() -> BaseMap:
    """Return what the base map of the store is."""
    row = data.ask("base_map").iloc[0]
    if not len(row["kinds"]):
        return BaseMap(row["version"], (), None)
    box = shapely.box(*(float(row[side]) for side in ("min_x", "min_y", "max_x", "max_y")))
    lonlat = convert_geometries(np.array([box]), regions.crs_of(data.database()), "EPSG:4326")
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(lonlat))
    return BaseMap(row["version"], tuple(row["kinds"]), (west, south, east, north))


def source() -> maps.BaseTiles | None:
    """Return where a map gets the tiles of the base map; None where there is none."""
    found = base_map()
    if found.bounds is None:
        return None
    return maps.BaseTiles(f"/tiles/base/{{z}}/{{x}}/{{y}}.mvt?v={found.version}", found.bounds, LEAST_ZOOM,
                          GREATEST_ZOOM, WORKER)  # fmt: skip


def tile(z: int, x: int, y: int) -> bytes:
    """Return one tile with the layers `area`, `line` and `name`, empty where there is nothing to draw.

    Raises
    ------
    UsageError : when the address names no tile
    """
    if not 0 <= z <= GREATEST_ZOOM or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise UsageError(f"There is no tile base/{z}/{x}/{y}.")
    if z < LEAST_ZOOM:
        return b""
    version = (str(data.database().folder), base_map().version)
    return bytes(_TILES.recall(version, (z, x, y), lambda: _tile(z, x, y)))


def _tile(z: int, x: int, y: int) -> bytes:
    db, box = data.database(), box_of(z, x, y)
    px = (box[2] - box[0]) / _TILE_PX
    asked = {**_in_store(db, box), "max_rank": _rank(_DRAWN, z), "finest_m": _FINEST_PX * px,
             **dict(zip(("west", "south", "east", "north"), box, strict=True))}  # fmt: skip
    areas = db.scalar("screens/base_area_tile", **asked, least_m2=_LEAST_PX2 * px * px)
    lines = db.scalar("screens/base_line_tile", **asked)
    # Layers of a tile follow one another: put together, three tiles are one.
    return b"".join(bytes(part or b"") for part in (areas, lines, _names(db, z, box)))


def _names(db: Database, z: int, box: tuple[float, float, float, float]) -> bytes:
    """Return the layer of names of a tile."""
    px = (box[2] - box[0]) / _TILE_PX
    found = db.query("screens/base_named", **_in_store(db, box, around_m=maps.REACH_PX * px),
                     max_rank=_rank(_WRITTEN, z))  # fmt: skip
    placed = maps.placed_names(polygons.with_geometry(found, _WEB_MERCATOR), metres_per_px=px)
    west, south, east, north = box
    inside = placed[placed["x"].between(west, east, "left") & placed["y"].between(south, north, "left")]
    if inside.empty:
        return b""
    written = pa.Table.from_pandas(inside, schema=_WRITTEN_COLUMNS, preserve_index=False)
    return bytes(db.scalar("screens/base_name_tile", written=written, west=west, south=south, east=east,
                           north=north) or b"")  # fmt: skip


def _in_store(
    db: Database, box: tuple[float, float, float, float], *, around_m: float = 0.0
) -> dict[str, object]:
    """Return a box of Web Mercator, and land around it, as the store's CRS and the box in it."""
    crs = regions.crs_of(db)
    wide = shapely.box(*box).buffer(around_m + (box[2] - box[0]) * _AROUND, join_style="mitre")
    edges = convert_geometries(
        np.array([shapely.segmentize(wide, (box[2] - box[0]) / 8)]), _WEB_MERCATOR, crs
    )
    return {"crs": crs, **dict(zip(("min_x", "min_y", "max_x", "max_y"), shapely.total_bounds(edges).tolist(),
                                   strict=True))}  # fmt: skip


def _rank(steps: tuple[tuple[int, int], ...], z: int) -> int:
    return next((rank for zoom, rank in steps if z <= zoom), _LOWEST)
