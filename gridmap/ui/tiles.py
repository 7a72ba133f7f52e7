"""Vector tiles of the cells of a level (Mapbox Vector Tile 2.1, Web Mercator), kept in memory."""

from __future__ import annotations

from datetime import date
from math import pi

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely

from gridmap import regions
from gridmap.errors import UsageError
from gridmap.ui import data

_WEB_MERCATOR = 3857
_HALF_WORLD_M = pi * 6378137.0
#: Below these zooms a level would only be a blot; its tiles are empty there.
_LEAST_ZOOM = {"city": 0, "district": 6, "street": 8, "community": 10, "block": 11, "red_grid": 12}
_GREATEST_ZOOM = 22


def tile(level: str, z: int, x: int, y: int, *, day: date) -> bytes:
    """Return one tile with the layer `cells` (code, name), empty where there is nothing to draw.

    Raises
    ------
    UsageError : when the address names no level or no tile
    """
    if level not in _LEAST_ZOOM or not 0 <= z <= _GREATEST_ZOOM or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise UsageError(f"There is no tile {level}/{z}/{x}/{y}.")
    return b"" if z < _LEAST_ZOOM[level] else _tile(level, z, x, y, day)


def box_of(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in Web Mercator metres.

    >>> [round(edge) for edge in box_of(0, 0, 0)]
    [-20037508, -20037508, 20037508, 20037508]
    """
    side = 2 * _HALF_WORLD_M / 2**z
    west, north = x * side - _HALF_WORLD_M, _HALF_WORLD_M - y * side
    return west, north - side, west + side, north


@data.answered()
def _tile(level: str, z: int, x: int, y: int, day: date) -> bytes:
    west, south, east, north = box_of(z, x, y)
    cells, tree = _mercator(level, day)
    touched = cells.iloc[np.sort(tree.query(shapely.box(west, south, east, north)))]
    if touched.empty:
        return b""
    outlines = pa.table({
        "code": pa.array(touched["code"], pa.string()),
        "name": pa.array(touched["name"], pa.string()),
        "wkb": pa.array(shapely.to_wkb(touched.geometry.values), pa.binary()),
    })  # fmt: skip
    found = data.database().scalar(
        "screens/tile", outlines=outlines, min_x=west, min_y=south, max_x=east, max_y=north
    )
    return bytes(found or b"")


@data.answered()
def _mercator(level: str, day: date) -> tuple[gpd.GeoDataFrame, shapely.STRtree]:
    cells = regions.map_of(data.database(), level=level, on=day).to_crs(_WEB_MERCATOR)
    return cells, shapely.STRtree(cells.geometry.values)
