"""Petitions for the toy city, one line each, so that every figure can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gridmap.loading.records import load_records
from gridmap.loading.reports import LoadReport
from gridmap.registers import register_named
from gridmap.store import Database
from tests.toy import CRS, at


def load(
    db: Database, folder: Path, register: str, rows: list[dict[str, object]], **more: object
) -> LoadReport:
    """Write rows to a CSV file and load it as a register, coordinates in metres."""
    path = folder / f"{register}{len(list(folder.glob('*.csv')))}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return load_records(db, path, register_named(register), crs=CRS, silent=True, **more)  # type: ignore[arg-type]


def petition(number: int, place: tuple[float, float] | None = None, **fields: object) -> dict[str, object]:
    """Return a petition received on 1 May 2024 at 9:00, at a place given in squares of the toy city."""
    x, y = at(*place) if place else (None, None)
    return {"petition_no": f"P{number}", "status": "processing", "received_at": "2024-05-01 09:00:00",
            "category": "市容环卫", "x": x, "y": y, **fields}  # fmt: skip


def closed(number: int, place: tuple[float, float] | None, *, after_days: float, due_days: float,
           received: str = "2024-05-01 09:00:00", **fields: object) -> dict[str, object]:  # fmt: skip
    """Return a closed petition with its days of handling and its days of time limit."""
    start = pd.Timestamp(received)
    return petition(number, place, status="closed", received_at=received, handler="城管",
                    closed_at=start + pd.Timedelta(days=after_days),
                    due_at=start + pd.Timedelta(days=due_days), **fields)  # fmt: skip


def scattered(count: int, *, seed: int) -> list[dict[str, object]]:
    """Return petitions all over and around the toy city, many of them on borders and corners."""
    random = np.random.default_rng(seed)
    places = np.column_stack([random.uniform(-1, 7, count), random.uniform(-1, 5, count)])
    on_lines = random.random(count) < 0.4
    places[on_lines, 0] = np.round(places[on_lines, 0])
    corners = random.random(count) < 0.2
    places[corners] = np.round(places[corners])
    days = random.integers(0, 180, count)
    return [petition(number, (x, y), received_at=pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(day)))
            for number, ((x, y), day) in enumerate(zip(places, days, strict=True))]  # fmt: skip
