"""Figures of a period beside those of an earlier one: year-on-year (同比) and period-on-period (环比)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from gridmap import measures, sql
from gridmap.errors import UsageError
from gridmap.levels import TOTAL, level_named
from gridmap.measures import Boundaries
from gridmap.periods import OPEN_PAST, Period
from gridmap.store import Database

Against = Literal["year", "previous"]

#: Registers beside petitions whose records are counted where they lie on a day: buildings, people.
_FOLLOWED = ("rental_building", "population")


def period_before(period: Period, against: Against) -> Period:
    """Return the period to compare with.

    The year before has the same days. The previous period ends where this one begins: whole months have as
    many months before them, anything else as many days.

    Raises
    ------
    UsageError : when the period has an open end, or begins so early that there is none before it

    >>> period_before(Period(date(2026, 3, 1), date(2026, 4, 1)), "previous")
    Period(since=datetime.date(2026, 2, 1), until=datetime.date(2026, 3, 1))
    >>> period_before(Period(date(2024, 2, 29), date(2024, 3, 1)), "year")
    Period(since=datetime.date(2023, 2, 28), until=datetime.date(2023, 3, 1))
    """
    since, until = period.since, period.until
    if since is None or until is None:
        raise UsageError(
            "Only a period with a first and a last day can be compared: give --since and --until."
        )
    if not period.has_past:
        raise UsageError(
            f"Before {since} there is no period to compare with: {OPEN_PAST} is as far as one looks."
        )
    if against == "year":
        return Period(_months_before(since, 12), _months_before(until, 12))
    if since.day == until.day == 1:
        months = (until.year - since.year) * 12 + until.month - since.month
        return Period(_months_before(since, months), since)
    return Period(since - (until - since), since)


def recorded_by(first_days: pd.DataFrame, keys: Sequence[str], period: Period) -> tuple[str, ...]:
    """Return those measures whose register had records for at least half of a period.

    Where nobody wrote anything down yet, nothing is known: no visit is not a figure to compare with.

    Parameters
    ----------
    first_days : rows of `screens/first_days`
    keys : measures
    period : days that others are compared with

    >>> days = pd.DataFrame({"register": ["visit"], "first_day": [date(2026, 3, 1)]})
    >>> recorded_by(days, ["visit.made", "land.coverage"], Period(date(2026, 2, 1), date(2026, 3, 1)))
    ('land.coverage',)
    """
    since, until = period.since, period.until
    if until is None:
        return tuple(keys)
    latest = until - ((until - since) / 2 if since else timedelta(days=1))
    begun = first_days.dropna(subset="first_day").set_index("register")["first_day"]
    begun_later = {register for register, day in begun.items() if pd.Timestamp(day).date() > latest}
    return tuple(key for key in keys if key.partition(".")[0] not in begun_later)


def compared(
    db: Database,
    keys: Sequence[str],
    *,
    level: str,
    period: Period,
    against: Against,
    boundaries: Boundaries = "now",
    categories: Sequence[str] = (),
    compute: Callable[..., pd.DataFrame] = measures.stats,
) -> pd.DataFrame:
    """Compute measures of a period and of the one to compare with, for every cell of a level.

    In the boundaries of now or of a day both periods are counted in the same cells. In those of then, a cell
    that is not in force in both periods has no earlier value.

    Parameters
    ----------
    db : the open store
    keys, level, boundaries, categories : as in gridmap.measures.stats
    period : days to look at
    against : year (the same days a year earlier) or previous (as long, just before)
    compute : gives the figures: gridmap.measures.stats, or what withholds small cells from a reader

    Returns
    -------
    Frame as stats returns it with, for each key, KEY.before (null where its register had no records for half
    of that period), KEY.change (value less the one before) and KEY.ratio (change ÷ before; null where before
    is 0 or missing); one row per cell of the period

    Raises
    ------
    UsageError : as stats, and when the period has an open end
    """
    asked = {"level": level, "boundaries": boundaries, "categories": categories}
    earlier = period_before(period, against)
    now = compute(db, keys, period=period, **asked)
    known = recorded_by(db.query("screens/first_days"), keys, earlier)
    before = compute(db, known, period=earlier, **asked).set_index("region_id")
    for column in [name for name in now.columns if f"{name}.n" in now.columns]:
        then = (
            now["region_id"].map(before[column]) if column in before else pd.Series(np.nan, index=now.index)
        )
        change = now[column] - then
        ratio = change / then.where(then != 0)
        now = now.assign(**{f"{column}.before": then, f"{column}.change": change, f"{column}.ratio": ratio})
    return now


def moving(key: str) -> str:
    """Return the table of the records that lie behind a measure in cells; empty where they are not followed.

    Land lies where it lies; topics, meetings and visits are counted in the cells of their own day.

    >>> moving("petition.close_rate"), moving("hazard.open"), moving("land.coverage")
    ('petition', 'rental_building', '')
    """
    words = sql.words_of(f"measures/{key}")
    if "petition_placed" in words:
        return "petition"
    return next((kind for kind in _FOLLOWED if f"'{kind}'" in words), "")


def reconciled(
    db: Database,
    *,
    level: str,
    period: Period,
    key: str = "petition.received",
    day: date | None = None,
    categories: Sequence[str] = (),
) -> pd.DataFrame:
    """Say how the records behind a measure move between cells when restated to the boundaries of a day.

    Parameters
    ----------
    db : the open store
    level : level of the cells
    period : days in which petitions were received; then, buildings and people lie where they did at its end
    key : the measure
    day : whose boundaries to restate to; the store's today when None
    categories : categories of petitions; all when empty

    Returns
    -------
    Frame with from_code, from_name, to_code, to_name, records, moved; one row per pair of cells, those that
    moved first; none where the records are not followed. For petitions it sums to petition.received: over
    from_code to that of then, over to_code to that of the day.
    """
    level_named(level)
    return db.query("screens/moved_between_cells", kind=moving(key), level=level,
                    was_on=measures.last_day(period.until, db.now()), day=day or db.now().date(),
                    since=period.since, until=period.until, categories=list(categories))  # fmt: skip


def both_views(
    db: Database,
    key: str,
    *,
    level: str,
    period: Period,
    day: date | None = None,
    categories: Sequence[str] = (),
) -> pd.DataFrame:
    """Put a measure of then beside the same restated to the boundaries of a day, with the sums of both.

    Parameters
    ----------
    db : the open store
    key : the measure
    level, categories : as in gridmap.measures.stats
    period : days to look at
    day : whose boundaries to restate to; the store's today when None

    Returns
    -------
    Frame with code, name, part (of a measure that is broken down; otherwise empty), then, n_then, of_then,
    now, n_now, of_now; one row per part and cell in either view, by code. The last two rows of a part are
    what lies in no cell of the level (code '') and everything (code '*'): numerators and denominators add up
    to the last row, which is the same in both views.

    Raises
    ------
    UsageError : as stats
    """
    views: dict[str, Boundaries] = {"then": "then", "now": day or "now"}
    asked = {
        name: [measures.stats(db, [key], level=each, period=period, boundaries=view, categories=categories)
               for each in (level, TOTAL)]
        for name, view in views.items()
    }  # fmt: skip
    found = {column.removesuffix(".n") for tables in asked.values() for table in tables
             for column in table.columns if column.endswith(".n")}  # fmt: skip
    parts = [
        _both_sides(asked, name).assign(part=name.removeprefix(key).lstrip(".")) for name in sorted(found)
    ]
    columns = ["code", "name", "part", *(f"{part}{name}" for name in views for part in ("", "n_", "of_"))]
    return pd.concat(parts or [pd.DataFrame(columns=columns)])[columns].reset_index(drop=True)


def _both_sides(asked: Mapping[str, Sequence[pd.DataFrame]], column: str) -> pd.DataFrame:
    """Return both views of one column of figures by region, with what lies in no cell and everything."""
    sides = [_side(cells, top, column, view) for view, (cells, top) in asked.items()]
    table = sides[0].join(sides[1], how="outer")
    about = {part: table[f"{part}_then"].fillna(table[f"{part}_now"]) for part in ("code", "name")}
    return table.assign(**about, last=table.index < 0).sort_values(["last", "code"])


def _side(cells: pd.DataFrame, top: pd.DataFrame, column: str, view: str) -> pd.DataFrame:
    """Return one view by region: cells, what lies in none of them (-2), and everything (-1)."""
    numbers = [f"{column}.n", f"{column}.of"]
    within = cells.set_index("region_id").reindex(columns=["code", "name", column, *numbers])
    whole = top.reindex(columns=[column, *numbers]).iloc[0]
    outside = {"code": "", "name": "", **{number: whole[number] - within[number].sum() for number in numbers}}
    everything = {"code": "*", "name": "", **whole.to_dict()}
    rows = pd.concat([within, pd.DataFrame([outside, everything], index=[-2, -1])])
    return rows.set_axis([f"code_{view}", f"name_{view}", view, f"n_{view}", f"of_{view}"], axis=1)


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, the last of a shorter month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))
