"""Cut a cell along lines: exactly, and so that every neighbour learns of the new corners.

A line is reduced to its chords, the stretches that cross the cell from border to border. Each end of a
chord becomes a corner of the border. It is rounded to the lattice, which bends the border by less than a
step, for both of its sides alike. A fixed border (the outer one, or a locked one) must not even do that:
there the chord ends at a lattice point exactly on the border, or at the next corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.corners import Insertions, Point, Segment, with_corners
from gridmap.coverage import Coverage
from gridmap.edits.rings import segments_of
from gridmap.edits.rules import Rules, refusal
from gridmap.edits.surroundings import (
    Place,
    Surroundings,
    corners_of,
    exactly_on_segment,
    nearest,
    on_segment,
)

#: A chord that ends this near to a corner, in metres, ends in it.
WELD_M = 0.05

Chord = list[Place]


@dataclass(frozen=True)
class Cut:
    """Hold a cell cut into pieces.

    Parameters
    ----------
    pieces : lattice polygons that make up the cell
    told : the neighbours that got new corners, with their land
    """

    pieces: tuple[BaseGeometry, ...]
    told: dict[str, BaseGeometry]


def cut(coverage: Coverage, code: str, lines: Sequence[BaseGeometry], rules: Rules) -> Cut:
    """Cut a cell along lines.

    Parameters
    ----------
    coverage : the map
    code : the cell
    lines : lines in lattice steps; each must cross the cell, or end at its border
    rules : what is locked, how far an end may be drawn to a corner

    Raises
    ------
    EditRefused : line_dangling, line_misses, line_along_border, locked_border, outline
    """
    land = coverage.land(code)
    around = Surroundings.of_box(coverage, land.bounds, rules)
    chords = [chord for line in lines for chord in _chords(coverage, code, line, rules)]
    if not chords:
        raise _missed(coverage, code, lines)
    ends = [_End.of(around, code, place) for chord in chords if not _is_loop(chord)
            for place in (chord[0], chord[-1])]  # fmt: skip
    told = _told(coverage, around, ends)
    whole = told.pop(code, land)
    drawn = _with_ends(chords, iter(ends))
    _require_clear(coverage, code, whole, drawn)
    return Cut(_faces(whole, drawn), told)


@dataclass(frozen=True)
class _End:
    """Know where a chord ends: in a corner of a border, which may be new."""

    corner: Point
    side: Segment | None = None

    @classmethod
    def of(cls, around: Surroundings, code: str, place: Place) -> _End:
        corners = corners_of(around.coverage.land(code))
        if corner := nearest(corners, place, WELD_M / around.coverage.metres_per_step):
            return cls(corner)
        side = _nearest_side(around.coverage.land(code), place)
        if not around.is_fixed(side):
            corner = on_segment(side, place)
        else:
            corner = exactly_on_segment(side, place)
            if hypot(corner[0] - place[0], corner[1] - place[1]) > around.reach:
                return cls(_next_corner(around, code, corners, place))
        return cls(corner) if corner in side else cls(corner, side)


def _next_corner(around: Surroundings, code: str, corners: Iterable[Point], place: Place) -> Point:
    """Return the corner at which a chord may end that hits a fixed border."""
    snap = around.rules.snap_m / around.coverage.metres_per_step
    corner = nearest(corners, place, snap)
    if corner is None:
        away = min(hypot(x - place[0], y - place[1]) for x, y in corners) * around.coverage.metres_per_step
        side = _nearest_side(around.coverage.land(code), place)
        reason = "locked_border" if side[::-1] in around.cell_of else "outline"
        raise refusal(around.coverage, reason, f"The line ends on a border of {code} that must not be bent, "
                      f"{away:,.1f} m from its next corner. Let the line end at a corner of that border.",
                      codes=[code], land=shapely.Point(place))  # fmt: skip
    return corner


def _nearest_side(land: BaseGeometry, place: Place) -> Segment:
    sides = segments_of(land)
    distance = shapely.distance(shapely.linestrings(np.array(sides, dtype=float)), shapely.Point(place))
    return sides[int(distance.argmin())]


def _chords(coverage: Coverage, code: str, line: BaseGeometry, rules: Rules) -> list[Chord]:
    """Return the stretches of a line inside a cell, each from border to border."""
    land = coverage.land(code)
    pieces = shapely.get_parts(shapely.difference(line, land.boundary))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    shapely.prepare(land)
    inside = [shapely.get_coordinates(piece).tolist() for piece in pieces[shapely.contains(land, middles)]]
    chords = [[(x, y) for x, y in piece] for piece in _rejoined(inside, line)]
    reach = rules.reach_m / coverage.metres_per_step
    return [_ended(coverage, code, chord, reach) for chord in chords]


def _rejoined(inside: list[list[list[float]]], line: BaseGeometry) -> list[list[list[float]]]:
    """Join the first and the last stretch of a closed line that begins inside the cell."""
    start = [list(point) for point in line.coords[:1]]
    if line.is_closed and len(inside) > 1:
        first = next((piece for piece in inside if piece[:1] == start), None)
        last = next((piece for piece in inside if piece[-1:] == start and piece is not first), None)
        if first is not None and last is not None:
            others = [piece for piece in inside if piece is not first and piece is not last]
            return [*others, [*last, *first[1:]]]
    return inside


def _is_loop(chord: Chord) -> bool:
    return len(chord) > 3 and chord[0] == chord[-1]


def _ended(coverage: Coverage, code: str, chord: Chord, reach: float) -> Chord:
    """Let a chord that stops just short of the border end on it; refuse one that stops further inside."""
    if _is_loop(chord):
        return chord
    border = coverage.land(code).boundary
    for position in (0, -1):
        point = shapely.Point(chord[position])
        if border.distance(point) > reach:
            raise refusal(coverage, "line_dangling", f"The line ends inside {code}, "
                          f"{border.distance(point) * coverage.metres_per_step:,.1f} m from its border. Draw "
                          "it from border to border.", codes=[code], land=point)  # fmt: skip
        foot = border.interpolate(border.project(point))
        chord = [(foot.x, foot.y), *chord[1:]] if position == 0 else [*chord[:-1], (foot.x, foot.y)]
    return chord


def _missed(coverage: Coverage, code: str, lines: Sequence[BaseGeometry]) -> Exception:
    drawn = shapely.union_all(polygons.as_array(lines))
    along = shapely.intersection(drawn, coverage.land(code).boundary)
    if along.length > 0:
        return refusal(coverage, "line_along_border", f"The line only runs along the border of {code}. Draw "
                       "it through the cell, from border to border.", codes=[code], land=along)  # fmt: skip
    return refusal(coverage, "line_misses", f"The line does not cross {code}. Draw it through the cell, from "
                   "border to border.", codes=[code], land=drawn)  # fmt: skip


def _told(coverage: Coverage, around: Surroundings, ends: Sequence[_End]) -> dict[str, BaseGeometry]:
    """Put the new corners into the cell and the neighbours; only those that got any come back."""
    missing = _insertions(ends)
    codes = sorted({around.cell_of[side] for side in missing if side in around.cell_of})
    lands = with_corners([coverage.land(code) for code in codes], missing) if codes else []
    return {code: land for code, land in zip(codes, lands, strict=True) if land is not None}


def _insertions(ends: Sequence[_End]) -> Insertions:
    on_side: dict[Segment, set[Point]] = {}
    for end in ends:
        if end.side is not None:
            on_side.setdefault(end.side, set()).add(end.corner)
    found: dict[Segment, Sequence[Point]] = {}
    for side, corners in on_side.items():
        (x, y), _ = side
        ahead = sorted(corners, key=lambda point: hypot(point[0] - x, point[1] - y))
        found[side], found[side[::-1]] = ahead, ahead[::-1]
    return found


def _with_ends(chords: Sequence[Chord], ends: Iterable[_End]) -> list[list[Point]]:
    """Let the chords begin and end in corners of the lattice."""
    following = iter(ends)
    drawn = []
    for chord in chords:
        inner = [(round(x), round(y)) for x, y in chord[1:-1]]
        if _is_loop(chord):
            begin = (round(chord[0][0]), round(chord[0][1]))
            drawn.append([begin, *inner, begin])
        else:
            start, end = next(following), next(following)
            path = [start.corner, *inner, end.corner]
            drawn.append(
                [point for position, point in enumerate(path) if not position or point != path[position - 1]]
            )
    return [path for path in drawn if len(path) > 1]


def _require_clear(
    coverage: Coverage, code: str, land: BaseGeometry, chords: Sequence[Sequence[Point]]
) -> None:
    """Refuse chords that touch the border or each other anywhere but at their ends."""
    lines = shapely.MultiLineString([list(chord) for chord in chords])
    border = land.boundary
    at_ends = {point for chord in chords for point in (chord[0], chord[-1])}
    touched = shapely.get_coordinates(shapely.intersection(lines, border)).tolist()
    stray = [point for point in touched if tuple(point) not in at_ends]
    if stray or not shapely.covers(land, lines) or not lines.is_simple:
        at = shapely.Point(stray[0]) if stray else lines
        raise refusal(coverage, "line_along_border", f"The line touches the border of {code}, or itself, "
                      "between its ends. Draw it clear of the border.", codes=[code], land=at)  # fmt: skip


def _faces(land: BaseGeometry, chords: Sequence[Sequence[Point]]) -> tuple[BaseGeometry, ...]:
    """Return the pieces into which chords cut a lattice polygon."""
    sides = [*segments_of(land), *(side for chord in chords for side in pairwise(chord))]
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(np.array(sides, dtype=float))))
    inside = shapely.contains(land, shapely.point_on_surface(faces))
    return tuple(polygons.oriented(faces[inside]))
