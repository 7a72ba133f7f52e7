"""A small nested city to edit: six grids of 200 m in three blocks, two communities and one street."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from gridmap import edits
from gridmap.coverage import Coverage
from gridmap.edits import ChangeSet, Rules
from tests.toy import at, draw

SQUARE = 100_000**2  #: square millimetres, of one square of the drawing

#: Grids a to d belong to community X, e and f to Y; u is nobody's.
GRIDS = """
    aabbeeu
    aabbee.
    ccddff.
    ccddff.
"""
PARENTS = {"a": "P", "b": "P", "c": "Q", "d": "Q", "e": "R", "f": "R", "u": "R"}
ABOVE = pd.DataFrame([
    ("S", "Street", "street", ""), ("X", "North", "community", "S"), ("Y", "South", "community", "S"),
    ("P", "Block P", "block", "X"), ("Q", "Block Q", "block", "X"), ("R", "Block R", "block", "Y"),
], columns=["code", "name", "level", "parent"]).assign(kind="base", region_id=range(100, 106))  # fmt: skip


def nested(drawing: str = GRIDS) -> Coverage:
    """Return the city with everything above its grids; numbers of the store from 1 on."""
    cells = draw(drawing)
    cells = cells.assign(
        level="red_grid", parent=cells["code"].map(PARENTS), region_id=range(1, len(cells) + 1),
        kind=["unassigned" if code == "u" else "base" for code in cells["code"]],
    )  # fmt: skip
    columns = {name: name for name in ("name", "level", "parent", "kind", "region_id")}
    return Coverage.from_frame(cells, above=ABOVE, **columns)


def flat(drawing: str) -> Coverage:
    """Return cells of which only the codes are known."""
    return Coverage.from_frame(draw(drawing))


def place(column: float, line: float) -> list[float]:
    """Return a metric place as the editor sends it, in squares from the city's corner."""
    return list(at(column, line))


def path(*places: tuple[float, float]) -> list[list[float]]:
    """Return several places as the editor sends them."""
    return [place(*each) for each in places]


def done(coverage: Coverage, operation: dict[str, Any], **rules: Any) -> tuple[Coverage, ChangeSet]:
    """Do an operation, and hold what must be true after every one."""
    new, change = edits.apply(coverage, operation, rules=Rules(**rules))
    assert new.certificate().exact
    assert shapely.coverage_is_valid(new.cells)
    assert shapely.union_all(new.cells).area == shapely.union_all(coverage.cells).area
    assert change.inverse().apply_to(new, strict=True) == coverage
    assert change.apply_to(coverage, strict=True) == new
    return new, change


def area(coverage: Coverage, code: str) -> float:
    """Return the land of a region in squares of the drawing."""
    return float(coverage.land_of(code).area) / SQUARE


def documented() -> str:
    """Return the page that tells of the edits."""
    return (Path(__file__).parent.parent / "docs" / "edits.md").read_text(encoding="utf-8")
