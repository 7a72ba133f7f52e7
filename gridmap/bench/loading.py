"""How long it takes to build the demo store, and to load and place a million petitions."""

from __future__ import annotations

import resource
import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from gridmap.loading.city import build_demo
from gridmap.loading.records import load_records
from gridmap.registers import PETITIONS
from gridmap.store import open_store

MEBIBYTE = 1024  # ru_maxrss counts in KiB


def run_demo(*, scale: str = "street", seed: int = 2022) -> dict[str, Any]:
    """Build a demo store in an empty folder.

    Returns
    -------
    seconds, and the largest resident memory of this process and of its children in MiB
    """
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        build_demo(Path(folder) / "store", scale=scale, seed=seed)
        return {"scale": scale, "seconds": round(time.perf_counter() - began, 1), **_memory()}


def run_load(*, petitions: int = 1_000_000, seed: int = 2022) -> dict[str, Any]:
    """Load a CSV of petitions, scattered over the demo street, into a fresh demo store.

    Returns
    -------
    petitions, seconds from file to placed records, petitions per second, and memory as in run_demo
    """
    with TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        build_demo(store, scale="street", seed=seed)
        file = Path(folder) / "petitions.csv"
        write_petitions(file, petitions, seed)
        shutil.rmtree(store / "files", ignore_errors=True)
        database = open_store(store)
        began = time.perf_counter()
        report = load_records(database, file, PETITIONS, crs="wgs84", silent=True)
        seconds = time.perf_counter() - began
        database.close()
    return {
        "petitions": report.rows_kept, "seconds": round(seconds, 1),
        "petitions_per_second": round(report.rows_kept / seconds), **_memory(),
    }  # fmt: skip


def _memory() -> dict[str, int]:
    own, children = (resource.getrusage(who).ru_maxrss // MEBIBYTE
                     for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip
    return {"memory_mib": own, "reader_memory_mib": children}


def write_petitions(file: Path, count: int, seed: int) -> None:
    """Write petitions at random over the land around the demo street, 23 hours before they are due."""
    chance = np.random.default_rng(seed)
    received = np.datetime64("2025-01-01T00:00:00") + chance.integers(0, 500 * 86_400, count).astype("m8[s]")
    columns = closed_petitions(chance, received)
    places = {"x": chance.normal(114.06, 0.012, count), "y": chance.normal(22.72, 0.012, count)}
    pa_csv.write_csv(pa.table({**columns, **places}), file)


def closed_petitions(
    chance: np.random.Generator, received: NDArray[np.datetime64], *, first: int = 0
) -> dict[str, NDArray[Any]]:
    """Return the columns of closed petitions but for their places; they are numbered from `first`."""
    count = len(received)
    closed = received + (chance.exponential(4, count) * 86_400).astype("m8[s]")
    return {
        "petition_no": np.char.add("BENCH-", (first + np.arange(count)).astype(str)),
        "status": np.full(count, "closed"),
        "category": chance.choice(["市容环卫", "市政设施", "环保水务", "交通运输"], count),
        "received_at": np.datetime_as_string(received),
        "closed_at": np.datetime_as_string(closed),
        "due_at": np.datetime_as_string(received + np.timedelta64(10, "D")),
    }
