"""The scene: a view made concrete on a store: which cell, which cells inside it, which days. Pure."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from gridmap.comparing import period_before
from gridmap.disclosure import TOLD_OF
from gridmap.periods import Period, month_before, next_month
from gridmap.ui.periods import period_of, previous_of
from gridmap.ui.theme import Palette, Screen
from gridmap.ui.tree import Cell, CellTree
from gridmap.ui.view import View

#: The window running to today that readers have who may not see small cells.
RUNNING = "30d"


@dataclass(frozen=True, eq=False)
class Scene:
    """Hold everything a page needs to know before it asks for figures.

    Parameters
    ----------
    view : the view of the address
    now : the moment that counts as now
    tree : the cells in force on `day`
    cell : the cell one has drilled into
    around : the cell whose inside is drawn: `cell`, or its parent when it has no cells inside
    level : level of the cells drawn and ranked; empty when there are none
    period, previous : days looked at and days to compare with
    day : the day whose boundaries are drawn
    colours, screen : how to draw
    sees_small_cells : whether the reader may see counts of a few people; where not, the view is that of
        read_running or read_by_months
    """

    view: View
    now: datetime
    tree: CellTree
    cell: Cell
    around: Cell
    level: str
    period: Period
    previous: Period | None
    day: date
    colours: Palette
    screen: Screen
    sees_small_cells: bool = True

    @cached_property
    def key(self) -> tuple[Hashable, ...]:
        """Return what tells two scenes on the same state of the store apart."""
        cells = (self.cell.region_id, self.around.region_id, self.level)
        days = (self.now, self.period, self.previous, self.day)
        return (self.view, *cells, *days, self.colours.page, self.screen, self.sees_small_cells)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scene) and self.key == other.key

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.key)  # every answer kept for a scene is found by it

    @property
    def lang(self) -> str:
        """Return the language of the screen."""
        return self.view.lang

    @property
    def measure(self) -> str:
        """Return the key of the measure ranked: of a map of coverage or a film, what it shows."""
        return {"coverage": "land.coverage", "film": "petition.received"}.get(
            self.view.show, self.view.measure
        )

    @property
    def is_running(self) -> bool:
        """Return whether readers who may not see small cells look at the window that runs to today."""
        return not self.sees_small_cells and self.view.period == RUNNING

    @property
    def may_run(self) -> bool:
        """Return whether the window that runs to today is told of the cells drawn."""
        return not self.level or self.level in TOLD_OF

    @property
    def inside(self) -> list[Cell]:
        """Return the cells drawn and ranked."""
        return self.tree.within(self.around, self.level) if self.level else []


def read_running(view: View) -> View:
    """Return a view as readers have it who may not see small cells: the one window that runs to today.

    What is chosen freely can be subtracted from what was chosen before, so that neither days nor categories
    are.

    >>> view = read_running(View(period="12m", categories=("noise",)))
    >>> (view.period, view.categories)
    ('30d', ())
    """
    return replace(view, period=RUNNING, since=None, until=None, categories=())


def read_by_months(view: View, today: date) -> View:
    """Return a view as readers have it who may not see small cells: one month that is over, all categories.

    It is had of cells so small that a window that moves on from day to day would tell of single cases.

    >>> view = read_by_months(View(period="30d", categories=("noise",)), date(2026, 11, 4))
    >>> (view.period, str(view.since), str(view.until), view.categories)
    ('custom', '2026-10-01', '2026-10-31', ())
    """
    last = month_before(today)
    asked = view.since if view.period == "custom" and view.since else last
    first = min(asked.replace(day=1), last)
    end = next_month(first) - timedelta(days=1)
    return replace(view, period="custom", since=first, until=end, categories=())


def day_of(view: View, now: datetime) -> date:
    """Return the day whose boundaries are drawn: today, or the last day of a period that has ended."""
    today = now.date()
    until = period_of(view.period, today=today, since=view.since, until=view.until).until
    if view.boundaries == "now" or until is None:
        return today
    return min(today, until - timedelta(days=1))


def scene_of(
    view: View,
    *,
    tree: CellTree,
    now: datetime,
    colours: Palette,
    screen: Screen,
    sees_small_cells: bool = True,
) -> Scene:
    """Make a view concrete.

    Parameters
    ----------
    view : the view of the address; that of read_running or read_by_months for readers who may not see small
        cells
    tree : the cells in force on the day of `day_of`
    now : the moment that counts as now
    colours, screen : how to draw
    sees_small_cells : whether the reader may see counts of a few people
    """
    cell = tree.at(view.at)
    below = tree.levels_below(cell)
    around, level = (cell, below[0]) if below else _siblings(tree, cell)
    period = period_of(view.period, today=now.date(), since=view.since, until=view.until)
    by_months = not sees_small_cells and view.period != RUNNING and period.has_past
    previous = period_before(period, "previous") if by_months else previous_of(view.period, period)
    return Scene(
        view=view, now=now, tree=tree, cell=cell, around=around,
        level=view.level if view.level in below else level,
        period=period, previous=previous, day=day_of(view, now),
        colours=colours, screen=screen, sees_small_cells=sees_small_cells,
    )  # fmt: skip


def _siblings(tree: CellTree, cell: Cell) -> tuple[Cell, str]:
    """Return where to stay and at which level when a cell has nothing inside."""
    parent = tree.by_id.get(cell.parent_id) if cell.parent_id is not None else None
    return (parent or cell, cell.level) if cell.region_id else (cell, "")
