"""Many polygons that tile land: the integer lattice, the certificate, and what breaks it.

The certificate is a statement about integers. Take all ring segments of all cells, shells
counter-clockwise. If (a) no directed segment occurs twice, (b) the segments without a twin in the
other direction are exactly the boundary of one valid area, the outline, and (c) every ring is valid,
then every point inside the outline lies in exactly one cell: there is no gap and no overlap. (The sum
of the cells' indicator functions has the same boundary as the outline's, hence equals it.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage.graph import components
from gridmap.polygons import Geometries, Integers

METRIC_STEP = 0.001
DEGREE_STEP = 1e-9
METRES_PER_DEGREE = 111_320.0

#: Narrower holes in a coverage are gaps between neighbours, not lakes.
SLIVER_M = 1.0


@dataclass(frozen=True)
class Certificate:
    """Hold the outcome of the exact test; it is true when the cells tile their land exactly.

    Parameters
    ----------
    exact : whether (a), (b) and (c) hold, holes being taken as outline
    slivers : holes nowhere as wide as SLIVER_M, which no lake or missing cell explains: gaps
    repeated : directed segments that occur more than once (two cells on the same side)
    unmatched : segments without a twin that are not on the outline
    invalid : codes of cells with an invalid ring
    outline : the land covered, in lattice steps; its holes are lakes, missing cells or gaps
    """

    exact: bool
    slivers: int
    repeated: int
    unmatched: int
    invalid: tuple[str, ...]
    outline: BaseGeometry

    @property
    def holds(self) -> bool:
        """Return whether the cells tile their land exactly, without overlap and without gap."""
        return self.exact and not self.slivers

    def __bool__(self) -> bool:
        return self.holds


def certify(codes: Sequence[str], cells: Geometries, *, step: float = METRIC_STEP) -> Certificate:
    """Run the exact test of this module on lattice polygons.

    Without an outline from elsewhere a hole may be a lake. One nowhere as wide as SLIVER_M is not: it counts
    as a gap, so that a corner moved by a millimetre is noticed whichever way it moved.

    Parameters
    ----------
    codes : code of each cell
    cells : polygons in lattice steps, shells counter-clockwise
    step : size of a lattice step in the unit of the CRS
    """
    segments, _ = polygons.directed_segments(cells)
    repeated = len(segments) - len(np.unique(segments, axis=0))
    border = without_twin(segments)
    outline = area_within(border)
    own, _ = polygons.directed_segments(polygons.oriented(polygons.as_array([outline])))
    unmatched = _differing(border, own)
    invalid = tuple(code for code, valid in zip(codes, shapely.is_valid(cells), strict=True) if not valid)
    exact = not repeated and not unmatched and not invalid and bool(shapely.is_valid(outline))
    widest = SLIVER_M / (step if step == METRIC_STEP else step * METRES_PER_DEGREE)
    slivers = sum(
        polygons.width(hole) < widest for hole in gaps(outline) if polygons.mean_width(hole) < widest
    )
    return Certificate(exact, slivers, repeated, unmatched, invalid, outline)


def without_twin(segments: Integers) -> Integers:
    """Return the directed segments whose reverse is not among them."""
    keys, reverse = keys_of(segments), keys_of(segments[:, [2, 3, 0, 1]])
    return segments[~np.isin(keys, reverse)]


def area_within(border: Integers) -> BaseGeometry:
    """Return the area on the left of directed segments that form closed rings."""
    faces, is_land = _faces(border)
    return polygons.areas_only(shapely.MultiPolygon(list(faces[is_land])))


def _faces(border: Integers) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    """Cut the plane by directed segments into bounded faces, and say which of them are land.

    Land are the faces whose own boundary runs the same way as the segments. (An even-odd rule would be
    wrong where rings touch in points.)
    """
    lines = shapely.linestrings(border.reshape(-1, 2, 2).astype(float))
    faces = polygons.oriented(shapely.get_parts(shapely.polygonize(lines)))
    segments, face = polygons.directed_segments(faces)
    is_land = np.zeros(len(faces), dtype=bool)
    is_land[face[np.isin(keys_of(segments), keys_of(border))]] = True
    return faces, is_land


def overlaps(codes: Sequence[str], cells: Geometries) -> list[tuple[str, str, BaseGeometry]]:
    """Return every pair of cells that share land, with the land they share, in code order."""
    first, second = shapely.STRtree(cells).query(cells, predicate="intersects")
    pairs = first < second
    shared = shapely.intersection(cells[first[pairs]], cells[second[pairs]])
    found = zip(first[pairs], second[pairs], shared, strict=True)
    return [(codes[a], codes[b], polygons.areas_only(land)) for a, b, land in found if land.area > 0]


def gaps(outline: BaseGeometry) -> list[BaseGeometry]:
    """Return the land an outline encloses without holding it, also where it touches the outside in points."""
    border, _ = polygons.directed_segments(polygons.oriented(polygons.as_array([outline])))
    faces, is_land = _faces(border)
    return list(faces[~is_land])


def dissolve(cells: Geometries) -> BaseGeometry:
    """Return the sum of lattice cells; exact, since shared borders cancel segment by segment."""
    segments, _ = polygons.directed_segments(cells)
    return cast(BaseGeometry, polygons.oriented(polygons.as_array([area_within(without_twin(segments))]))[0])


def joined_pieces(cells: Geometries) -> int:
    """Count the pieces that cells form when those that share a border are taken together.

    >>> joined_pieces(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 1, 3, 2)]))
    2
    """
    parts = shapely.get_parts(cells)
    segments, owner = polygons.directed_segments(parts)
    sides, _ = polygons.undirected(segments)
    order = np.lexsort(sides.T)
    twins = (sides[order][1:] == sides[order][:-1]).all(axis=1)
    pieces = components(owner[order][1:][twins], owner[order][:-1][twins], len(parts))
    return len(np.unique(pieces))


def keys_of(segments: Integers) -> Any:
    """View each segment as one comparable value."""
    return np.ascontiguousarray(segments).view([("", np.int64)] * 4).ravel()


def _differing(first: Integers, second: Integers) -> int:
    return len(np.setxor1d(keys_of(first), keys_of(second)))
