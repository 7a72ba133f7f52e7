"""A small store to be tortured, and the files that are loaded into it meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridmap.loading.founding import found
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.registers import register_named
from gridmap.sources import polygons, record_reader, records
from gridmap.sources.polygon_reader import read as read_polygon_job
from gridmap.store import attaching, open_store

CRS = "EPSG:4547"
_WEST, _SOUTH, _SIZE = 506_000.0, 2_513_000.0, 100.0
_SIDE = 6
#: Rows of every file of petitions.
ROWS = 200


def build(folder: Path) -> None:
    """Make the store: a street, a community, and red grids of 100 m in it; the first petitions."""
    read_here()
    found(folder, crs=CRS, more={"as_of": "2024-07-01T00:00:00"})
    files = folder.parent / "files"
    files.mkdir(exist_ok=True)
    database = open_store(folder)
    try:
        for level, cells in _levels().items():
            path = files / f"{level}.gpkg"
            cells.to_file(path, driver="GPKG")
            above = None if level == "street" else "parent"
            load_regions(database, path, Drawing(level, "code", "name", above))
        load_records(database, batch(files, 0), register_named("petitions"), crs=CRS, silent=True)
    finally:
        database.close()


def batch(files: Path, number: int) -> Path:
    """Write a file of petitions that no other number has; the same number gives the same file."""
    path = files / f"batch{number:05}.csv"
    random = np.random.default_rng(number)
    x, y = (corner + random.uniform(-50, _SIDE * _SIZE + 50, ROWS).round(2) for corner in (_WEST, _SOUTH))
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 180, ROWS), unit="D")
    pd.DataFrame({
        "petition_no": [f"B{number:05}-{row}" for row in range(ROWS)], "status": "processing",
        "received_at": days, "category": "市容环卫", "x": x, "y": y,
    }).to_csv(path, index=False)  # fmt: skip
    return path


def code_of(number: int) -> str:
    """Return the code of a red grid."""
    return f"S01{number:03}"


def corner(number: int, *, moved: bool = False) -> tuple[float, float]:
    """Return a corner where four cells meet, where it lay first or where it is moved to."""
    inner = _SIDE - 1
    column, line = number % inner + 1, number // inner % inner + 1
    east, north = (7.5, 3.25) if moved else (0.0, 0.0)
    x, y = _at(column, line)
    return x + east, y + north


def read_here() -> None:
    """Read files in this process, and open stores quickly: what is tortured is the store."""
    attaching.check_signature = False
    records.run_child = _reading(record_reader.read)  # type: ignore[attr-defined]
    polygons.run_child = _reading(read_polygon_job)  # type: ignore[attr-defined]


def _reading(read: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def run(job: Mapping[str, Any], *, folder: Path, **_more: object) -> dict[str, Any]:
        before = Path.cwd()
        os.chdir(folder)
        try:
            return read(dict(job), lambda _rows: None)
        finally:
            os.chdir(before)

    return run


def _at(column: int, line: int) -> tuple[float, float]:
    return _WEST + column * _SIZE, _SOUTH + line * _SIZE


def _levels() -> dict[str, gpd.GeoDataFrame]:
    squares = [(column, line) for line in range(_SIDE) for column in range(_SIDE)]
    land = [shapely.box(*_at(column, line), *_at(column + 1, line + 1)) for column, line in squares]
    whole = shapely.box(*_at(0, 0), *_at(_SIDE, _SIDE))
    return {
        "street": _cells(["S"], [""], [whole]),
        "community": _cells(["S01"], ["S"], [whole]),
        "red_grid": _cells([code_of(n) for n in range(len(squares))], ["S01"] * len(squares), land),
    }


def _cells(codes: list[str], parents: list[str], land: list[shapely.Polygon]) -> gpd.GeoDataFrame:
    names = [f"cell {code}" for code in codes]
    return gpd.GeoDataFrame({"code": codes, "name": names, "parent": parents}, geometry=land, crs=CRS)
