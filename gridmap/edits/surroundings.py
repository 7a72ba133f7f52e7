"""What lies around a place: which cell is on which side of a segment, and which borders are fixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd, hypot
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.corners import Point, Segment
from gridmap.coverage import Coverage
from gridmap.edits.rings import segments_of
from gridmap.edits.rules import Rules

Place = tuple[float, float]
#: A geometry, or its coordinates.
Drawn: TypeAlias = BaseGeometry | Sequence[Any]


@dataclass(frozen=True)
class Surroundings:
    """Know the borders of the cells near a box.

    Parameters
    ----------
    coverage : the map
    cell_of : the cell on the left of each directed segment
    rules : which borders are fixed
    """

    coverage: Coverage
    cell_of: dict[Segment, str]
    rules: Rules

    @classmethod
    def of_box(cls, coverage: Coverage, box: Sequence[float], rules: Rules) -> Surroundings:
        """Look at all cells whose bounding box meets a box, in lattice steps."""
        near = coverage.near(box)
        return cls(coverage, {s: code for code in near for s in segments_of(coverage.land(code))}, rules)

    @classmethod
    def of_place(cls, coverage: Coverage, place: Place, rules: Rules) -> Surroundings:
        """Look at all cells within reach of a place, in lattice steps."""
        x, y = place
        reach = rules.reach_m / coverage.metres_per_step
        return cls.of_box(coverage, (x - reach, y - reach, x + reach, y + reach), rules)

    @property
    def reach(self) -> float:
        """Return how far from a corner or border a place that means it may be, in steps."""
        return self.rules.reach_m / self.coverage.metres_per_step

    def corner_at(self, place: Place) -> Point | None:
        """Return the corner nearest to a place within reach."""
        return nearest((start for start, _ in self.cell_of), place, self.reach)

    def border_at(self, place: Place) -> Segment | None:
        """Return the segment nearest to a place within reach."""
        segments = sorted(self.cell_of)
        if not segments:
            return None
        lines = shapely.linestrings(np.array(segments, dtype=float))
        distance = shapely.distance(lines, shapely.Point(place))
        return segments[int(distance.argmin())] if distance.min() <= self.reach else None

    def cells_at(self, corner: Point) -> list[str]:
        """Return the cells that have a corner there."""
        return sorted({code for (start, _), code in self.cell_of.items() if start == corner})

    def is_fixed(self, segment: Segment) -> bool:
        """Return whether a border may not even be bent by the rounding of a new corner."""
        one, other = self.cell_of.get(segment), self.cell_of.get(segment[::-1])
        if one is None or other is None:
            return True
        locked = (set(self.rules.locked_line(self.coverage, code)) for code in (one, other))
        return bool(set.symmetric_difference(*locked))


def nearest(corners: Iterable[Point], place: Place, reach: float) -> Point | None:
    """Return the corner nearest to a place within reach, of equally near ones the south-western one."""
    found = [(hypot(x - place[0], y - place[1]), (x, y)) for x, y in corners
             if abs(x - place[0]) <= reach and abs(y - place[1]) <= reach]  # fmt: skip
    distance, corner = min(found, default=(reach + 1, None))
    return corner if distance <= reach else None


def rounded(place: Place) -> Point:
    """Return the lattice point nearest to a place."""
    return round(place[0]), round(place[1])


def on_segment(segment: Segment, place: Place) -> Point:
    """Return the lattice point nearest to the foot of a place on a segment."""
    line = shapely.LineString(segment)
    foot = line.interpolate(line.project(shapely.Point(place)))
    return rounded((foot.x, foot.y))


def exactly_on_segment(segment: Segment, place: Place) -> Point:
    """Return the point nearest to a place that lies on the lattice and exactly on a segment."""
    (x, y), (to_x, to_y) = segment
    common = gcd(to_x - x, to_y - y)
    line = shapely.LineString(segment)
    share = line.project(shapely.Point(place)) / line.length
    times = round(share * common)
    return x + (to_x - x) // common * times, y + (to_y - y) // common * times


def corners_of(land: BaseGeometry) -> set[Point]:
    """Return the corners of a lattice polygon."""
    return {start for start, _ in segments_of(land)}


def lattice_line(coverage: Coverage, coordinates: Iterable[Sequence[float]]) -> list[Point]:
    """Round coordinates in the coverage's CRS to the lattice, leaving out repeated points."""
    per_unit = round(1 / coverage.step)
    points = [rounded((float(x) * per_unit, float(y) * per_unit)) for x, y, *_ in coordinates]
    return [point for position, point in enumerate(points) if position == 0 or point != points[position - 1]]


def lattice_polygon(coverage: Coverage, drawn: Drawn) -> BaseGeometry:
    """Put a drawn polygon, given as a geometry or as rings of coordinates, on the lattice."""
    land = drawn if isinstance(drawn, BaseGeometry) else _polygon_of(drawn)
    return polygons.to_lattice(polygons.as_array([land]), step=coverage.step)[0]


def _polygon_of(drawn: Sequence[Any]) -> BaseGeometry:
    rings = list(drawn) if np.ndim(drawn[0][0]) else [drawn]
    return shapely.Polygon(rings[0], rings[1:])
