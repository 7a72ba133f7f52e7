"""The trend says in every step what the measures say of that step."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridmap.measures import stats
from gridmap.periods import Period
from gridmap.store import Database
from tests.records import load, petition

SINCE, UNTIL = date(2024, 1, 1), date(2024, 7, 1)


def handled(count: int, *, seed: int) -> list[dict[str, object]]:
    """Return petitions closed on time, late, without a due time, or never."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        received = pd.Timestamp("2023-12-01") + pd.Timedelta(hours=int(chance.integers(0, 24 * 200)))
        due = None if chance.random() < 0.15 else received + pd.Timedelta(days=float(chance.uniform(0, 40)))
        took = pd.Timedelta(days=float(chance.uniform(0, 90)))
        is_closed = chance.random() < 0.8
        rows.append(petition(
            number, (1, 1), received_at=received, due_at=due, status="closed" if is_closed else "processing",
            closed_at=received + took if is_closed else None,
            closed_on_time=bool(chance.random() < 0.5) if is_closed and due is None else None,
        ))  # fmt: skip
    return rows


@pytest.mark.parametrize(("step", "freq"), [("month", "MS"), ("week", "W-MON"), ("day", "D")])
def test_every_step_has_the_figures_of_its_own_period(
    toy: Database, tmp_path: Path, step: str, freq: str
) -> None:
    load(toy, tmp_path, "petitions", handled(150, seed=7))
    trend = toy.query("screens/trend", region_id=0, level="total", boundaries=toy.now().date(), since=SINCE,
                      until=UNTIL, now=toy.now(), categories=[], step=step)  # fmt: skip
    told = trend.set_index(pd.to_datetime(trend["step_from"]))
    edges = [day.date() for day in pd.date_range(SINCE, UNTIL, freq=freq)]
    chosen = list(pairwise(edges))[:: 7 if step == "day" else 1]
    for since, until in chosen:
        found = stats(toy, ["petition.received", "petition.on_time_close_rate"], level="total",
                      period=Period(since, until), boundaries="now").iloc[0]  # fmt: skip
        row = told.loc[pd.Timestamp(since)] if pd.Timestamp(since) in told.index else None
        of = found["petition.on_time_close_rate.of"]
        assert (0 if row is None else row["received"]) == found["petition.received"]
        assert (0 if row is None else row["due"]) == (0 if pd.isna(of) else of)
        if row is not None and row["due"]:
            assert row["on_time"] == found["petition.on_time_close_rate.n"]
