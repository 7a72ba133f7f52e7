"""Edits between land somebody is in charge of and land nobody is: create, release, divide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage import Coverage, dissolve
from gridmap.edits.changes import ChangeSet
from gridmap.edits.lands import drawn_polygon, plain_rings, require_leaf, taken_land
from gridmap.edits.mutator import accept
from gridmap.edits.naming import next_code, next_unassigned, require_free_code
from gridmap.edits.rules import DEFAULT, Rules, refusal, titled
from gridmap.edits.surroundings import Drawn
from gridmap.nesting import Region, Snapshot
from gridmap.polygons import Geometries

Pieces = Mapping[str, Snapshot | None]


def create(
    coverage: Coverage,
    within: str,
    new_code: str,
    *,
    name: str = "",
    kind: str = "base",
    polygon: Drawn | None = None,
    rules: Rules = DEFAULT,
) -> tuple[Coverage, ChangeSet]:
    """Make a cell of unassigned land, of all of it or of what lies inside a drawn polygon.

    Parameters
    ----------
    coverage : the map
    within : the unassigned cell
    new_code, name, kind : of the new cell; kind is base or dedicated
    polygon : polygon or its rings, in the CRS of the coverage; all of the unassigned cell when None
    rules : how small a cell may be

    Raises
    ------
    EditRefused : not_unassigned, code_taken, bad_operation, several_pieces, and as `transfer`
    """
    require_leaf(coverage, within)
    require_free_code(coverage, new_code)
    free = coverage.region(within)
    if not free.is_unassigned:
        raise refusal(coverage, "not_unassigned", f"{titled(coverage, within)} is in somebody's charge. "
                      "Split it, or return it to unassigned land first.",
                      codes=[within], land=coverage.land(within))  # fmt: skip
    if kind not in ("base", "dedicated"):
        raise refusal(
            coverage, "bad_operation", f"A cell cannot be of kind {kind}. Choose base or dedicated."
        )
    new = replace(free, code=new_code, name=name or new_code, kind=kind, region_id=None)
    asked = {"op": "create", "within": within, "new_code": new_code, "name": new.name, "kind": kind}
    if polygon is None:
        after: Pieces = {within: None, new_code: Snapshot(new, coverage.land(within))}
        return accept(coverage, after, rules=rules, operation=asked)
    drawn = drawn_polygon(coverage, polygon)
    taken, left, told = taken_land(coverage, within, drawn, rules)
    after = {**_told(coverage, told), new_code: Snapshot(new, _one_piece(coverage, within, taken)),
             **_left_over(coverage, within, dissolve(left))}  # fmt: skip
    return accept(coverage, after, rules=rules, operation={**asked, "polygon": plain_rings(coverage, drawn)})


def release(
    coverage: Coverage, code: str, *, polygon: Drawn | None = None, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Return a cell, or what lies of it inside a drawn polygon, to unassigned land.

    Unassigned land of the same parent that it touches becomes one with it.

    Parameters
    ----------
    coverage : the map
    code : the cell
    polygon : polygon or its rings, in the CRS of the coverage; the whole cell when None
    rules : how small a cell may be

    Raises
    ------
    EditRefused : unassigned, several_pieces, and as `transfer`
    """
    require_leaf(coverage, code)
    if coverage.region(code).is_unassigned:
        raise refusal(
            coverage,
            "unassigned",
            f"{code} is unassigned land already. Choose a cell of somebody.",
            codes=[code],
        )
    if polygon is None:
        after = {code: None, **_freed(coverage, code, coverage.land(code), {})}
        return accept(coverage, after, rules=rules, operation={"op": "release", "code": code})
    drawn = drawn_polygon(coverage, polygon)
    taken, left, told = taken_land(coverage, code, drawn, rules)
    piece = _one_piece(coverage, code, taken)
    after = {**_told(coverage, told), code: Snapshot(coverage.region(code), dissolve(left)),
             **_freed(coverage, code, piece, told)}  # fmt: skip
    asked = {"op": "release", "code": code, "polygon": plain_rings(coverage, drawn)}
    return accept(coverage, after, rules=rules, operation=asked)


def divide(
    coverage: Coverage, code: str, *, level: str, new_code: str | None = None, name: str = "",
    rules: Rules = DEFAULT,
) -> tuple[Coverage, ChangeSet]:  # fmt: skip
    """Let an undivided region consist of one cell, which can then be split.

    Parameters
    ----------
    coverage : the map
    code : a region with land of its own
    level : level of the new cell, below the region's
    new_code, name : of the new cell; the region's code with 01, and its name, when empty
    rules : as for all edits

    Raises
    ------
    EditRefused : unassigned, cross_level, code_taken
    """
    require_leaf(coverage, code)
    region = coverage.region(code)
    if region.is_unassigned:
        raise refusal(
            coverage, "unassigned", f"{code} is unassigned land. Create a cell of it instead.", codes=[code]
        )
    cell = new_code or (f"{code}01" if f"{code}01" not in coverage else next_code(coverage, f"{code}01"))
    require_free_code(coverage, cell)
    below = Region(cell, name or region.name, level, code, region.kind)
    after = {code: Snapshot(region), cell: Snapshot(below, coverage.land(code))}
    asked = {"op": "divide", "code": code, "level": level, "new_code": cell, "name": below.name}
    return accept(coverage, after, rules=rules, operation=asked)


def _told(coverage: Coverage, told: Mapping[str, BaseGeometry]) -> dict[str, Snapshot | None]:
    return {code: Snapshot(coverage.region(code), land) for code, land in told.items()}


def _one_piece(coverage: Coverage, code: str, taken: Geometries) -> BaseGeometry:
    land = dissolve(taken)
    if shapely.get_num_geometries(land) > 1:
        raise refusal(coverage, "several_pieces", f"The drawn area holds {shapely.get_num_geometries(land)} "
                      f"separate pieces of {code}. Draw one of them at a time.",
                      codes=[code], land=land)  # fmt: skip
    return land


def _left_over(coverage: Coverage, code: str, land: BaseGeometry) -> dict[str, Snapshot | None]:
    """Number the pieces of unassigned land that remain; the largest keeps its code."""
    region = coverage.region(code)
    largest, *others = sorted(polygons.polygon_parts(land), key=lambda part: -part.area)
    pieces: dict[str, Snapshot | None] = {code: Snapshot(region, largest)}
    for other in others:
        new = next_unassigned(coverage, region.parent, pieces)
        pieces[new] = Snapshot(_unassigned(coverage, region, new), other)
    return pieces


def _freed(
    coverage: Coverage, code: str, land: BaseGeometry, told: Mapping[str, BaseGeometry]
) -> dict[str, Snapshot | None]:
    """Make unassigned land of a piece, together with that of the same parent which it touches."""
    region = coverage.region(code)
    free = [other for other in coverage.neighbours(code) if coverage.region(other).is_unassigned]
    now = {other: told.get(other, coverage.land(other)) for other in free
           if coverage.region(other).parent == region.parent}  # fmt: skip
    beside = {other: free_land for other, free_land in now.items() if _joined(land, free_land)}
    if not beside:
        new = next_unassigned(coverage, region.parent)
        return {new: Snapshot(_unassigned(coverage, region, new), land)}
    kept = min(beside)
    whole = dissolve(polygons.as_array([land, *beside.values()]))
    return {**dict.fromkeys(beside), kept: Snapshot(coverage.region(kept), whole)}


def _joined(one: BaseGeometry, other: BaseGeometry) -> bool:
    return int(shapely.get_num_geometries(dissolve(polygons.as_array([one, other])))) == 1


def _unassigned(coverage: Coverage, region: Region, code: str) -> Region:
    number = code.rpartition("-U")[2]
    name = f"{coverage.region(region.parent).name}未划分{number}"
    return Region(code, name, region.level, region.parent, "unassigned")
