"""How long a street's monthly meeting waits: all its figures of a month at once, and each one alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from gridmap import excerpt, measures
from gridmap.periods import Period
from gridmap.store import Database

LEVEL = "street"
_BUSY = "petition.received"


def run(db: Database, *, repeats: int = 3) -> list[dict[str, Any]]:
    """Ask for the figures of the busiest street in the last whole month, of all levels and in both views.

    Parameters
    ----------
    db : the open store; one of the demo sizes shows most
    repeats : times each is asked; medians count

    Returns
    -------
    One row for all figures at once, then one for each alone, the slowest first: figures, cells (rows of
    answer), median_ms, max_ms
    """
    period = last_whole_month(db.now().date())
    code = _busiest_street(db, period)
    keys = [measure.key for measure in measures.measures()]
    everything = _row("all", db, keys, code, period, repeats)
    alone = [_row(key, db, [key], code, period, repeats) for key in keys]
    return [everything, *sorted(alone, key=lambda row: -row["median_ms"])]


def last_whole_month(today: date) -> Period:
    """Return the month before that of a day.

    >>> last_whole_month(date(2026, 3, 15))
    Period(since=datetime.date(2026, 2, 1), until=datetime.date(2026, 3, 1))
    """
    until = today.replace(day=1)
    return Period((until - timedelta(days=1)).replace(day=1), until)


def _busiest_street(db: Database, period: Period) -> str:
    found = measures.stats(db, [_BUSY], level=LEVEL, period=period)
    return str(found.sort_values(_BUSY, ascending=False)["code"].iloc[0])


def _row(
    figures: str, db: Database, keys: Sequence[str], code: str, period: Period, repeats: int
) -> dict[str, Any]:
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        cells = len(excerpt.figures_within(db, keys, code, period=period))
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "figures": figures,
        "cells": cells,
        "median_ms": round(statistics.median(taken)),
        "max_ms": round(max(taken)),
    }
