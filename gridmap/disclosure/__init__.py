"""Figures for readers who may not see small cells: which are withheld, at all levels together.

What is shown at one level gives away what is withheld at another, so the figures of all levels are looked at
together and the same cells are withheld whichever level is asked for. `suppression` decides; here it is said
what of a measure counts persons. What one answer gives away beside another one, of another period, filter or
view, is kept by `differencing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from gridmap import measures, suppression
from gridmap.disclosure import differencing
from gridmap.disclosure.differencing import Asked, values_of
from gridmap.levels import EVERY, LEVELS, TOTAL
from gridmap.measures import Boundaries, Measure, measure_named
from gridmap.periods import Period
from gridmap.store import Database
from gridmap.suppression import Counts, Mask, Positions

#: The fewest cases shown to everybody, unless the settings say otherwise.
FEWEST = 5


def stats(
    db: Database,
    keys: Sequence[str],
    *,
    level: str,
    period: Period | None = None,
    boundaries: Boundaries = "then",
    categories: Sequence[str] = (),
    fewest: int = FEWEST,
) -> pd.DataFrame:
    """Compute measures as gridmap.measures.stats does, for readers who may not see small cells.

    Parameters
    ----------
    db, keys, level, period, boundaries, categories : as in gridmap.measures.stats
    fewest : least count shown

    Returns
    -------
    As guarded; cells are withheld too whose figure would say something about few cases beside that of a
    part of the period, without the filter, or in the other view

    Raises
    ------
    UsageError : as gridmap.measures.stats, and when what is asked for can be chosen so that it tells of few
        cases: periods that are not whole months, several categories, boundaries of a day of one's choice
    """
    asked = Asked(period or Period(), boundaries, tuple(categories))
    today = db.now().date()
    differencing.refuse(asked, today)

    @cache
    def ask(what: Asked) -> pd.DataFrame:
        return measures.stats(db, keys, level=EVERY, period=what.period, boundaries=what.boundaries,
                              categories=what.categories)  # fmt: skip

    found = guarded(ask(asked), keys, level=level, fewest=fewest)
    for measure in map(measure_named, keys):
        if measure.protects == "nothing":
            continue
        told = differencing.telling(ask, measure, asked, today=today, fewest=fewest)
        hidden = found["region_id"].isin(told) | found[f"{measure.key}.withheld"]
        found = found.assign(**{column: found[column].mask(hidden) for column in _columns_of(found, measure)},
                             **{f"{measure.key}.withheld": hidden})  # fmt: skip
    return found


def guarded(figures: pd.DataFrame, keys: Sequence[str], *, level: str, fewest: int = FEWEST) -> pd.DataFrame:
    """Return the figures of a level with small cells withheld, and those that would give them away.

    Parameters
    ----------
    figures : of all levels whose figures readers know, as gridmap.measures.stats gives them for `every`
    keys : the measures among them
    level : level to return, or `every`
    fewest : least count shown

    Returns
    -------
    The figures with KEY, KEY.n and KEY.of (and those of its parts) null where the cell is withheld, and a
    column KEY.withheld for each key
    """
    everything = _from_the_top(figures)
    wanted = (everything["level"] == level).to_numpy() | (level == EVERY)
    if level != EVERY:
        everything = everything.drop(columns="level")
    parents = differencing.parents_of(everything)
    found: pd.DataFrame = everything[wanted]
    told: dict[str, Mask] = {}
    for measure in map(measure_named, keys):
        hidden = _withheld(everything, measure, parents, fewest)[wanted]
        found = found.assign(**{column: found[column].mask(hidden) for column in _columns_of(found, measure)})
        told[f"{measure.key}.withheld"] = hidden
    # Put in at once: columns put into a wide frame one by one cost more than all figures together.
    return pd.concat([found, pd.DataFrame(told, index=found.index)], axis=1).reset_index(drop=True)


def _from_the_top(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the rows from the highest level down: where several would do, the first is withheld."""
    ranks = figures["level"].map({TOTAL: 0, **{entry.key: entry.rank for entry in LEVELS}})
    return figures.loc[ranks.sort_values(kind="stable").index].reset_index(drop=True)


def shown_parts(counts: pd.Series, *, fewest: int = FEWEST) -> pd.Series:
    """Withhold the small parts of a whole whose sum is shown, such as the steps of a trend.

    Parameters
    ----------
    counts : one count per part
    fewest : least count shown

    Returns
    -------
    The counts, null where withheld

    >>> shown_parts(pd.Series([40, 2, 9, 0])).tolist()
    [40.0, nan, nan, 0.0]
    """
    parts = counts.to_numpy(dtype=float)
    whole = np.concatenate([[np.nansum(parts)], parts])
    parents = np.concatenate([[-1], np.zeros(len(parts), dtype=np.intp)])
    return counts.astype(float).mask(suppression.withheld(whole, parents, fewest=fewest)[1:])


def parts_to_name(counts: Sequence[int], most: int, *, fewest: int = FEWEST) -> int:
    """Return how many parts of a whole can be named, the greatest first, when the others are added up.

    Small parts are added up, and as many more as it takes that the sum is not small itself.

    Parameters
    ----------
    counts : counts of the parts, the greatest first
    most : how many may be named
    fewest : least count shown

    >>> parts_to_name([40, 20, 9, 2, 1], 10)
    2
    """
    named = min(most, sum(count >= fewest for count in counts))
    while named and 0 < sum(counts[named:]) < fewest:
        named -= 1
    return named


def withheld_in_table(counts: pd.DataFrame, *, fewest: int = FEWEST) -> pd.DataFrame:
    """Return which numbers of a table are withheld whose rows and columns are added up elsewhere.

    Every row and every column that withholds a number withholds at least two.

    Parameters
    ----------
    counts : whole numbers
    fewest : least count shown

    >>> int(withheld_in_table(pd.DataFrame([[2, 9, 9], [9, 7, 8], [9, 9, 9]])).sum().sum())
    4
    """
    table = counts.to_numpy(dtype=float)
    hidden = (table > 0) & (table < fewest)
    while True:
        more = _second_in_row(table, hidden) | _second_in_row(table.T, hidden.T).T
        if not more.any():
            return pd.DataFrame(hidden, index=counts.index, columns=counts.columns)
        hidden |= more


def _second_in_row(table: Counts, hidden: Mask) -> Mask:
    """Mark the smallest number shown in each row that withholds a single one."""
    shown = np.where(hidden | (table == 0), np.inf, table)
    alone = (hidden.sum(axis=1) == 1) & np.isfinite(shown.min(axis=1, initial=np.inf))
    more = np.zeros_like(hidden)
    more[alone, shown[alone].argmin(axis=1)] = True
    return more


def _withheld(figures: pd.DataFrame, measure: Measure, parents: Positions, fewest: int) -> Mask:
    hidden = np.zeros(len(figures), dtype=bool)
    for counts in _counts_of_persons(figures, measure):
        hidden |= suppression.withheld(counts.to_numpy(dtype=float), parents, fewest=fewest)
    return hidden


def _counts_of_persons(figures: pd.DataFrame, measure: Measure) -> list[pd.Series]:
    """Return what of a measure is added up from persons or their cases: what must not be small.

    Of a share these are numerator, denominator and their difference; of a mean the cases it is made of.
    """
    if measure.protects == "nothing":
        return []
    found = []
    for name in values_of(figures, measure):
        n, of = figures[f"{name}.n"].astype(float), figures[f"{name}.of"].astype(float)
        if measure.kind in ("mean", "median", "percentile"):
            found += [of]
        elif measure.kind == "count" or measure.unit == "share":
            found += [n, of, *([of - n] if measure.unit == "share" else [])]
        else:
            found += [n]
    return found


def _columns_of(figures: pd.DataFrame, measure: Measure) -> list[str]:
    return [f"{name}{part}" for name in values_of(figures, measure) for part in ("", ".n", ".of")]
