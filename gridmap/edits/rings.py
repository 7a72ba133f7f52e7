"""Rings as lists of whole points, and sums of directed segments.

The border of some cells, as a whole, is the sum of their directed segments: what neighbours share runs
both ways and cancels. Two sums are compared as integers. A corner that lies exactly on the straight line
between its neighbours does not change a border; to see that, each segment is written on its line as the
difference of its two ends, which telescopes over corners in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import gcd

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.corners import Point, Segment

Ring = Sequence[Point]
#: The rings of each part of a cell: the shell, then the holes; the first point is not repeated.
Rings = Sequence[Sequence[Ring]]


def rings_of(land: BaseGeometry) -> list[list[list[Point]]]:
    """List the rings of a lattice polygon, part by part, shell first.

    >>> rings_of(shapely.Polygon([(0, 0), (2, 0), (0, 2)]))
    [[[(0, 0), (2, 0), (0, 2)]]]
    """
    parts = [land] if land.geom_type == "Polygon" and not land.is_empty else polygons.polygon_parts(land)
    return [[_points(ring) for ring in (part.exterior, *part.interiors)] for part in parts]


def land_of_rings(rings: Rings) -> BaseGeometry:
    """Put rings together to a polygon, as they are; the inverse of `rings_of`."""
    parts = [shapely.Polygon(shell, holes) for shell, *holes in rings]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def with_rings(land: BaseGeometry, change: Callable[[Ring], Ring]) -> BaseGeometry:
    """Return a polygon with every ring changed by a function."""
    return land_of_rings([[change(ring) for ring in part] for part in rings_of(land)])


def _points(ring: BaseGeometry) -> list[Point]:
    xy = np.rint(shapely.get_coordinates(ring)[:-1]).astype(np.int64)
    return list(map(tuple, xy.tolist()))


@lru_cache(maxsize=2048)
def segments_of(land: BaseGeometry) -> tuple[Segment, ...]:
    """List the directed segments of a lattice polygon; remembered, since an edit asks for them often."""
    rings = (ring for part in rings_of(land) for ring in part)
    return tuple(segment for ring in rings for segment in pairwise([*ring, ring[0]]))


def moved(gone: Iterable[Segment], come: Iterable[Segment]) -> list[Segment]:
    """Return the segments that move a border when some go and others come.

    Twins cancel, and so do corners that lie exactly on straight lines: none is left when both have the
    same sum as sets of points.
    """
    ends: Counter[tuple[Segment, Point]] = Counter()
    lines: dict[Segment, list[Segment]] = {}
    for segments, times in ((gone, -1), (come, 1)):
        for segment in segments:
            line = _line(segment)
            ends[(line, segment[1])] += times
            ends[(line, segment[0])] -= times
            lines.setdefault(line, []).append(segment)
    bent = {line for (line, _), times in ends.items() if times}
    return [segment for line in sorted(bent) for segment in lines[line]]


def _line(segment: Segment) -> Segment:
    """Name the line a segment lies on: its reduced direction, and how far it passes from the origin.

    >>> _line(((0, 1), (2, 3))) == _line(((5, 6), (4, 5)))
    True
    """
    (x, y), (to_x, to_y) = min(segment), max(segment)
    common = gcd(to_x - x, to_y - y)
    along = ((to_x - x) // common, (to_y - y) // common)
    return along, (x * along[1] - y * along[0], 0)
