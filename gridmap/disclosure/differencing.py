"""What two answers tell together: figures of periods, filters and views that differ by a few cases only.

Counts of a few cases are withheld (`disclosure`); but who may choose what is counted asks twice, and
subtracts. So readers who may not see small cells choose whole months that are over and the cells of then or
of now, and a figure is withheld where a slice of it is small: a month of its period, what the other view
counts elsewhere, a category that one of its cells has few of. What is shown of a period is then a sum of
months that could be shown by themselves, so that nothing can be subtracted but such months.

Looked at are all counts of persons and their cases in a figure: numerator, denominator and what lies between
them. It needs no database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from gridmap import sql, suppression
from gridmap.disclosure import composition
from gridmap.disclosure.nesting import counts_of_persons, parents_of, values_of
from gridmap.errors import UsageError
from gridmap.measures import Boundaries, Measure
from gridmap.periods import Period, next_month
from gridmap.suppression import Counts, Mask

#: Whole years before the running one whose months are looked at one by one when a period has no beginning.
YEARS_APART = 2


@dataclass(frozen=True)
class Asked:
    """Hold what can be chosen about figures beside measure and level: see gridmap.measures.stats."""

    period: Period
    boundaries: Boundaries = "then"
    categories: tuple[str, ...] = ()


Ask = Callable[[Asked], pd.DataFrame]


def answerable(asked: Asked, today: date) -> Asked:
    """Return what is answered: everything, where no period is named, ends with the last month that is over.

    Raises
    ------
    UsageError : when what is asked for can be chosen so that it differs from another choice by a case or two;
        says which choices there are

    >>> answerable(Asked(Period(), date(2024, 5, 1)), date(2024, 7, 1))
    Traceback (most recent call last):
    gridmap.errors.UsageError: Where small cells are withheld, choose the boundaries of then or of now.
    """
    since, until = asked.period.since, asked.period.until
    partial = any(day is not None and day.day != 1 for day in (since, until))
    if partial or (until is not None and until > today) or (until is None and since is not None):
        named = f"{since or 'the beginning'} to {until or 'today'}"
        raise UsageError(
            f"Where small cells are withheld, periods are whole months that are over: not {named}."
        )
    if asked.boundaries not in ("then", "now"):
        raise UsageError("Where small cells are withheld, choose the boundaries of then or of now.")
    return replace(asked, period=Period(since, until or today.replace(day=1)))


def slices(period: Period, today: date) -> list[Period]:
    """Return the parts of a period whose figures can be asked for as well: its months.

    Without a beginning, what lies before the January of YEARS_APART years ago is one part.

    >>> [str(part.since) for part in slices(Period(date(2024, 1, 1), date(2024, 4, 1)), date(2024, 7, 9))]
    ['2024-01-01', '2024-02-01', '2024-03-01']
    """
    until = period.until or today.replace(day=1)
    since = period.since or min(date(today.year - YEARS_APART, 1, 1), until)
    parts = [Period(None, since)] if period.since is None else []
    while since < until:
        parts.append(Period(since, next_month(since)))
        since = next_month(since)
    return parts


def telling(
    ask: Ask, measure: Measure, asked: Asked, *, today: date, fewest: int, names: Sequence[str] = ()
) -> set[int]:
    """Return the cells whose figure would say something about few cases beside another that can be asked for.

    Parameters
    ----------
    ask : gives the figures of all levels, the highest first, for what is asked
    measure : the measure, among those figures
    asked : what is asked for, as answerable has it
    today : the day that counts as today
    fewest : least count shown
    names : the categories, those with most cases in the store first

    Returns
    -------
    region_id of the cells
    """
    flows = "since" in sql.load(f"measures/{measure.key}").params
    parts = [replace(asked, period=each) for each in slices(asked.period, today)] if flows else [asked]
    if asked.categories and "categories" in sql.load(f"measures/{measure.key}").params:
        found = [_untold(ask, measure, replace(part, boundaries="then"), names, fewest) for part in parts]
        found += [_restated(ask, measure, part) for part in parts if part.boundaries != "then"]
    else:
        plain = [replace(part, categories=()) for part in parts]
        # A month in the view of then, asked for by itself, is what gridmap.disclosure.guarded has looked at.
        found = [told_by_views(ask, measure, part, fewest) for part in plain
                 if part != asked or part.boundaries != "then"]  # fmt: skip
    if len(parts) > 1:
        found.append(_counted_twice(ask, measure, asked, parts))
    return set().union(*found)


def told_by_views(ask: Ask, measure: Measure, asked: Asked, fewest: int) -> set[int]:
    """Return the cells withheld of one slice: the small, and those that differ by few from the other view."""
    figures = ask(asked)
    other = None if asked.boundaries == "then" else ask(replace(asked, boundaries="then"))
    parents, told = parents_of(figures), np.zeros(len(figures), dtype=bool)
    for name in values_of(figures, measure):
        beside = [] if other is None or f"{name}.of" not in other else counts_of_persons(other, measure, name)
        for at, own in enumerate(counts_of_persons(figures, measure, name)):
            besides = np.zeros(len(own), dtype=bool)
            if beside and other is not None:
                apart = np.abs(_apart(figures, own, other, beside[at]))
                besides = (apart > 0) & (apart < fewest)
            told |= suppression.withheld(own, parents, fewest=fewest, besides=besides)
    return set(figures["region_id"][told].tolist())


def _untold(ask: Ask, measure: Measure, asked: Asked, names: Sequence[str], fewest: int) -> set[int]:
    """Return the cells of which not every category asked for may be told, in one slice."""
    whole = ask(replace(asked, categories=()))
    known = [name for name in names[: composition.MOST_PARTS] if name]
    if not set(asked.categories) <= set(known):
        return set(whole["region_id"])
    each = [ask(replace(asked, categories=(name,))) for name in known]
    wanted = [known.index(name) for name in asked.categories]
    parents, shown = parents_of(whole), np.ones(len(whole), dtype=bool)
    for name in values_of(whole, measure):
        kinds = [np.nan_to_num(kind) for kind in counts_of_persons(whole, measure, name)]
        parts = [[_in_order(whole, one, measure, name, at) for one in each] for at in range(len(kinds))]
        hidden: Mask = np.zeros(len(whole), dtype=bool)
        for kind in kinds:
            hidden |= suppression.withheld(kind, parents, fewest=fewest)
        told = composition.told(np.array(kinds), np.array(parts), levels=whole["level"], parents=parents,
                                hidden=hidden, fewest=fewest)  # fmt: skip
        shown &= told[wanted].all(axis=0)
    return set(whole["region_id"][~shown].tolist())


def _restated(ask: Ask, measure: Measure, asked: Asked) -> set[int]:
    """Return the cells that count otherwise than in the view of then, or are not there, in one slice."""
    figures, then = ask(asked), ask(replace(asked, boundaries="then"))
    differs = ~figures["region_id"].isin(then["region_id"]).to_numpy()
    for name in values_of(figures, measure):
        for at, own in enumerate(counts_of_persons(figures, measure, name)):
            differs |= np.abs(np.nan_to_num(own) - _in_order(figures, then, measure, name, at)) > 0.5
    return set(figures["region_id"][differs].tolist())


def _counted_twice(ask: Ask, measure: Measure, asked: Asked, parts: Sequence[Asked]) -> set[int]:
    """Return the cells whose figure is no sum of its months': what is carried over counts in several."""
    whole, months = ask(asked), [ask(part) for part in parts]
    differs = np.zeros(len(whole), dtype=bool)
    for name in values_of(whole, measure):
        for at, own in enumerate(counts_of_persons(whole, measure, name)):
            added = sum((_in_order(whole, month, measure, name, at) for month in months), np.zeros(len(own)))
            differs |= np.abs(np.nan_to_num(own) - added) > 0.5
    return set(whole["region_id"][differs].tolist())


def _in_order(figures: pd.DataFrame, other: pd.DataFrame, measure: Measure, name: str, at: int) -> Counts:
    """Return a count of another answer in the order of these cells, 0 where it has none."""
    if f"{name}.of" not in other:
        return np.zeros(len(figures))
    there = pd.Series(counts_of_persons(other, measure, name)[at], index=other["region_id"])
    found: Counts = np.nan_to_num(figures["region_id"].map(there).to_numpy(dtype=float))
    return found


def _apart(figures: pd.DataFrame, own: Counts, other: pd.DataFrame, theirs: Counts) -> Counts:
    """Return by how many cases another view differs, cell by cell; 0 where it has no such cell."""
    there = figures["region_id"].map(pd.Series(np.nan_to_num(theirs), index=other["region_id"]))
    beside = there.to_numpy(dtype=float)
    apart: Counts = np.where(np.isnan(beside), 0.0, beside - np.nan_to_num(own))
    return apart
