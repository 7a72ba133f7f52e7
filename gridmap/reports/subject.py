"""What a report is about: a cell, a month, the cells inside; and what it asks of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from gridmap import disclosure, measures, regions
from gridmap.comparing import period_before, recorded_by
from gridmap.errors import UsageError
from gridmap.levels import EVERY, TOTAL, level_named
from gridmap.measures import Measure, measure_named
from gridmap.periods import Period, next_month
from gridmap.reports.words import say
from gridmap.store import Database
from gridmap.ui import formats, kpis
from gridmap.ui.tree import Cell, CellTree

Row = Mapping[Any, Any]


@dataclass(frozen=True, eq=False)
class Subject:
    """Hold what a report is about.

    Parameters
    ----------
    db : the store, or the store as it was believed
    lang : zh or en
    first : first day of the month
    cell : the cell reported on
    level : level of the cells inside that are compared; empty when it has none
    tree : the cells in force on `day`
    fewest : least count shown: smaller ones, and what would give them away, are withheld; 0 shows all
    told : figures with small cells withheld that were worked out before
    """

    db: Database
    lang: str
    first: date
    cell: Cell
    level: str
    tree: CellTree
    fewest: int = 0
    told: dict[tuple[tuple[str, ...], Period], pd.DataFrame] = field(default_factory=dict)

    @property
    def period(self) -> Period:
        """Return the month."""
        return Period(self.first, next_month(self.first))

    @property
    def day(self) -> date:
        """Return the day whose boundaries count: the last of the month, or today while it runs."""
        return last_day(self.first, self.db.now())

    @property
    def moment(self) -> datetime:
        """Return the moment at which the states are taken."""
        return min(datetime.combine(next_month(self.first), time()), self.db.now())

    @property
    def inside(self) -> list[Cell]:
        """Return the cells that are compared."""
        return self.tree.within(self.cell, self.level) if self.level else []

    @cached_property
    def periods(self) -> tuple[Period, Period, Period]:
        """Return the month, the one before and the one a year earlier."""
        month = self.period
        return month, period_before(month, "previous"), period_before(month, "year")

    def figures(self, keys: Sequence[str]) -> dict[str, Figure]:
        """Return measures of the cell with those of the month before and of the year before."""
        month, *earlier = self.periods
        days = self.ask("first_days")
        past = [self.row(recorded_by(days, keys, period), period) for period in earlier]
        now = self.row(keys, month)
        return {key: Figure(measure_named(key), now, *past) for key in keys}

    def by_cell(self, keys: Sequence[str], period: Period | None = None) -> pd.DataFrame:
        """Return measures of the cells inside, as gridmap.measures.stats does."""
        found = self._guarded(keys, self.level, period or self.period)
        inside = {cell.region_id for cell in self.inside}
        return found[found["region_id"].isin(inside)].reset_index(drop=True)

    def ask(self, name: str, **params: object) -> pd.DataFrame:
        """Return the rows of a query of `queries/screens`."""
        return self.db.query(f"screens/{name}", **params)

    def counts(self, name: str, period: Period) -> pd.DataFrame:
        """Return the rows of a query about the petitions of the cell in a period."""
        return self.ask(
            name, region_id=self.cell.region_id, level=self.cell.level, boundaries=self.day,
            since=period.since, until=period.until, categories=[],
        )  # fmt: skip

    def row(self, keys: Sequence[str], period: Period) -> Row:
        """Return measures of the cell in a period; empty when it was not there."""
        found = self._guarded(keys, self.cell.level, period)
        own = found[found["region_id"] == self.cell.region_id]
        return own.to_dict("records")[0] if len(own) else {}

    def composition(self, field: str, period: Period) -> tuple[pd.DataFrame, int]:
        """Return what the cell's petitions of a month are made up of, and how many others it has together.

        Parameters
        ----------
        field : category or channel
        period : a month

        Returns
        -------
        Frame with the field and n, the largest part first; where small cells are withheld, what may be told
        """
        if not self.fewest:
            return self.counts(f"{field}_shares", period), 0
        told = self.composed(field, period)
        own = told[told["region_id"] == self.cell.region_id].rename(columns={"part": field})
        known = own[field].notna()
        return own[known].sort_values("n", ascending=False, kind="stable"), int(own.loc[~known, "n"].sum())

    def composed(self, field: str, period: Period) -> pd.DataFrame:
        """Return what all cells are made up of, as gridmap.disclosure.composed tells it."""
        counts = self.ask("shares_of_cells", field=field, since=period.since, until=period.until)
        order = disclosure.names_of(self.ask("category_list")) if field == "category" else ()
        cells = measures.stats(self.db, ["petition.received"], level=EVERY, period=period)
        return disclosure.composed(counts, disclosure.from_the_top(cells), order, fewest=self.fewest)

    def _guarded(self, keys: Sequence[str], level: str, period: Period) -> pd.DataFrame:
        """Return figures; with small cells withheld those of all other answers, in the cells of then."""
        if not self.fewest:
            return self._stats(keys, level, period)
        asked = (tuple(keys), period)
        if asked not in self.told:
            self.told[asked] = disclosure.stats(self.db, keys, level=EVERY, period=period, fewest=self.fewest)
        found = self.told[asked]
        return found[found["level"] == level].drop(columns="level").reset_index(drop=True)

    def _stats(self, keys: Sequence[str], level: str, period: Period) -> pd.DataFrame:
        # The land as it was is asked in the boundaries of then: those of a later day know one state only.
        land = [key for key in keys if measure_named(key).n_unit == "m2"]
        others = [key for key in keys if key not in land]
        found = measures.stats(self.db, others, level=level, period=period, boundaries=self.day)
        if not land:
            return found
        then = measures.stats(self.db, land, level=level, period=period, boundaries="then")
        return found.merge(then[["region_id", *(name for name in then if str(name).startswith(tuple(land)))]],
                           on="region_id", how="left")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Figure:
    """Hold a measure of a cell: the row of the month, of the month before and of the year before."""

    measure: Measure
    row: Row
    before: Row
    year: Row

    @property
    def value(self) -> float | None:
        """Return the value of the month; none for a count of what was not due yet, unlike before."""
        key = f"{self.measure.key}.of"
        undue = formats.is_missing(self.row.get(key)) and not formats.is_missing(self.before.get(key))
        return None if undue else self.row.get(self.measure.key)

    @property
    def is_known(self) -> bool:
        """Return whether there is a value in any of the three periods, shown or withheld."""
        key = self.measure.key
        return any(not formats.is_missing(row.get(key)) or row.get(f"{key}.withheld")
                   for row in (self.row, self.before, self.year))  # fmt: skip

    def written(self, lang: str) -> str:
        """Write the value of the month with its unit, a star where it is withheld."""
        if self.row.get(f"{self.measure.key}.withheld"):
            return formats.WITHHELD
        return kpis.written(self.value, self.measure, lang)

    def parts(self) -> str:
        """Write numerator and denominator."""
        return kpis.parts(self.row, self.measure)


def subject_of(
    db: Database, first: date, *, lang: str = "zh", level: str = "", at: str = "", fewest: int = 0
) -> Subject:
    """Say what a report is about.

    Parameters
    ----------
    db : the open store
    first : first day of the month
    lang : zh or en
    level : level of the cells compared; that right below the cell when empty
    at : code of the cell reported on; the whole store when empty
    fewest : least count shown; 0 shows all

    Raises
    ------
    UsageError : when the month has not begun, or is not over where small cells are withheld, or there is no
        such cell or no cell of the level inside it
    """
    now = db.now()
    if fewest and first <= now.date() < next_month(first):
        raise UsageError(
            f"{first:%Y-%m} is not over: while it runs, each day's change would tell of single cases. Choose "
            "a month before it; with the right to small cells --small-cells shows this one, too."
        )
    if first > now.date():
        raise UsageError(f"{first:%Y-%m} has not begun: the store's data end on {now.date()}.")
    tree = CellTree(regions.regions_on(db, last_day(first, now)))
    cell = tree.at(at)
    if at and cell.code != at:
        raise UsageError(
            f"There is no cell '{at}' on {last_day(first, now)}. List them with: gridmap regions"
        )
    below = tree.levels_below(cell)
    if level and level_named(level).key not in below:
        named = f"'{cell.name}' has" if cell.level != TOTAL else "The store has"
        raise UsageError(
            f"{named} no cells of level '{level}' inside; there are: {', '.join(below) or 'none'}."
        )
    return Subject(db, lang, first, cell, level or next(iter(below), ""), tree, fewest)


def name_of(subject: Subject) -> str:
    """Return what the cell reported on is called; the store's own title for the whole of it."""
    if subject.cell.level != TOTAL:
        return subject.cell.name
    title = subject.db.setting(f"title_{subject.lang}") or subject.db.setting("title")
    return title or say("everything", subject.lang)


def is_synthetic(db: Database) -> bool:
    """Return whether the store holds made-up data, which everything that leaves it has to say."""
    return (db.setting("synthetic") or "").lower() == "true"


def last_day(first: date, now: datetime) -> date:
    """Return the last day of a month, today while it runs."""
    return min(next_month(first) - timedelta(days=1), now.date())
