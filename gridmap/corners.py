"""New corners on old borders: make every neighbour know them.

When one side of a border gets a corner, the straight segment a-b becomes a path a-m-b; the other side
must follow, or the two no longer share the border. The paths are found by comparing outlines segment by
segment, never by distance, so a corner near an acute angle cannot stray into the wrong border. When both
sides got corners of their own, the path runs through all of them in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.polygons import Geometries

Point = tuple[int, int]
Segment = tuple[Point, Point]

#: Which corners are to be put into which directed segment.
Insertions = Mapping[Segment, Sequence[Point]]


def insertions(pairs: Iterable[tuple[BaseGeometry, BaseGeometry]]) -> Insertions:
    """Work out which corners must go into which segments.

    Parameters
    ----------
    pairs : outlines on the lattice before and after; the land is the same but for rounding

    Returns
    -------
    For every directed segment that some polygon may still have, the corners it lacks, in order; in both
    directions
    """
    paths: dict[Segment, list[list[Point]]] = defaultdict(list)
    for before, after in pairs:
        for segment, path in _replaced(before, after):
            forward = segment < (segment[1], segment[0])
            key = segment if forward else (segment[1], segment[0])
            paths[key].append(path if forward else path[::-1])
    found: dict[Segment, Sequence[Point]] = {}
    for (start, end), known in paths.items():
        whole = [start, *_in_order(start, end, {point for path in known for point in path[1:-1]}), end]
        for path in [*known, [start, end]]:
            _add_missing(found, path, whole)
    return found


def with_corners(lands: Sequence[BaseGeometry | None], missing: Insertions) -> list[BaseGeometry | None]:
    """Put the missing corners into lattice polygons; those that lack none come back as they are."""
    cells = polygons.as_array(lands)
    segments, owner = polygons.directed_segments(cells)
    wanted = np.array([[*start, *end] for start, end in missing], dtype=np.int64).reshape(-1, 4)
    for position in np.unique(owner[np.isin(_keys(segments), _keys(wanted))]):
        cells[position] = _spliced(cells[position], missing)
    return list(cells)


def _replaced(before: BaseGeometry, after: BaseGeometry) -> list[tuple[Segment, list[Point]]]:
    """Return the segments of an outline that became paths, each with its path."""
    old, new = _segments(before), _segments(after)
    onward: dict[Point, list[Point]] = defaultdict(list)
    for start, end in new - old:
        onward[start].append(end)
    walked = ((segment, _walk(segment, onward)) for segment in old - new)
    return [(segment, path) for segment, path in walked if len(path) > 2]


def _walk(segment: Segment, onward: Mapping[Point, Sequence[Point]]) -> list[Point]:
    """Follow the new segments from one end to the other; empty when they lead elsewhere."""
    start, end = segment
    path = [start]
    while path[-1] != end:
        following = [point for point in onward.get(path[-1], ()) if _beside(segment, point)]
        if len(following) != 1 or len(path) > 10_000:
            return []
        path.append(following[0])
    return path


def _beside(segment: Segment, point: Point) -> bool:
    """Return whether a point lies on a segment but for rounding."""
    return bool(shapely.LineString(segment).distance(shapely.Point(point)) < polygons.REACH)


def _in_order(start: Point, end: Point, corners: Iterable[Point]) -> list[Point]:
    along = (end[0] - start[0], end[1] - start[1])
    return sorted(
        corners, key=lambda point: (point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]
    )


def _add_missing(
    found: dict[Segment, Sequence[Point]], path: Sequence[Point], whole: Sequence[Point]
) -> None:
    """Note what each step of a path lacks against the whole path, in both directions."""
    at = {point: position for position, point in enumerate(whole)}
    for start, end in pairwise(path):
        between = list(whole[at[start] + 1 : at[end]])
        if between:
            found[(start, end)] = between
            found[(end, start)] = between[::-1]


def _spliced(land: BaseGeometry, missing: Insertions) -> BaseGeometry:
    parts = []
    for part in polygons.polygon_parts(land):
        shell, *holes = (_ring(ring, missing) for ring in (part.exterior, *part.interiors))
        parts.append(shapely.Polygon(shell, holes))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _ring(ring: shapely.LinearRing, missing: Insertions) -> list[Point]:
    points = [(round(x), round(y)) for x, y in ring.coords]
    whole: list[Point] = []
    for start, end in pairwise(points):
        whole += [start, *missing.get((start, end), ())]
    return [*whole, points[-1]]


def _segments(land: BaseGeometry) -> set[Segment]:
    cells: Geometries = polygons.oriented(polygons.as_array([land]))
    rows = polygons.directed_segments(cells)[0].tolist()
    return {((x0, y0), (x1, y1)) for x0, y0, x1, y1 in rows}


def _keys(segments: npt.NDArray[np.int64]) -> npt.NDArray[np.void]:
    return np.ascontiguousarray(segments).view([("", np.int64)] * 4).ravel()
