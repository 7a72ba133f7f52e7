"""The registry of measures: every figure on every screen, export and API, defined once.

A measure is one file of `queries/measures/`. Its header says what it is called, in which unit, how it
is defined, where the definition comes from and what to beware of; its statement returns numerator,
denominator and value per cell of a level.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridmap import sql
from gridmap.errors import UsageError
from gridmap.levels import EVERY, TOTAL, level_named
from gridmap.periods import OPEN_PAST, Period
from gridmap.store import Database

#: In which boundaries records are counted: those of the day they happened, those of today, of a day.
Boundaries = Literal["then", "now"] | date

Numbers = npt.NDArray[np.float64]

ASKED_AT_ONCE = 4


@dataclass(frozen=True)
class Measure:
    """Describe one measure as the header of its file does.

    Parameters
    ----------
    key : register.measure (`petition.close_rate`)
    kind : count (0 where there are no records) or rate, mean, median, percentile (null there)
    direction : 1 when high is good, -1 when high is bad, 0 when neither
    split : what the measure is broken down by; empty for one value per cell
    protects : cases (small cells are withheld from readers without the right) or nothing
    version : hash of the definition; part of every cache key
    unit_zh : the unit in Chinese, for units that the screens do not know
    source_zh, caveat_zh : source and caveat in Chinese; empty where a measure of one's own has none
    n_unit : m2 where numerator and denominator are land; empty where they are counts
    sums_over : table of the records each of which counts by itself, so that numerators and denominators of
        any parts of them add up to those of all; empty when more is looked at than such a row
    beside : counts that come out when the figure is told beside those of other measures, with commas between
        them: sums of `n` and `of`, its own and theirs (`of - n - petition.overdue.n`); empty when none do
    withheld_with : measures, with commas between them, wherever one of which is withheld this one is too, for
        with the others it would give that one away; empty when there is none
    """

    key: str
    title_zh: str
    title_en: str
    unit: str
    kind: str
    direction: int
    definition_zh: str
    definition_en: str
    source: str
    caveat: str
    split: str
    version: str
    unit_zh: str = ""
    protects: str = "cases"
    source_zh: str = ""
    caveat_zh: str = ""
    n_unit: str = ""
    sums_over: str = ""
    beside: str = ""
    withheld_with: str = ""


@cache
def measures() -> tuple[Measure, ...]:
    """Return all measures, in the order of their keys."""
    return tuple(_described(sql.load(name)) for name in sql.names_in("measures"))


def measure_named(key: str) -> Measure:
    """Return the measure with this key.

    Raises
    ------
    UsageError : when there is none; the message names the nearest
    """
    by_key = {measure.key: measure for measure in measures()}
    if key not in by_key:
        nearest = ", ".join(get_close_matches(key, by_key, n=3) or by_key)
        raise UsageError(f"There is no measure '{key}'. Did you mean: {nearest}? See: gridmap measures")
    return by_key[key]


def stats(
    db: Database,
    keys: Sequence[str],
    *,
    level: str,
    period: Period | None = None,
    boundaries: Boundaries = "then",
    categories: Sequence[str] = (),
) -> pd.DataFrame:
    """Compute measures for every cell of a level.

    Cells without records have 0 for counts and null for everything else: a rate with a zero
    denominator has no value.

    Parameters
    ----------
    db : the open store
    keys : measures to compute
    level : level of the cells, `total` for the whole store as one row, or `every` for all levels at once
    period : days to look at; figures of a state (open, overdue, coverage) are taken at its end
    boundaries : `then` counts a record in the cell in force when it happened, `now` and a day restate
        everything to the cells of that day
    categories : categories of petitions to count; all when empty

    Returns
    -------
    Frame with region_id, code, name, parent_id, kind (and level when all are asked for), then KEY, KEY.n
    (numerator) and KEY.of (denominator) for each key, KEY.split... for measures that are broken down; one
    row per cell, ordered by code.

    Raises
    ------
    UsageError : when a measure or the level does not exist
    """
    chosen = [measure_named(key) for key in keys]
    now = db.now()
    values = parameters(level, period or Period(), boundaries, categories, now)
    cells = _cells(db, level, values, now)
    regions = pd.Index(cells["region_id"])
    columns: dict[str, Numbers] = {}  # joined by hand: frame by frame took longer than asking
    for measure, rows in zip(chosen, _answers(db, chosen, values), strict=True):
        columns.update(_columns(measure, rows, regions))
    return pd.concat([cells, pd.DataFrame(columns, index=cells.index)], axis=1)


def parameters(
    level: str, period: Period, boundaries: Boundaries, categories: Sequence[str], now: datetime
) -> dict[str, object]:
    """Return the values of all parameters that statements of measures have.

    Parameters
    ----------
    level, period, boundaries, categories : as in stats
    now : the moment that counts as now
    """
    if level not in (TOTAL, EVERY):
        level_named(level)
    return {
        "level": level,
        "boundaries": _day_of(boundaries, now),
        "since": period.since,
        "until": period.until,
        "now": now,
        "categories": list(categories),
    }


def _described(query: sql.Query) -> Measure:
    entry = query.header
    return Measure(
        key=query.name.removeprefix("measures/"),
        title_zh=entry["title.zh"],
        title_en=entry["title.en"],
        unit=entry["unit"],
        kind=entry["kind"],
        direction=int(entry["direction"]),
        definition_zh=entry["definition.zh"],
        definition_en=entry["definition.en"],
        source=entry["source"],
        caveat=entry["caveat"],
        split=entry.get("split", ""),
        version=query.version,
        unit_zh=entry.get("unit.zh", ""),
        protects=entry.get("protects", "cases"),
        source_zh=entry.get("source.zh", ""),
        caveat_zh=entry.get("caveat.zh", ""),
        n_unit=entry.get("n.unit", ""),
        sums_over=entry.get("sums_over", ""),
        beside=entry.get("beside", ""),
        withheld_with=entry.get("withheld_with", ""),
    )


def _day_of(boundaries: Boundaries, now: datetime) -> date | None:
    if boundaries == "then":
        return None
    return now.date() if boundaries == "now" else date.fromisoformat(str(boundaries))


def _cells(db: Database, level: str, values: dict[str, object], now: datetime) -> pd.DataFrame:
    """Return the cells to show: those of the day, or, then, all in force at any time in the period."""
    day = values["boundaries"]
    last = day or last_day(values["until"], now)
    first = day or values["since"] or OPEN_PAST
    cells = db.query("screens/cells", level=level, first_day=first, last_day=last)
    return cells if level == EVERY else cells.drop(columns="level")


def last_day(until: object, now: datetime) -> date:
    """Return the last day of a period that ends before a day, no later than today."""
    return min(until - timedelta(days=1), now.date()) if isinstance(until, date) else now.date()


def _ask(db: Database, measure: Measure, values: dict[str, object]) -> pd.DataFrame:
    query = sql.load(f"measures/{measure.key}")
    return db.query(query.name, **{name: values[name] for name in query.params})


def _answers(db: Database, chosen: Sequence[Measure], values: dict[str, object]) -> list[pd.DataFrame]:
    """Ask for all measures side by side: while one is planned or fetched, another is computed."""
    with ThreadPoolExecutor(max_workers=ASKED_AT_ONCE) as pool:
        return list(pool.map(lambda measure: _ask(db, measure, values), chosen))


def _columns(measure: Measure, found: pd.DataFrame, regions: pd.Index) -> dict[str, Numbers]:
    """Return the columns of a measure, named after key and part where it is split, one row per region."""
    if not measure.split:
        return _in_order(measure, measure.key, found, regions)
    return {name: numbers for part, rows in found.groupby("split")
            for name, numbers in _in_order(measure, f"{measure.key}.{part}", rows, regions).items()
            }  # fmt: skip


def _in_order(measure: Measure, key: str, found: pd.DataFrame, regions: pd.Index) -> dict[str, Numbers]:
    """Put figures into the order of the regions; where there are no records 0 for counts, else nothing."""
    rows = pd.Index(found["region_id"]).get_indexer(regions)
    absent = 0.0 if measure.kind == "count" else np.nan
    taken = {}
    for name, part, otherwise in (
        (key, "value", absent),
        (f"{key}.n", "n", absent),
        (f"{key}.of", "of", np.nan),
    ):
        numbers = np.append(found[part].to_numpy(dtype=float, na_value=np.nan), np.nan)[rows]
        taken[name] = np.where(np.isnan(numbers), otherwise, numbers)
    return taken
