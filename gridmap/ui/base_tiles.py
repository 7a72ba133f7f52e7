"""The base map as vector tiles (Mapbox Vector Tile 2.1, Web Mercator), made once per version of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import asinh, pi, radians, tan
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from gridmap import maps, regions
from gridmap.crs import convert_geometries, to_metric
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
#: No zoom with more tiles than this is made before anybody asks.
_AHEAD = 120
#: Names are chosen for so many tiles in a square, side by side and below each other.
_BLOCK = 4
_WEB_MERCATOR = "EPSG:3857"
#: Areas from below to above.
_AREAS = ("green", "industry", "water", "building", "road", "label")
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


Box = tuple[float, float, float, float]


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


@data.answered()
def base_map() -> BaseMap:
    """Return what the base map of the store is."""
    row = data.ask("base_map").iloc[0]
    if not len(row["kinds"]):
        return BaseMap(row["version"], (), None)
    box = shapely.box(*(float(row[side]) for side in ("min_x", "min_y", "max_x", "max_y")))
    lonlat = convert_geometries(np.array([box]), regions.crs_of(data.database()), "EPSG:4326")
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(lonlat))
    return BaseMap(str(row["version"]), tuple(row["kinds"]), (west, south, east, north))


def source() -> maps.BaseTiles | None:
    """Return where a map gets the tiles of the base map; None where there is none."""
    found = base_map()
    if found.bounds is None:
        return None
    return maps.BaseTiles(f"/tiles/base/{{z}}/{{x}}/{{y}}.mvt?v={found.version}", found.bounds, LEAST_ZOOM,
                          GREATEST_ZOOM, WORKER)  # fmt: skip


def ahead() -> Iterator[tuple[int, int, int]]:
    """Yield zoom, column and row of the tiles to make before anybody asks, those seen from afar first."""
    bounds = base_map().bounds
    if bounds is None:
        return
    west, south, east, north = bounds
    for z in range(LEAST_ZOOM, GREATEST_ZOOM + 1):
        (left, top), (right, bottom) = _place(west, north, z), _place(east, south, z)
        if (right - left + 1) * (bottom - top + 1) > _AHEAD:
            return
        yield from ((z, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def _place(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return column and row of the tile that holds a point."""
    return int((lon + 180) / 360 * 2**z), int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z)


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
    near = _around(db, "screens/base_near", box, max_rank=_rank(_DRAWN, z))
    # Layers of a tile follow one another: put together, three tiles are one.
    return _areas(db, near, box) + _lines(db, near, box) + _names(db, z, x, y)


def _areas(db: Database, near: gpd.GeoDataFrame, box: Box) -> bytes:
    """Return the layer of areas: greenery first and buildings last, on top."""
    px = _px(box)
    areas = near[shapely.area(near.geometry.values) >= _LEAST_PX2 * px * px]
    order = areas["kind"].map(_AREAS.index).sort_values(kind="stable").index
    return _layer(db, "area", areas.loc[order], box)


def _lines(db: Database, near: gpd.GeoDataFrame, box: Box) -> bytes:
    """Return the layer of lines: rivers first and the widest roads last, on top."""
    lines = near[shapely.get_dimensions(near.geometry.values) == 1]
    return _layer(db, "line", lines.sort_values(["kind", "rank"], ascending=False, kind="stable"), box)


def _layer(db: Database, name: str, features: gpd.GeoDataFrame, box: Box) -> bytes:
    """Return a layer of a tile, its features in their order."""
    shapes = maps.in_tile(shapely.simplify(features.geometry.values, _FINEST_PX * _px(box)), box)
    left = shapes != None  # noqa: E711  (element by element)
    if not left.any():
        return b""
    drawn = pa.table({
        "place": np.arange(left.sum()), "kind": pa.array(features["kind"][left], pa.string()),
        "rank": pa.array(features["rank"][left], pa.int32()), "wkb": shapely.to_wkb(shapes[left]),
    })  # fmt: skip
    return bytes(db.scalar("screens/base_layer", drawn=drawn, layer=name))


def _names(db: Database, z: int, x: int, y: int) -> bytes:
    """Return the layer of names of a tile."""
    placed, box = _placed(z, x // _BLOCK, y // _BLOCK), box_of(z, x, y)
    west, south, east, north = box
    inside = placed[placed["x"].between(west, east, "left") & placed["y"].between(south, north, "left")]
    if inside.empty:
        return b""
    points = shapely.get_coordinates(maps.in_tile(shapely.points(inside[["x", "y"]]), box))
    written = pa.Table.from_pandas(inside.assign(x=points[:, 0], y=points[:, 1]), schema=_WRITTEN_COLUMNS,
                                   preserve_index=False)  # fmt: skip
    return bytes(db.scalar("screens/base_name_tile", written=written))


@data.answered()
def _placed(z: int, column: int, row: int) -> pd.DataFrame:
    """Return the names of a block of tiles of a zoom: chosen for all at once, for each sees the next."""
    side = 2**z
    west, _, _, north = box_of(z, column * _BLOCK, row * _BLOCK)
    _, south, east, _ = box_of(z, min((column + 1) * _BLOCK, side) - 1, min((row + 1) * _BLOCK, side) - 1)
    px = _px(box_of(z, 0, 0))
    found = _around(data.database(), "screens/base_named", (west, south, east, north),
                    max_rank=_rank(_WRITTEN, z), around_m=maps.REACH_PX * px)  # fmt: skip
    return maps.placed_names(found, metres_per_px=px)


def _around(db: Database, query: str, box: Box, *, max_rank: int, around_m: float = 0.0) -> gpd.GeoDataFrame:
    """Return what a query finds in a box of Web Mercator and on some land around it, in Web Mercator."""
    crs, side_m = regions.crs_of(db), box[2] - box[0]
    wide = shapely.box(*box).buffer(around_m + side_m * _AROUND, join_style="mitre")
    edges = _moved(shapely.segmentize(wide, side_m / 8), _WEB_MERCATOR, crs)
    sides = zip(("min_x", "min_y", "max_x", "max_y"), shapely.bounds(edges).tolist(), strict=True)
    found = db.query(query, **dict(sides), max_rank=max_rank)
    shapes = shapely.from_wkb(found["wkb"].map(bytes).to_numpy(dtype=object))
    return gpd.GeoDataFrame(found.drop(columns="wkb"), geometry=_moved(shapes, crs, _WEB_MERCATOR))


def _moved(shapes: Any, source: str, target: str) -> Any:
    """Return shapes in another CRS, corner by corner."""
    return shapely.transform(
        shapes, lambda xy: np.column_stack(to_metric(xy[:, 0], xy[:, 1], source, target))
    )


def _px(box: Box) -> float:
    """Return the metres that a pixel of a tile covers."""
    return (box[2] - box[0]) / _TILE_PX


def _rank(steps: tuple[tuple[int, int], ...], z: int) -> int:
    return next((rank for zoom, rank in steps if z <= zoom), _LOWEST)
