"""Edits of whole cells: split along a line, merge, and hand a piece over to a neighbour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage import Coverage, dissolve
from gridmap.edits.changes import ChangeSet
from gridmap.edits.cutting import Cut, cut
from gridmap.edits.mutator import accept
from gridmap.edits.naming import name_of_new, next_code, require_free_code
from gridmap.edits.rules import DEFAULT, Rules, refusal, titled
from gridmap.edits.surroundings import Drawn, Place, lattice_line, lattice_polygon
from gridmap.edits.vertices import Position
from gridmap.errors import EditRefused
from gridmap.nesting import Snapshot


def split(
    coverage: Coverage,
    code: str,
    line: Drawn,
    *,
    new_code: str | None = None,
    new_name: str | None = None,
    keeps: Position | None = None,
    rules: Rules = DEFAULT,
) -> tuple[Coverage, ChangeSet]:
    """Cut a cell in two along a line; the neighbours get the new corners.

    Parameters
    ----------
    coverage : the map
    code : the cell
    line : line or its coordinates, in the CRS of the coverage, from border to border; it may go beyond
    new_code, new_name : of the new cell; the next free number, and a name with it, when None
    keeps : x, y inside the piece that keeps code and name; the larger piece when None
    rules : what is locked, how small and narrow a cell may be

    Raises
    ------
    EditRefused : line_dangling, line_misses, line_along_border, line_self_crossing, line_too_short, not_cut,
        several_pieces, sliver, min_area, code_taken, locked_border, outline
    """
    require_leaf(coverage, code)
    drawn = _line(coverage, line)
    region = coverage.region(code)
    if rules.locks(region, is_leaf=True):
        raise refusal(coverage, "locked_border", f"{titled(coverage, code)} is a cell whose border is locked "
                      f"({region.level}). Divide it into cells of the level below first, and split those.",
                      codes=[code])  # fmt: skip
    pieces = cut(coverage, code, [drawn], rules)
    parts = _two_pieces(coverage, code, pieces, drawn)
    _require_width(coverage, code, parts, rules)
    kept, other = _kept_first(coverage, parts, keeps)
    rest = [part for part in pieces.pieces if part not in parts]
    name = new_code or next_code(coverage, code)
    require_free_code(coverage, name)
    new = replace(region, code=name, name=new_name or name_of_new(coverage, code, name), region_id=None)
    whole = polygons.areas_only(shapely.GeometryCollection([kept, *rest]))
    after = {**_moved(coverage, pieces.told), code: Snapshot(region, whole), name: Snapshot(new, other)}
    asked = {
        "op": "split",
        "code": code,
        "line": _plain(coverage, drawn),
        "new_code": name,
        "new_name": new.name,
    }
    return accept(coverage, after, rules=rules, operation=_with(asked, keeps=_list(keeps)))


def merge(
    coverage: Coverage, codes: Sequence[str], *, into: str | None = None, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Make one region of several that share borders.

    Cells are summed up; of regions that consist of others, the children move over.

    Parameters
    ----------
    coverage : the map
    codes : two or more regions, all cells or all of one upper level
    into : the one that keeps code, name and parent; the largest that is not unassigned when None
    rules : what is locked

    Raises
    ------
    EditRefused : unknown_code, bad_operation, cross_level, point_contact, not_adjacent, enclave,
        locked_border, parent_emptied, parent_cut
    """
    chosen = list(dict.fromkeys(codes))
    if len(chosen) < 2 or (into is not None and into not in chosen):
        raise refusal(coverage, "bad_operation", "A merge needs two regions or more, and goes into one of "
                      "them. Choose them.", codes=chosen)  # fmt: skip
    for code in chosen:
        require_region(coverage, code)
    leaves = [coverage.is_leaf(code) for code in chosen]
    if any(leaves) != all(leaves):
        raise refusal(coverage, "cross_level", "A cell cannot merge with a region that consists of cells. "
                      "Choose regions of one level.", codes=chosen)  # fmt: skip
    target = into or _largest(coverage, chosen)
    after = _summed(coverage, chosen, target) if all(leaves) else _adopted(coverage, chosen, target)
    asked = {"op": "merge", "codes": chosen, "into": target}
    return accept(coverage, after, rules=rules, operation=asked)


def transfer(
    coverage: Coverage, giver: str, receiver: str, polygon: Drawn, *, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Hand the land of one cell inside a drawn polygon over to another.

    Parameters
    ----------
    coverage : the map
    giver, receiver : the cells; the piece must reach their common border
    polygon : polygon or its rings, in the CRS of the coverage; land of other cells inside it is left alone
    rules : what is locked, how small a cell may be

    Raises
    ------
    EditRefused : takes_nothing, takes_all, exclave, enclave, line_self_crossing, line_along_border, min_area,
        locked_border, outline
    """
    for code in (giver, receiver):
        require_leaf(coverage, code)
    if giver == receiver:
        raise refusal(
            coverage, "bad_operation", "Giver and receiver are one cell. Choose two.", codes=[giver]
        )
    drawn = drawn_polygon(coverage, polygon)
    taken, left, told = taken_land(coverage, giver, drawn, rules)
    own = told.pop(receiver, coverage.land(receiver))
    more = dissolve(polygons.as_array([own, *taken]))
    after = {**_moved(coverage, told), giver: _with_land(coverage, giver, dissolve(left)),
             receiver: _with_land(coverage, receiver, more)}  # fmt: skip
    asked = {"op": "transfer", "giver": giver, "receiver": receiver, "polygon": plain_rings(coverage, drawn)}
    return accept(coverage, after, rules=rules, operation=asked)


def taken_land(
    coverage: Coverage, code: str, drawn: BaseGeometry, rules: Rules
) -> tuple[polygons.Geometries, polygons.Geometries, dict[str, BaseGeometry]]:
    """Cut a cell by a lattice polygon: the pieces inside, those outside, and the neighbours with new corners.

    Raises
    ------
    EditRefused : takes_nothing, takes_all, exclave, line_along_border
    """
    land = coverage.land(code)
    if shapely.intersection(drawn, land).area == 0:
        raise refusal(coverage, "takes_nothing", f"The drawn area holds no land of {code}. Draw it over the "
                      "land to be handed over.", codes=[code], land=drawn)  # fmt: skip
    if shapely.covers(drawn, land):
        raise refusal(coverage, "takes_all", f"The drawn area holds all of {code}. Merge the cells instead.",
                      codes=[code], land=land)  # fmt: skip
    if shapely.contains_properly(land, drawn):
        raise refusal(coverage, "exclave", f"The drawn area lies inside {code} and touches no other cell. "
                      "Draw it across the border of the receiver.", codes=[code], land=drawn)  # fmt: skip
    lines = [ring for part in polygons.polygon_parts(drawn) for ring in shapely.get_rings(part)]
    pieces = cut(coverage, code, [shapely.LineString(ring.coords) for ring in lines], rules)
    taken, left = _sorted_out(pieces.pieces, drawn, rules.sliver_m / coverage.metres_per_step)
    if not len(taken) or not len(left):
        reason, what = ("takes_all", "all") if len(taken) else ("takes_nothing", "nothing")
        raise refusal(coverage, reason, f"The drawn area takes {what} of {code}. Draw another.",
                      codes=[code], land=drawn)  # fmt: skip
    return taken, left, dict(pieces.told)


def _sorted_out(
    pieces: Sequence[BaseGeometry], drawn: BaseGeometry, sliver: float
) -> tuple[polygons.Geometries, polygons.Geometries]:
    """Tell the pieces inside a drawn polygon from those outside; slivers go with the other side."""
    inside = [shapely.intersection(piece, drawn).area > piece.area / 2 for piece in pieces]
    thin = [polygons.mean_width(piece) < sliver and len(pieces) > 2 for piece in pieces]
    taken = [piece for piece, within, is_thin in zip(pieces, inside, thin, strict=True) if within != is_thin]
    left = [piece for piece in pieces if piece not in taken]
    return polygons.as_array(taken), polygons.as_array(left)


def require_region(coverage: Coverage, code: str) -> None:
    """Refuse a code that the map does not have."""
    if code not in coverage:
        raise EditRefused("unknown_code", f"There is no region {code} on this map. Reload it, or check the "
                                          "code.",
                          codes=[code])  # fmt: skip


def require_leaf(coverage: Coverage, code: str) -> None:
    """Refuse a region that has no land of its own."""
    require_region(coverage, code)
    if not coverage.is_leaf(code):
        raise refusal(coverage, "cross_level", f"{titled(coverage, code)} consists of other cells. Choose "
                                               "one of those.",
                      codes=[code], land=coverage.land_of(code))  # fmt: skip


def drawn_polygon(coverage: Coverage, polygon: Drawn) -> BaseGeometry:
    """Put a drawn polygon on the lattice.

    Raises
    ------
    EditRefused : line_too_short when it encloses nothing, line_self_crossing when its outline crosses itself
    """
    try:
        drawn = lattice_polygon(coverage, polygon)
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as fault:
        raise EditRefused(
            "bad_operation", f"This is not a polygon: {fault}. Send rings of [x, y]."
        ) from fault
    if drawn.is_empty or drawn.area == 0:
        raise refusal(coverage, "line_too_short", "The drawn area encloses nothing. Draw it again, larger.")
    if not drawn.is_valid:
        raise refusal(coverage, "line_self_crossing", "The outline of the drawn area crosses itself. Draw it "
                      "without a crossing.", land=shapely.make_valid(drawn))  # fmt: skip
    return drawn


def _line(coverage: Coverage, drawn: Drawn) -> BaseGeometry:
    coordinates = drawn.coords if isinstance(drawn, BaseGeometry) else drawn
    points = lattice_line(coverage, coordinates)
    if len(points) < 2:
        raise refusal(
            coverage, "line_too_short", "A line needs two different points. Draw it from border to border."
        )
    line = shapely.LineString(points)
    if not line.is_simple:
        raise refusal(
            coverage, "line_self_crossing", "The line crosses itself. Draw it without a crossing.", land=line
        )
    return line


def _two_pieces(coverage: Coverage, code: str, made: Cut, line: BaseGeometry) -> list[BaseGeometry]:
    """Return the two pieces a line cut out of one part of a cell."""
    old = {shapely.normalize(part) for part in polygons.polygon_parts(coverage.land(code))}
    pieces = [piece for piece in made.pieces if shapely.normalize(piece) not in old]
    if line.is_closed and any(shapely.contains_properly(coverage.land(code), piece) for piece in pieces):
        raise refusal(coverage, "enclave", f"A closed line inside {code} would cut out an enclave. Draw it "
                      "from border to border.", codes=[code], land=line)  # fmt: skip
    if len(pieces) < 2:
        raise refusal(coverage, "not_cut", f"The line does not cut {code} in two: it ends at a hole inside "
                      "it. Draw it on to another border.", codes=[code], land=line)  # fmt: skip
    if len(pieces) > 2:
        raise refusal(coverage, "several_pieces", f"The line cuts {code} into {len(pieces)} pieces. Draw a "
                      "line that crosses it once, and cut the pieces again.",
                      codes=[code], land=line)  # fmt: skip
    return pieces


def _require_width(coverage: Coverage, code: str, pieces: Sequence[BaseGeometry], rules: Rules) -> None:
    least = rules.sliver_m / coverage.metres_per_step
    for piece in pieces:
        if polygons.mean_width(piece) < least and polygons.width(piece) < least:
            raise refusal(coverage, "sliver", f"The line would leave a sliver of {code}, nowhere as wide as "
                          f"{rules.sliver_m:g} m. Draw it further from the border, or along it.",
                          codes=[code], land=piece)  # fmt: skip


def _kept_first(
    coverage: Coverage, parts: Sequence[BaseGeometry], keeps: Position | None
) -> tuple[BaseGeometry, BaseGeometry]:
    first, second = sorted(parts, key=lambda part: (-part.area, part.bounds))
    place = None if keeps is None else shapely.Point(lattice_line(coverage, [keeps])[0])
    return (second, first) if place is not None and second.covers(place) else (first, second)


def _largest(coverage: Coverage, codes: Sequence[str]) -> str:
    area = {code: coverage.land_of(code).area for code in codes}
    return max(codes, key=lambda code: (not coverage.region(code).is_unassigned, area[code], code))


def _summed(coverage: Coverage, codes: Sequence[str], target: str) -> dict[str, Snapshot | None]:
    """Add up cells, as long as they share borders."""
    lands = polygons.as_array(coverage.land(code) for code in codes)
    land = dissolve(lands)
    if shapely.get_num_geometries(land) > max(1, *shapely.get_num_geometries(lands)):
        touch = shapely.intersection_all(lands) if len(lands) == 2 else shapely.Point()
        reason, how = (
            ("not_adjacent", "do not touch") if touch.is_empty else ("point_contact", "touch in a point only")
        )
        raise refusal(coverage, reason, f"{' and '.join(codes)} {how}. Merge cells that share a border.",
                      codes=codes, land=lands[0] if touch.is_empty else touch)  # fmt: skip
    return {**dict.fromkeys(codes), target: _with_land(coverage, target, land)}


def _adopted(coverage: Coverage, codes: Sequence[str], target: str) -> dict[str, Snapshot | None]:
    """Move the children of regions into one of them; the others end."""
    levels = {coverage.region(code).level for code in codes}
    if len(levels) > 1:
        raise refusal(coverage, "cross_level", f"Regions of {' and '.join(sorted(levels))} cannot merge. "
                      "Choose regions of one level.", codes=codes)  # fmt: skip
    after: dict[str, Snapshot | None] = {code: None for code in codes if code != target}
    for code in list(after):
        for child in coverage.children.get(code, ()):
            snapshot = coverage.snapshot(child)
            after[child] = replace(snapshot, region=replace(snapshot.region, parent=target))
    return after


def _with_land(coverage: Coverage, code: str, land: BaseGeometry) -> Snapshot:
    return Snapshot(coverage.region(code), land)


def _moved(coverage: Coverage, told: Mapping[str, BaseGeometry]) -> dict[str, Snapshot | None]:
    return {code: _with_land(coverage, code, land) for code, land in told.items()}


def _plain(coverage: Coverage, line: BaseGeometry) -> list[list[float]]:
    per_unit = round(1 / coverage.step)
    return [[x / per_unit, y / per_unit] for x, y in line.coords]


def plain_rings(coverage: Coverage, drawn: BaseGeometry) -> list[list[list[float]]]:
    """Return the rings of a drawn polygon in the CRS of the coverage, for the log."""
    return [
        _plain(coverage, ring) for part in polygons.polygon_parts(drawn) for ring in shapely.get_rings(part)
    ]


def _list(place: Place | Position | None) -> list[float] | None:
    return None if place is None else list(place)


def _with(asked: dict[str, Any], **more: object) -> dict[str, Any]:
    return {**asked, **{key: value for key, value in more.items() if value is not None}}
