"""One polygon: how wide it is, and its place on the lattice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

Geometries = npt.NDArray[np.object_]
Integers = npt.NDArray[np.int64]

#: How far beside a segment, in steps, a corner cut from it can have been rounded.
REACH = 1.5


def as_array(geometries: Iterable[BaseGeometry]) -> Geometries:
    """Return geometries as a one-dimensional object array, whatever they are and however many."""
    items = list(geometries)
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def to_lattice(geometries: Geometries, *, step: float) -> Geometries:
    """Round every vertex to a multiple of `step` and express it in steps, shells counter-clockwise.

    Equal vertices round equally, so what neighbours share stays shared. Vertices that fall together
    become one; rings that collapse disappear.

    Parameters
    ----------
    geometries : polygons or multipolygons in any planar unit
    step : lattice width in that unit (0.001 for millimetres in a metric CRS)
    """
    whole = shapely.transform(geometries, lambda xy: np.rint(xy / step) + 0.0)  # never -0.0
    return oriented(shapely.remove_repeated_points(whole))


def from_lattice(geometries: Geometries, *, step: float) -> Geometries:
    """Express lattice geometries in their CRS's unit again."""
    per_unit = round(1 / step)
    return cast(Geometries, shapely.transform(geometries, lambda xy: xy / per_unit))


def oriented(geometries: Geometries) -> Geometries:
    """Turn shells counter-clockwise and holes clockwise."""
    return cast(Geometries, shapely.orient_polygons(geometries, exterior_cw=False))


def polygon_parts(geometry: BaseGeometry) -> list[Any]:
    """Return the polygons of a geometry, leaving out lines and points.

    >>> [part.area for part in polygon_parts(shapely.box(0, 0, 2, 1))]
    [2.0]
    """
    return [part for part in shapely.get_parts(geometry, return_index=False)
            if part.geom_type == "Polygon" and not part.is_empty]  # fmt: skip


def areas_only(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a geometry as one polygon or multipolygon."""
    parts = polygon_parts(geometry)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def width(geometry: BaseGeometry) -> float:
    """Return the greatest width of an area: the diameter of the largest circle that fits into it.

    The circle is found to within about a fifth of its size.

    >>> round(width(shapely.box(0, 0, 100, 2)))
    2
    """
    if geometry.is_empty or geometry.area == 0:
        return 0.0
    guess = mean_width(geometry)
    plain = geometry.simplify(guess / 10)
    return float(2 * shapely.maximum_inscribed_circle(plain, tolerance=guess / 5).length)


def mean_width(geometry: BaseGeometry) -> float:
    """Return twice the area over the perimeter: close to the width of a long thin shape, and cheap.

    >>> mean_width(shapely.box(0, 0, 100, 1))
    0.9900990099009901
    """
    return float(2 * geometry.area / geometry.length) if geometry.length else 0.0


def directed_segments(geometries: Geometries) -> tuple[Integers, Integers]:
    """List all ring segments of lattice polygons in ring direction.

    Returns
    -------
    (segments, owners) : (n, 4) integers x0, y0, x1, y1, and (n,) positions in `geometries`
    """
    rings, ring_owner = _rings(geometries)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    points = np.rint(xy).astype(np.int64)
    same_ring = ring_of[1:] == ring_of[:-1]
    segments = np.hstack([points[:-1][same_ring], points[1:][same_ring]])
    return segments, ring_owner[ring_of[:-1][same_ring]]


def undirected(segments: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Turn segments round where need be, so that the two directions of a segment are the same row.

    Returns
    -------
    (sides, ahead) : (n, 4) segments whose first end is the lower one by x, then y, and (n,) whether each
        ran that way already
    """
    ahead = (segments[:, 0] < segments[:, 2]) | (
        (segments[:, 0] == segments[:, 2]) & (segments[:, 1] < segments[:, 3])
    )
    return np.where(ahead[:, None], segments, segments[:, [2, 3, 0, 1]]), ahead


def _rings(geometries: Geometries) -> tuple[Geometries, Integers]:
    parts, part_owner = shapely.get_parts(geometries, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    owners = part_owner[ring_part] if len(parts) else np.empty(0, dtype=np.int64)
    return rings, owners.astype(np.int64)


def with_geometry(rows: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """Turn the column wkb of a query's result into polygons in the given CRS."""
    geometry = shapely.from_wkb(rows["wkb"].map(bytes).to_numpy(dtype=object))
    return gpd.GeoDataFrame(rows.drop(columns="wkb"), geometry=geometry, crs=crs)
