"""What the tests of `gridmap.sources` share: maps drawn in ASCII, and reading without a child process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gridmap.findings import Finding
from gridmap.registers import PETITIONS, Register
from gridmap.sources import (
    Polygons,
    Records,
    feature_reader,
    polygon_reader,
    read_polygons,
    read_records,
    record_reader,
)
from gridmap.sources.mapping import mapping_from

SHARED = Path("../shared/data")

#: Three cells of a toy city, each letter a square of 0.01 degrees.
TOY = """
    AAB
    AAB
    CCC
"""


def read_of(path: Path, folder: Path, **options: Any) -> Polygons:
    columns = options.pop("columns", {"code": "code", "name": "name"})
    return read_polygons(path, columns=columns, workdir=folder / "work", **options)


def drawn(
    text: str = TOY, *, west: float = 114.0, north: float = 22.7, step: float = 0.01
) -> gpd.GeoDataFrame:
    """Return one polygon per letter, WGS-84; code and name follow the letter."""
    squares: dict[str, list[shapely.Geometry]] = {}
    for row, line in enumerate(text.split()):
        for column, letter in enumerate(line):
            x, y = west + column * step, north - (row + 1) * step
            squares.setdefault(letter, []).append(shapely.box(x, y, x + step, y + step))
    cells = {letter: shapely.union_all(parts) for letter, parts in squares.items()}
    return gpd.GeoDataFrame(
        {
            "code": [f"4403090010{letter}" for letter in cells],
            "name": [f"大富{letter}社区" for letter in cells],
        },
        geometry=list(cells.values()),
        crs="EPSG:4326",
    )


def real(name: str) -> Path:
    """Return a file of the shared real data, or skip the test where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared data absent: {name}")
    return path.resolve()


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run_here(
    job: Mapping[str, Any], *, folder: Path, shown: str, progress: Any = None, settings: Any = None
) -> Any:
    """Do what the child process does, but in this one: quick, and with honest tracebacks."""
    readers = {"polygons": polygon_reader, "records": record_reader, "features": feature_reader}
    with _inside(folder):
        return readers[job["kind"]].read(dict(job), progress or (lambda rows: None))


def records_of(
    text: str | bytes,
    folder: Path,
    *,
    mapping: Mapping[str, Any] | None = None,
    register: Register = PETITIONS,
    name: str = "table.csv",
    **options: Any,
) -> tuple[Records, pd.DataFrame, pd.DataFrame]:
    """Read a table given as text; return the records, the usable rows and those set aside."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    content = {"file": {"by_name": True}} if mapping is None else mapping
    checked = mapping_from(content, name="test.toml", register=register)
    read = read_records(path, register=register, mapping=checked, workdir=folder / "work", **options)
    return read, pd.read_parquet(read.parquet), pd.read_parquet(read.set_aside_parquet)


def only(findings: tuple[Finding, ...], check: str) -> Finding:
    """Return the one finding of this check."""
    found = [finding for finding in findings if finding.check == check]
    assert len(found) == 1, [finding.message for finding in findings]
    return found[0]
