"""The cells of a day as a tree: paths for breadcrumbs, children for lists. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from gridmap.levels import LEVELS, TOTAL

_RANKS = {level.key: level.rank for level in LEVELS}


@dataclass(frozen=True)
class Cell:
    """Name one cell; `region_id` 0 at level total is the whole store."""

    region_id: int
    level: str
    code: str
    name: str
    parent_id: int | None
    kind: str


EVERYTHING = Cell(0, TOTAL, "", "", None, "base")


@dataclass(frozen=True, eq=False)
class CellTree:
    """Hold all cells in force on a day.

    Parameters
    ----------
    cells : columns region_id, level, code, name, parent_id (null at the top), kind
    """

    cells: pd.DataFrame

    @cached_property
    def by_id(self) -> dict[int, Cell]:
        """Return the cells by region_id."""
        return {cell.region_id: cell for cell in map(_cell, self.cells.to_dict("records"))}

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Return the levels there are, the highest first."""
        return tuple(sorted(set(self.cells["level"]), key=_RANKS.__getitem__))

    @property
    def top(self) -> Cell:
        """Return the only cell of the highest level, or the whole store when there are several."""
        tops = self.of_level(self.levels[0]) if self.levels else []
        return tops[0] if len(tops) == 1 else EVERYTHING

    def at(self, code: str) -> Cell:
        """Return the cell with a code, the top when there is none; the lowest level wins a shared code."""
        found = [cell for cell in self.by_id.values() if cell.code == code]
        return max(found, key=lambda cell: _RANKS[cell.level]) if code and found else self.top

    def name_of(self, region_id: float | None) -> str:
        """Return the name of a cell, empty when it is not in force."""
        known = None if region_id is None or pd.isna(region_id) else self.by_id.get(int(region_id))
        return known.name if known else ""

    def path(self, cell: Cell) -> list[Cell]:
        """Return the cells from the top down to a cell, both included."""
        steps = [cell]
        while steps[0].parent_id is not None and steps[0].parent_id in self.by_id:
            steps.insert(0, self.by_id[steps[0].parent_id])
        return steps if steps[0] == self.top else [self.top, *steps]

    def children(self, cell: Cell) -> list[Cell]:
        """Return the cells right below a cell, ordered by code."""
        if cell.level == TOTAL:
            return self.of_level(self.levels[0]) if self.levels else []
        return [child for child in self._insides[cell.region_id] if child.parent_id == cell.region_id]

    def within(self, cell: Cell, level: str) -> list[Cell]:
        """Return the cells of a level that lie in a cell (the cell itself at its own level)."""
        if cell.level == TOTAL:
            return self.of_level(level)
        return [other for other in (cell, *self._insides[cell.region_id]) if other.level == level]

    def of_level(self, level: str) -> list[Cell]:
        """Return the cells of a level, ordered by code."""
        return [cell for cell in self._ordered if cell.level == level]

    def levels_below(self, cell: Cell) -> tuple[str, ...]:
        """Return the levels at which a cell has cells inside, the highest first."""
        if cell.level == TOTAL:
            return self.levels
        inside = {other.level for other in self._insides[cell.region_id]}
        return tuple(level for level in self.levels if level in inside)

    @cached_property
    def _ordered(self) -> list[Cell]:
        return sorted(self.by_id.values(), key=lambda cell: cell.code)

    @cached_property
    def _insides(self) -> defaultdict[int, list[Cell]]:
        """Return by region_id what lies in each cell, at whatever depth, ordered by code."""
        found: defaultdict[int, list[Cell]] = defaultdict(list)
        for cell in self._ordered:
            outer = cell.parent_id
            while outer is not None and outer in self.by_id:
                found[outer].append(cell)
                outer = self.by_id[outer].parent_id
        return found


def _cell(row: dict[Any, Any]) -> Cell:
    parent = None if pd.isna(row["parent_id"]) else int(row["parent_id"])
    return Cell(int(row["region_id"]), row["level"], row["code"], row["name"], parent, row["kind"])
