"""Edits of single corners: move, insert, remove, and drag a whole stretch of a border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.corners import Point, Segment
from gridmap.coverage import Coverage
from gridmap.edits.changes import ChangeSet
from gridmap.edits.mutator import accept
from gridmap.edits.rings import Ring, with_rings
from gridmap.edits.rules import DEFAULT, Rules, refusal
from gridmap.edits.surroundings import Place, Surroundings, exactly_on_segment, lattice_line, on_segment
from gridmap.nesting import Snapshot

Position = Sequence[float]


def move_vertex(
    coverage: Coverage, at: Position, to: Position, *, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Move a corner; every cell that has it follows.

    Parameters
    ----------
    coverage : the map
    at, to : x, y of the corner and of where it goes, in the CRS of the coverage
    rules : what is locked, how small a cell may be

    Raises
    ------
    EditRefused : no_vertex, vertex_taken, outline, locked_border, invalid_ring, min_area
    """
    asked = {"op": "move_vertex", "at": list(at), "to": list(to)}
    return _moved(coverage, [at], [to], asked, rules)


def move_edge(
    coverage: Coverage, corners: Sequence[Position], places: Sequence[Position], *, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Move several corners at once, such as a whole shared border: all of them, or none.

    Parameters
    ----------
    coverage : the map
    corners, places : x, y of each corner and of where it goes, in the CRS of the coverage; equally many
    rules : what is locked, how small a cell may be

    Raises
    ------
    EditRefused : bad_operation, and as `move_vertex`
    """
    if len(corners) != len(places) or not len(corners):
        raise refusal(coverage, "bad_operation", f"{len(corners)} corners cannot move to {len(places)} "
                      "places. Give one place for every corner.")  # fmt: skip
    asked = {"op": "move_edge", "corners": list(map(list, corners)), "places": list(map(list, places))}
    return _moved(coverage, corners, places, asked, rules)


def insert_vertex(
    coverage: Coverage, at: Position, to: Position | None = None, *, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Put a corner into the border nearest to a place; both sides get it.

    The corner is the lattice point nearest to the border; on a fixed border, the nearest one exactly on it.

    Parameters
    ----------
    coverage : the map
    at : x, y near the border, in the CRS of the coverage
    to : where the new corner goes at once; it stays on the border when None
    rules : what is locked, and how near a place must be

    Raises
    ------
    EditRefused : no_border, vertex_taken, and as `move_vertex`
    """
    place = _step_place(coverage, at)
    around = Surroundings.of_place(coverage, place, rules)
    border = around.border_at(place)
    if border is None:
        raise refusal(coverage, "no_border", f"There is no border within {rules.reach_m:g} m. Point at one.",
                      land=shapely.Point(place))  # fmt: skip
    corner = _corner_on(around, border, place) if to is None else _step_point(coverage, to)
    if corner in border or (to is not None and around.cells_at(corner)):
        raise _taken(coverage, corner)
    sides = {border: [corner], border[::-1]: [corner]}
    codes = sorted({around.cell_of[side] for side in sides if side in around.cell_of})
    after = {code: _redrawn(coverage, code, lambda ring: _inserted(ring, sides)) for code in codes}
    asked = {"op": "insert_vertex", "at": list(at), **({"to": list(to)} if to is not None else {})}
    return accept(coverage, after, rules=rules, operation=asked)


def remove_vertex(coverage: Coverage, at: Position, *, rules: Rules = DEFAULT) -> tuple[Coverage, ChangeSet]:
    """Take a corner out of the border of the two cells it lies between.

    Parameters
    ----------
    coverage : the map
    at : x, y of the corner, in the CRS of the coverage
    rules : what is locked, how small a cell may be

    Raises
    ------
    EditRefused : no_vertex; junction, where more than two cells meet; too_few_corners; and as `move_vertex`
    """
    around, corner = _corner(coverage, at, rules)
    codes = around.cells_at(corner)
    leaving = {end for start, end in around.cell_of if start == corner}
    arriving = {start for start, end in around.cell_of if end == corner}
    if len(leaving | arriving) != 2:
        raise refusal(coverage, "junction", f"{len(leaving | arriving)} borders meet in this corner. Move "
                      "it, or merge two of the cells first.",
                      codes=codes, land=shapely.Point(corner))  # fmt: skip
    after = {code: _redrawn(coverage, code, lambda ring: _without(ring, corner, coverage)) for code in codes}
    return accept(coverage, after, rules=rules, operation={"op": "remove_vertex", "at": list(at)})


def _moved(
    coverage: Coverage,
    at: Sequence[Position],
    to: Sequence[Position],
    asked: Mapping[str, object],
    rules: Rules,
) -> tuple[Coverage, ChangeSet]:
    goes: dict[Point, Point] = {}
    codes: set[str] = set()
    for place, target in zip(at, to, strict=True):
        around, corner = _corner(coverage, place, rules)
        goes[corner] = _step_point(coverage, target)
        codes.update(around.cells_at(corner))
    for target in _landed(goes):
        if target not in goes and Surroundings.of_place(coverage, target, rules).cells_at(target):
            raise _taken(coverage, target)
    after = {code: _redrawn(coverage, code, lambda ring: [goes.get(point, point) for point in ring])
             for code in sorted(codes)}  # fmt: skip
    return accept(coverage, after, rules=rules, operation=asked)


def _landed(goes: Mapping[Point, Point]) -> list[Point]:
    return [target for corner, target in goes.items() if corner != target]


def _corner(coverage: Coverage, at: Position, rules: Rules) -> tuple[Surroundings, Point]:
    place = _step_place(coverage, at)
    around = Surroundings.of_place(coverage, place, rules)
    corner = around.corner_at(place)
    if corner is None:
        raise refusal(coverage, "no_vertex", f"There is no corner within {rules.reach_m:g} m. Point at a "
                      "corner, or insert one first.", land=shapely.Point(place))  # fmt: skip
    return around, corner


def _corner_on(around: Surroundings, border: Segment, place: Place) -> Point:
    return exactly_on_segment(border, place) if around.is_fixed(border) else on_segment(border, place)


def _taken(coverage: Coverage, corner: Point) -> Exception:
    return refusal(coverage, "vertex_taken", "There is a corner already. Choose another place; two corners "
                   "cannot become one.", land=shapely.Point(corner))  # fmt: skip


def _redrawn(coverage: Coverage, code: str, change: object) -> Snapshot:
    snapshot = coverage.snapshot(code)
    land: BaseGeometry = with_rings(snapshot.land, change)  # type: ignore[arg-type]
    return replace(snapshot, land=land)


def _inserted(ring: Ring, missing: Mapping[Segment, Sequence[Point]]) -> Ring:
    return [point for side in pairwise([*ring, ring[0]]) for point in (side[0], *missing.get(side, ()))]


def _without(ring: Ring, corner: Point, coverage: Coverage) -> Ring:
    left = [point for point in ring if point != corner]
    if len(left) < 3:
        raise refusal(coverage, "too_few_corners", "A cell needs three corners. Merge it with a neighbour "
                                                   "instead.",
                      land=shapely.Point(corner))  # fmt: skip
    return left


def _step_place(coverage: Coverage, at: Position) -> Place:
    per_unit = round(1 / coverage.step)
    return float(at[0]) * per_unit, float(at[1]) * per_unit


def _step_point(coverage: Coverage, at: Position) -> Point:
    return lattice_line(coverage, [at])[0]
