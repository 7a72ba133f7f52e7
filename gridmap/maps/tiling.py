"""Shapes in the whole numbers of a vector tile (Mapbox Vector Tile 2.1), cut to it and rounded. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

#: A tile is so many whole numbers wide, and shapes go on for so many beyond its edges.
EXTENT, BEYOND = 4096, 64


def in_tile(shapes: Shapes, box: tuple[float, float, float, float]) -> Shapes:
    """Return shapes as a tile writes them: whole numbers from its upper left corner, to the right and down.

    Corners are rounded one by one, so that a narrow part of a shape may touch itself: to draw, that does not
    matter, and to mend it takes six times as long as everything else.

    Parameters
    ----------
    shapes : lines, polygons and points in Web Mercator metres
    box : west, south, east, north of the tile in Web Mercator metres

    Returns
    -------
    array of shapely geometries, outer rings in the direction that the format asks for; None where nothing
    of a shape is left
    """
    west, south, east, north = box
    per_m = EXTENT / (east - west)
    around = BEYOND / per_m
    edges = (west - around, south - around, east + around, north + around)
    corners = shapely.bounds(shapes)
    sticks_out = (corners[:, :2] < edges[:2]).any(axis=1) | (corners[:, 2:] > edges[2:]).any(axis=1)
    cut = shapes.copy()
    cut[sticks_out] = shapely.clip_by_rect(shapes[sticks_out], *edges)

    def rounded(points: Floats) -> Floats:
        return np.rint((points - (west, north)) * (per_m, -per_m))

    return _drawable(shapely.orient_polygons(shapely.transform(cut, rounded)))


def _drawable(shapes: Any) -> Shapes:
    """Put None in the place of what has no size left; a point needs none."""
    dimensions = shapely.get_dimensions(shapes)
    size = np.where(dimensions == 2, shapely.area(shapes), shapely.length(shapes))
    left = ~shapely.is_empty(shapes) & ((size > 0) | (dimensions == 0))
    return np.asarray(np.where(left, shapes, None), dtype=np.object_)
