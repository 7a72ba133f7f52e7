"""Figures for readers who may not see small cells: which are withheld, at all levels together.

What is shown at one level gives away what is withheld at another, so the figures of all levels are looked at
together and the same cells are withheld whichever level is asked for. `suppression` decides; `nesting` says
what of a measure counts persons. What one answer gives away beside another one, of another period or view, is
kept by `differencing`; which categories may be told, by `composition`. Windows that move on with the days
are told more coarsely, and by themselves (`running`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from gridmap import measures, suppression
from gridmap.disclosure import differencing
from gridmap.disclosure.composition import TOLD_OF as TOLD_OF
from gridmap.disclosure.composition import composed as composed
from gridmap.disclosure.composition import on_the_rise as on_the_rise
from gridmap.disclosure.differencing import Ask
from gridmap.disclosure.differencing import Asked as Asked
from gridmap.disclosure.nesting import counts_of_persons, parents_of, values_of, withheld_with
from gridmap.disclosure.nesting import needed as needed
from gridmap.levels import EVERY, LEVELS, TOTAL
from gridmap.measures import Boundaries, Measure, measure_named
from gridmap.periods import Period
from gridmap.store import Database
from gridmap.suppression import Mask, Positions

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
    db, keys, level, boundaries, categories : as in gridmap.measures.stats
    period : whole months that are over; all of them when None
    fewest : least count shown

    Returns
    -------
    As told

    Raises
    ------
    UsageError : as gridmap.measures.stats and told
    """

    @cache
    def ask(what: Asked) -> pd.DataFrame:
        return measures.stats(db, needed(keys), level=EVERY, period=what.period, boundaries=what.boundaries,
                              categories=what.categories)  # fmt: skip

    asked = Asked(period or Period(), boundaries, tuple(categories))
    names = names_of(db.query("screens/category_list")) if asked.categories else ()
    return told(ask, keys, asked, level=level, today=db.now().date(), fewest=fewest, names=names)


def told(
    ask: Ask,
    keys: Sequence[str],
    asked: Asked,
    *,
    level: str,
    today: date,
    fewest: int = FEWEST,
    names: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the figures of a level as readers get them who may not see small cells.

    Parameters
    ----------
    ask : gives the figures of all levels for a period, a view and categories, of the measures `needed`
    keys : the measures to tell
    asked : what is asked for
    level : level to return, or `every`
    today : the day that counts as today
    fewest : least count shown
    names : the categories of the store, the most frequent first, when some are asked for

    Returns
    -------
    As guarded; cells are withheld too whose figure would say something about few cases beside that of a
    part of the period, of other categories, or in the other view

    Raises
    ------
    UsageError : when what is asked for can be chosen so that it tells of few cases: periods that are not
        whole months that are over, boundaries of a day of one's choice
    """
    asked = differencing.answerable(asked, today)

    @cache
    def ordered(what: Asked) -> pd.DataFrame:
        return from_the_top(ask(what))

    found = guarded(ordered(asked), keys, level=level, fewest=fewest)

    @cache
    def telling(measure: Measure) -> set[int]:
        return differencing.telling(ordered, measure, asked, today=today, fewest=fewest, names=names)

    for measure in _protected(keys):
        small = set[int]().union(*map(telling, withheld_with(measure.key)))
        found = _without(found, measure, found["region_id"].isin(small))
    return found


def running(ask: Ask, keys: Sequence[str], asked: Asked, *, fewest: int = FEWEST) -> pd.DataFrame:
    """Return what readers who may not see small cells get of a window that moves on with the days.

    It is told of communities and what they lie in, each window looked at by itself, in the one view and in
    the other: who writes down what it says from day to day learns how many cases a community had on a day.

    Parameters
    ----------
    ask : gives the figures of all levels for a period and a view, of the measures `needed`
    keys : the measures to tell
    asked : the window, no days of the reader's choice, and the cells of then or of now; all categories
    fewest : least count shown

    Returns
    -------
    As guarded, for every level; cells below communities are withheld
    """

    @cache
    def ordered(what: Asked) -> pd.DataFrame:
        return from_the_top(ask(what))

    found = guarded(ordered(asked), keys, level=EVERY, fewest=fewest)

    @cache
    def telling(measure: Measure) -> set[int]:
        return differencing.told_by_views(ordered, measure, asked, fewest)

    inside = ~found["level"].isin(TOLD_OF)
    for measure in _protected(keys):
        small = set[int]().union(*map(telling, withheld_with(measure.key)))
        found = _without(found, measure, inside | found["region_id"].isin(small))
    return found


def _protected(keys: Sequence[str]) -> list[Measure]:
    return [measure for measure in map(measure_named, keys) if measure.protects != "nothing"]


def _without(found: pd.DataFrame, measure: Measure, hidden: pd.Series) -> pd.DataFrame:
    """Withhold the figures of a measure in more cells than are withheld already."""
    hidden = hidden | found[f"{measure.key}.withheld"]
    return found.assign(**{column: found[column].mask(hidden) for column in _columns_of(found, measure)},
                        **{f"{measure.key}.withheld": hidden})  # fmt: skip


def names_of(listed: pd.DataFrame) -> tuple[str, ...]:
    """Return the categories of a store as screens/category_list lists them."""
    return tuple(listed["category"])


def guarded(figures: pd.DataFrame, keys: Sequence[str], *, level: str, fewest: int = FEWEST) -> pd.DataFrame:
    """Return the figures of a level with small cells withheld, and those that would give them away.

    Parameters
    ----------
    figures : of all levels whose figures readers know, as gridmap.measures.stats gives them for `every`, of
        the measures `needed`
    keys : the measures to tell
    level : level to return, or `every`
    fewest : least count shown

    Returns
    -------
    The figures of the keys, with KEY, KEY.n and KEY.of (and those of its parts) null where the cell is
    withheld, and a column KEY.withheld for each
    """
    everything = from_the_top(figures)
    wanted = (everything["level"] == level).to_numpy() | (level == EVERY)
    if level != EVERY:
        everything = everything.drop(columns="level")
    parents = parents_of(everything)
    untold = [f"{key}{part}" for key in needed(keys) if key not in keys for part in ("", ".n", ".of")]
    found: pd.DataFrame = everything[wanted].drop(columns=untold)
    masks = {key: _withheld(everything, measure_named(key), parents, fewest)[wanted] for key in needed(keys)}
    hides: dict[str, Mask] = {}
    for measure in map(measure_named, keys):
        hidden = np.logical_or.reduce([masks[other.key] for other in withheld_with(measure.key)])
        found = found.assign(**{column: found[column].mask(hidden) for column in _columns_of(found, measure)})
        found = found.assign(**dict.fromkeys(_never_told(found, measure), np.nan))
        hides[f"{measure.key}.withheld"] = hidden
    # Put in at once: columns put into a wide frame one by one cost more than all figures together.
    return pd.concat([found, pd.DataFrame(hides, index=found.index)], axis=1).reset_index(drop=True)


def from_the_top(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the rows from the highest level down: where several would do, the first is withheld."""
    ranks = figures["level"].map({TOTAL: 0, **{entry.key: entry.rank for entry in LEVELS}})
    return figures.loc[ranks.sort_values(kind="stable").index].reset_index(drop=True)


def _withheld(figures: pd.DataFrame, measure: Measure, parents: Positions, fewest: int) -> Mask:
    hidden = np.zeros(len(figures), dtype=bool)
    for name in values_of(figures, measure):
        for counts in counts_of_persons(figures, measure, name):
            hidden |= suppression.withheld(counts, parents, fewest=fewest)
    return hidden


def _columns_of(figures: pd.DataFrame, measure: Measure) -> list[str]:
    return [f"{name}{part}" for name in values_of(figures, measure) for part in ("", ".n", ".of")]


def _never_told(figures: pd.DataFrame, measure: Measure) -> list[str]:
    """Return the columns that count the cases of other days than those of the month."""
    windowed = measure.protects != "nothing" and measure.unit in ("places", "matters")
    return [f"{name}.of" for name in values_of(figures, measure)] if windowed else []
