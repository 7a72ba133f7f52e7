"""Which polygons of an exact coverage touch, and along what: read off their shared vertices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.demo.noise import Floats, Ints
from gridmap.demo.plan import LANE, Lines


@dataclass(frozen=True)
class Borders:
    """Hold which parcels touch along a line: one row per pair and line rank.

    Parameters
    ----------
    one, other : positions of the two parcels
    rank : rank of the line between them (plan.RIVER ... plan.LANE)
    length : length of their border, metres
    """

    one: Ints
    other: Ints
    rank: Ints
    length: Floats


def borders(polygons: np.ndarray, lines: Lines) -> Borders:
    """Find which polygons of an exact coverage touch along which rank of line."""
    start, end, polygon = directed_segments(polygons)
    line_start, line_end, line = line_segments(lines.geometry)
    vertices = np.unique(np.concatenate([start, end, line_start, line_end]))
    low, high, ahead = _keys(vertices, start, end)
    key = low * len(vertices) + high
    line_low, line_high, _ = _keys(vertices, line_start, line_end)
    rank_of = dict(
        zip((line_low * len(vertices) + line_high).tolist(), lines.rank[line].tolist(), strict=True)
    )
    order = np.lexsort((~ahead, key))
    key, polygon = key[order], polygon[order]
    twin = np.flatnonzero(key[1:] == key[:-1])
    one = np.minimum(polygon[twin], polygon[twin + 1])
    other = np.maximum(polygon[twin], polygon[twin + 1])
    rank = np.array([rank_of.get(k, LANE) for k in key[twin].tolist()], dtype=np.int64)
    a, b = vertices[key[twin] // len(vertices)], vertices[key[twin] % len(vertices)]
    return _totalled(one, other, rank, np.abs(b - a) / 1000, len(polygons))


def _totalled(one: Ints, other: Ints, rank: Ints, length: Floats, count: int) -> Borders:
    key, at = np.unique((one * count + other) * 8 + rank, return_inverse=True)
    pair = key // 8
    return Borders(pair // count, pair % count, key % 8, np.bincount(at, length).astype(float))


def _keys(vertices: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[Ints, Ints, np.ndarray]:
    a, b = np.searchsorted(vertices, start), np.searchsorted(vertices, end)
    return np.minimum(a, b), np.maximum(a, b), a < b


def directed_segments(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray, Ints]:
    """Return start, end (complex numbers, whole millimetres) and polygon of every boundary segment."""
    rings, polygon = (
        shapely.get_rings(shapely.orient_polygons(polygons), return_index=True)
        if np.all(shapely.get_type_id(polygons) == 3)
        else _rings_of_parts(polygons)
    )
    start, end, ring = line_segments(rings)
    return start, end, polygon[ring]


def _rings_of_parts(polygons: np.ndarray) -> tuple[np.ndarray, Ints]:
    parts, origin = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    return rings, origin[part]


def line_segments(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray, Ints]:
    """Return start, end (complex numbers, whole millimetres) and line of every segment of lines."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    whole = np.round(points * 1000)
    vertex = whole[:, 0] + 1j * whole[:, 1]
    inside = line[1:] == line[:-1]
    return vertex[:-1][inside], vertex[1:][inside], line[:-1][inside]
