"""How long the store takes to answer what the screens ask, over all their filters."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any, Literal

from gridmap import measures
from gridmap.periods import Period
from gridmap.store import Database

STRIP = (
    "petition.received", "petition.open", "petition.overdue", "petition.close_rate",
    "petition.on_time_close_rate", "petition.median_handling_days", "land.coverage", "petition.coverage",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """Hold one choice of the filters that all screens share."""

    period: Period
    categories: tuple[str, ...]
    boundaries: Literal["then", "now"]


@dataclass(frozen=True)
class View:
    """Name one part of a screen and say how the store is asked for it."""

    name: str
    ask: Callable[[Database, Filters], Any]


def run(db: Database, *, repeats: int = 3) -> list[dict[str, Any]]:
    """Ask the store for every view under every combination of filters.

    Parameters
    ----------
    db : the open store; one of the demo sizes shows most
    repeats : times each combination is asked; its median counts

    Returns
    -------
    One row per view: view, combinations, median_ms, p90_ms and max_ms over the combinations
    """
    filters = list(_filters(db))
    return [_row(view, [_median_ms(view, db, chosen, repeats) for chosen in filters]) for view in VIEWS]


def _filters(db: Database) -> Iterator[Filters]:
    today = db.now().date()
    until = today + timedelta(days=1)
    periods = [Period(until - timedelta(days=days), until) for days in (30, 90, 365)] + [
        Period(),
        _year(today),
    ]
    busiest = _busiest_category(db)
    boundaries: tuple[Literal["then", "now"], ...] = ("then", "now")
    for period, categories, view in product(periods, ((), (busiest,)), boundaries):
        yield Filters(period, categories, view)


def _year(today: date) -> Period:
    return Period(today.replace(month=1, day=1), today + timedelta(days=1))


def _busiest_category(db: Database) -> str:
    categories = db.query("screens/category_list")
    return str(categories.iloc[0, 0]) if len(categories) else ""


def _stats(level: str, *keys: str) -> Callable[[Database, Filters], Any]:
    def ask(db: Database, chosen: Filters) -> Any:
        return measures.stats(db, keys, level=level, period=chosen.period, boundaries=chosen.boundaries,
                              categories=chosen.categories)  # fmt: skip

    return ask


def _heat(db: Database, chosen: Filters) -> Any:
    return db.query("screens/heat_bins", region_id=0, level="total", since=chosen.period.since,
                    until=chosen.period.until, categories=list(chosen.categories), bin_m=100.0)  # fmt: skip


def _trend(db: Database, chosen: Filters) -> Any:
    now = db.now()
    return db.query("screens/trend", region_id=0, level="total", since=chosen.period.since,
                    until=chosen.period.until, now=now, categories=list(chosen.categories), step="month",
                    boundaries=None if chosen.boundaries == "then" else now.date())  # fmt: skip


def _coverage(db: Database, _: Filters) -> Any:
    return db.query("screens/coverage_leaves", on_day=db.now().date())


VIEWS = (
    View("one figure, by community", _stats("community", "petition.on_time_close_rate")),
    View("one figure, by red grid", _stats("red_grid", "petition.received")),
    View("handling time, by red grid", _stats("red_grid", "petition.median_handling_days")),
    View("buildings at risk, by red grid", _stats("red_grid", "building.risk_index")),
    View("strip of eight figures", _stats("total", *STRIP)),
    View("heat map", _heat),
    View("trend by month", _trend),
    View("coverage map", _coverage),
)


def _median_ms(view: View, db: Database, chosen: Filters, repeats: int) -> float:
    return statistics.median(_ms(view, db, chosen) for _ in range(repeats))


def _ms(view: View, db: Database, chosen: Filters) -> float:
    began = time.perf_counter()
    view.ask(db, chosen)
    return (time.perf_counter() - began) * 1000


def _row(view: View, taken: list[float]) -> dict[str, Any]:
    ordered = sorted(taken)
    return {
        "view": view.name,
        "combinations": len(taken),
        "median_ms": round(statistics.median(taken)),
        "p90_ms": round(ordered[int(0.9 * (len(ordered) - 1))]),
        "max_ms": round(ordered[-1]),
    }
