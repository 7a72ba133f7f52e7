"""What two answers tell together: figures of periods, filters and views that differ by a few cases only.

Counts of a few cases are withheld (`disclosure`); but who may choose what is counted asks twice, and
subtracts. So readers who may not see small cells choose whole months, one category or all, and the cells of
then or of now, and a figure is withheld where a slice of it is small: a month of its period, what the filter
leaves out, what the other view counts elsewhere. What is shown of a period is then a sum of months that could
be shown by themselves, so that nothing can be subtracted but such months.

Looked at is the population of a figure: the cases it is worked out from (`of`), or what is counted where it
has none. It needs no database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from gridmap import sql, suppression
from gridmap.errors import UsageError
from gridmap.measures import Boundaries, Measure
from gridmap.periods import Period
from gridmap.suppression import Counts, Mask, Positions

#: Whole years before the running one whose months are looked at one by one when a period has no beginning.
YEARS_APART = 2


@dataclass(frozen=True)
class Asked:
    """Hold what can be chosen about figures beside measure and level: see gridmap.measures.stats."""

    period: Period
    boundaries: Boundaries = "then"
    categories: tuple[str, ...] = ()


Ask = Callable[[Asked], pd.DataFrame]


def refuse(asked: Asked, today: date) -> None:
    """Refuse what could be chosen so that it differs from another choice by a case or two.

    Raises
    ------
    UsageError : says which choices there are

    >>> refuse(Asked(Period(), "now", ("noise", "rubbish")), date(2024, 7, 1))
    Traceback (most recent call last):
    gridmap.errors.UsageError: Where small cells are withheld, choose one category or all of them.
    """
    since, until = asked.period.since, asked.period.until
    partial = any(day is not None and day.day != 1 for day in (since, until))
    if partial or (until is not None and until > today) or (until is None and since is not None):
        named = f"{since or 'the beginning'} to {until or 'today'}"
        raise UsageError(
            f"Where small cells are withheld, periods are whole months that are over: not {named}."
        )
    if len(asked.categories) > 1:
        raise UsageError("Where small cells are withheld, choose one category or all of them.")
    if asked.boundaries not in ("then", "now"):
        raise UsageError("Where small cells are withheld, choose the boundaries of then or of now.")


def slices(period: Period, today: date) -> list[Period]:
    """Return the parts of a period whose figures can be asked for as well: its months.

    Without a beginning, what lies before the January of YEARS_APART years ago is one part; without an end,
    the running month is.

    >>> [str(part.since) for part in slices(Period(date(2024, 1, 1), date(2024, 4, 1)), date(2024, 7, 9))]
    ['2024-01-01', '2024-02-01', '2024-03-01']
    """
    until = period.until or _next_month(today)
    since = period.since or min(date(today.year - YEARS_APART, 1, 1), until)
    parts = [Period(None, since)] if period.since is None else []
    while since < until:
        parts.append(Period(since, _next_month(since)))
        since = _next_month(since)
    return parts


def telling(ask: Ask, measure: Measure, asked: Asked, *, today: date, fewest: int) -> set[int]:
    """Return the cells whose figure would say something about few cases beside another that can be asked for.

    Parameters
    ----------
    ask : gives the figures of all levels for what is asked, as gridmap.measures.stats does
    measure : the measure, among those figures
    asked : what is asked for
    today : the day that counts as today
    fewest : least count shown

    Returns
    -------
    region_id of the cells
    """
    flows = "since" in sql.load(f"measures/{measure.key}").params
    told: set[int] = set()
    for period in slices(asked.period, today) if flows else [asked.period]:
        part = replace(asked, period=period)
        figures = ask(part)
        others = [ask(other) for other in _beside(part)]
        for name in values_of(figures, measure):
            hidden = _hidden(figures, others, measure, name, fewest)
            told.update(figures["region_id"][hidden].tolist())
    return told


def parents_of(figures: pd.DataFrame) -> Positions:
    """Return the row of each cell's parent; that of the whole store where there is none among them."""
    row_of = {region: row for row, region in enumerate(figures["region_id"])}
    top = row_of.get(0, -1)
    found = [row_of.get(parent, top) for parent in figures["parent_id"]]
    return np.array([-1 if row == top else parent for row, parent in enumerate(found)], dtype=np.intp)


def values_of(figures: pd.DataFrame, measure: Measure) -> list[str]:
    """Return the names of a measure's figures: its own, and those of its parts."""
    names = [str(name).removesuffix(".of") for name in figures.columns if str(name).endswith(".of")]
    return [name for name in names if name == measure.key or (
        measure.split and name.startswith(f"{measure.key}."))]  # fmt: skip


def _beside(asked: Asked) -> list[Asked]:
    """Return what can be asked for as well and differs otherwise: all categories, the other view."""
    found = [replace(asked, categories=())] if asked.categories else []
    return found + ([replace(asked, boundaries="then")] if asked.boundaries != "then" else [])


def _hidden(
    figures: pd.DataFrame, others: list[pd.DataFrame], measure: Measure, name: str, fewest: int
) -> Mask:
    """Return which cells are withheld of one figure of one slice."""
    parents, own = parents_of(figures), _population(figures, measure, name)
    apart = [_difference(figures, own, other, measure, name) for other in others]
    besides = np.zeros(len(own), dtype=bool)
    for counts in apart:
        besides |= (np.abs(counts) > 0) & (np.abs(counts) < fewest)
    hidden = suppression.withheld(own, parents, fewest=fewest, besides=besides)
    for counts in apart:
        if (counts >= 0).all():  # what a filter leaves out is counted in cells, too
            hidden = hidden | suppression.withheld(counts, parents, fewest=fewest)
    return hidden


def _population(figures: pd.DataFrame, measure: Measure, name: str) -> Counts:
    """Return how many cases a figure is worked out from."""
    n, of = (figures[f"{name}.{part}"].to_numpy(dtype=float) for part in ("n", "of"))
    counted: Counts = n if np.isnan(of).all() or (measure.kind == "rate" and measure.unit != "share") else of
    return np.nan_to_num(counted)


def _difference(
    figures: pd.DataFrame, own: Counts, other: pd.DataFrame, measure: Measure, name: str
) -> Counts:
    """Return by how many cases another answer differs, cell by cell; 0 where it has no such cell."""
    if f"{name}.of" not in other:
        return np.zeros(len(own))
    there = pd.Series(_population(other, measure, name), index=other["region_id"])
    beside = figures["region_id"].map(there).to_numpy(dtype=float)
    return np.where(np.isnan(beside), 0.0, beside - own)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
