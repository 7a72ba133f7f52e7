"""The comparison of placement: the index, the peers and the floor, on the same points and cells.

Every method is asked in turn, round after round, so that a busy machine is busy for all; medians are
compared. What is timed is an answer from data already in memory; making the tables is not.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from gridmap.bench import peers
from gridmap.bench.coverage_maker import make_coverage, make_points
from gridmap.bench.peers import Bench, Job
from gridmap.index import PlacementIndex

Taken = tuple[float, float, Any]  #: wall seconds, processor seconds, the answer

KERNEL, TABLE = "index, arrays", "index, table to table"
COLD_SIZES = (1_000, 10_000, 100_000, 1_000_000)


def run(points: int = 10_000_000, cells: int = 20_000, repeats: int = 3, *, seed: int = 0) -> dict[str, Any]:
    """Compare the index with its peers and with the time of merely reading the points.

    Parameters
    ----------
    points, cells : size of the task; see coverage_maker for how they lie
    repeats : rounds; every figure is the median over them
    seed : the same seed makes the same data

    Returns
    -------
    machine : processors, load before and after, versions
    data : points, cells, vertices, points that the oracle finds on a border
    build : seconds, cpu_seconds, index_bytes, peak_bytes of the arrays alive at once while building
    rows : one dict per method: method, seconds, cpu_seconds, points_per_second, rows, and for either clock
        how many times it takes what the index takes on arrays and from table to table
    cold : one dict per number of points, from a frame and arrays with nothing prepared: points, seconds and
        cpu_seconds of the index and of DuckDB's tables and join
    """
    frame = make_coverage(cells, seed=seed).sort_values("code").reset_index(drop=True)
    x, y = make_points(frame, points, seed=seed)
    load = os.getloadavg()[0]
    build, index = _built(frame, repeats)
    bench = Bench(frame, x, y, index)
    rows = _compared(bench, repeats)
    return {
        "machine": {**_machine(), "load_before": load, "load_after": os.getloadavg()[0]},
        "data": {
            "points": points,
            "cells": len(frame),
            "vertices": int(frame.geometry.count_coordinates().sum()),
            "on_border": int(index.locate(x, y).on_border.sum()),
        },
        "build": build,
        "rows": rows,
        "cold": [_cold(frame, x[:size], y[:size], repeats) for size in COLD_SIZES if size <= points],
    }


def _built(frame: Any, repeats: int) -> tuple[dict[str, float], PlacementIndex]:
    """Time the building, and once more with every array counted, which would slow the timing."""
    taken = [timed(PlacementIndex(frame).build) for _ in range(repeats)]
    seconds, cpu_seconds, index = _median(taken)
    tracemalloc.start()
    PlacementIndex(frame).build()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    measured = {"seconds": seconds, "cpu_seconds": cpu_seconds, "index_bytes": index.nbytes}
    return {**measured, "peak_bytes": peak}, index


def _compared(bench: Bench, repeats: int) -> list[dict[str, Any]]:
    """Ask all methods in turn, `repeats` times over."""
    makers: dict[str, Callable[[Bench], Job]] = {
        "read the bytes (floor)": peers.read,
        KERNEL: peers.kernel,
        "index, arrays, one thread": peers.kernel_alone,
        "copy the table (floor)": peers.copied,
        TABLE: peers.table_to_table,
        **peers.installed(),
    }
    jobs = {method: make(bench) for method, make in makers.items()}
    taken: dict[str, list[Taken]] = {method: [] for method in jobs}
    for _ in range(repeats):
        for method, job in jobs.items():
            taken[method].append(timed(job))
    rows = [_row(method, len(bench.x), times) for method, times in taken.items()]
    by_method = {row["method"]: row for row in rows}
    for clock in ("seconds", "cpu_seconds"):
        for row in rows:
            row[f"{clock}_times_index"] = row[clock] / by_method[KERNEL][clock]
            row[f"{clock}_times_table"] = row[clock] / by_method[TABLE][clock]
    return rows


def _row(method: str, points: int, taken: Sequence[Taken]) -> dict[str, Any]:
    seconds, cpu_seconds, rows = _median(taken)
    return {
        "method": method,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "points_per_second": points / seconds,
        "rows": rows,
    }


def _cold(frame: Any, x: NDArray[Any], y: NDArray[Any], repeats: int) -> dict[str, float]:
    """Start from a frame and arrays with nothing prepared: the index, and DuckDB's tables and join."""
    bench = Bench(frame, x, y, PlacementIndex(frame))

    def prepare_and_join() -> int:
        return peers.duckdb_join(bench)()

    rounds = [
        (timed(lambda: PlacementIndex(frame).locate(x, y)), timed(prepare_and_join)) for _ in range(repeats)
    ]
    index, join = (_median(taken) for taken in zip(*rounds, strict=True))
    return {
        "points": len(x),
        "index_seconds": index[0],
        "index_cpu_seconds": index[1],
        "duckdb_seconds": join[0],
        "duckdb_cpu_seconds": join[1],
    }


def _median(taken: Sequence[Taken]) -> Taken:
    """Return the median wall and processor seconds, and the last answer."""
    walls, processors, answers = zip(*taken, strict=True)
    return statistics.median(walls), statistics.median(processors), answers[-1]


def timed(job: Callable[[], Any]) -> Taken:
    """Return how long some work took, by the clock and of the processors, and its answer."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = job()
    return time.perf_counter() - wall, time.process_time() - cpu, answer


def _machine() -> dict[str, Any]:
    from importlib.metadata import PackageNotFoundError, version

    def found(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return "not installed"

    packages = ("numpy", "shapely", "geopandas", "duckdb", "sedonadb")
    return {
        "processors": os.cpu_count(),
        "kind": platform.machine(),
        "python": platform.python_version(),
        **{package: found(package) for package in packages},
    }
