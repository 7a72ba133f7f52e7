"""Still maps as SVG, for browsers that cannot draw WebGL."""

from __future__ import annotations

from html import escape

import geopandas as gpd
import numpy as np
import shapely

from gridmap.maps.paint import LIGHT, Paint

_WIDTH = 1000.0


def still_map(cells: gpd.GeoDataFrame, *, paint: Paint = LIGHT) -> str:
    """Return the cells as an SVG picture.

    Parameters
    ----------
    cells : columns geometry (lon/lat), fill (RGBA), name
    paint : gives the colour of the borders
    """
    if cells.empty:
        return ""
    west, south, east, north = cells.total_bounds
    squash = np.cos(np.radians((south + north) / 2))
    scale = _WIDTH / max((east - west) * squash, 1e-9)
    origin, factor = np.array([west, north]), np.array([squash * scale, -scale])
    drawn = shapely.transform(cells.geometry.values, lambda lonlat: (lonlat - origin) * factor)
    paths = "".join(
        _path(shape, fill, name, paint)
        for shape, fill, name in zip(drawn, cells["fill"], cells["name"], strict=True)
    )
    height = max((north - south) * scale, 1.0)
    size = f'width="{_WIDTH:.0f}" height="{height:.0f}" viewBox="0 0 {_WIDTH:.0f} {height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{paths}</svg>'


def _path(shape: shapely.Geometry, fill: list[int], name: str, paint: Paint) -> str:
    red, green, blue, alpha = fill
    return (
        f'<path d="{_outline(shape)}" fill-rule="evenodd" '
        f'fill="rgba({red},{green},{blue},{alpha / 255:.2f})" stroke="{paint.outline}" stroke-width="1">'
        f"<title>{escape(name)}</title></path>"
    )


def _outline(shape: shapely.Geometry) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    return "".join(f"M{_points(ring)}Z" for ring in rings)


def _points(ring: shapely.Geometry) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1])
