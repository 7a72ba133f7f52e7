"""Stamp points with the cell they lie in: a frame at once, or a file larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from gridmap import crs as datum
from gridmap import progress
from gridmap.errors import UnreadableInput, UsageError
from gridmap.index import PlacementIndex
from gridmap.levels import level_named
from gridmap.placing import INDEX_FOLDER
from gridmap.regions import crs_of, map_of
from gridmap.store import Database

STAMP_COLUMNS = ("region_code", "region_name", "placed_by", "on_border")
_STAMP = pa.schema([("region_code", pa.string()), ("region_name", pa.string()),
                    ("placed_by", pa.string()), ("on_border", pa.bool_())])  # fmt: skip
_PLACED_BY = pa.array(["none", "point"])
BATCH_ROWS = 500_000


@dataclass(frozen=True)
class Stamp:
    """Know the cells of one level on one day, and how to read the coordinates.

    Parameters
    ----------
    index : places points in the metric CRS
    codes, names : of the cells, in the order of the index, and an empty text for none
    source : datum or CRS of the coordinates
    target : metric CRS of the store
    """

    index: PlacementIndex
    codes: pa.Array
    names: pa.Array
    source: datum.Crs
    target: str

    @classmethod
    def of(cls, db: Database, *, level: str, on: date | None, crs: str) -> Stamp:
        """Read the cells of a level on a day.

        Raises
        ------
        UsageError : when the level does not exist or has no regions on the day
        """
        level_named(level)
        cells = map_of(db, level=level, on=on)
        if cells.empty:
            raise UsageError(f"The store has no regions of level '{level}' on {on or db.now().date()}.")
        return cls(
            index=PlacementIndex(cells, code="code", kept_in=db.folder / INDEX_FOLDER),
            codes=pa.array(["", *cells["code"]], pa.string()),
            names=pa.array(["", *cells["name"]], pa.string()),
            source=datum.parse_crs(crs),
            target=crs_of(db),
        )

    def of_points(self, x: np.ndarray, y: np.ndarray) -> pa.Table:
        """Return the stamp columns for coordinates in the source CRS, one row per point."""
        east, north = datum.to_metric(x, y, self.source, self.target)
        located = self.index.locate(east, north)
        leaf = pa.array(located.leaf + 1)
        placed_by = _PLACED_BY.take(pa.array((located.leaf >= 0).astype(np.int8)))
        columns = [self.codes.take(leaf), self.names.take(leaf), placed_by, pa.array(located.on_border)]
        return pa.table(columns, schema=_STAMP)

    def stamped(self, points: pd.DataFrame, *, x: str, y: str) -> pd.DataFrame:
        """Return a frame with the stamp columns added; order and index stay."""
        east, north = (pd.to_numeric(points[name], errors="coerce").to_numpy(dtype=float) for name in (x, y))
        stamp = self.of_points(east, north).to_pandas()
        return points.assign(**{name: stamp[name].to_numpy() for name in STAMP_COLUMNS})


def stamp_file(stamp: Stamp, source: Path, target: Path, *, x: str, y: str) -> int:
    """Stamp the rows of a CSV or Parquet file into another, batch by batch and in order.

    The target appears under its name only when it is complete.

    Returns
    -------
    Number of rows; every row of the source comes out once

    Raises
    ------
    UnreadableInput, UsageError : when the source cannot be read or lacks a column
    """
    unfinished = target.with_name(f".{target.name}.part")
    try:
        rows = _stream(stamp, source, unfinished, target, x=x, y=y)
        unfinished.replace(target)
    except pa.ArrowInvalid as fault:
        raise UnreadableInput(f"{source.name} cannot be read: {fault}") from fault
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _stream(stamp: Stamp, source: Path, unfinished: Path, target: Path, *, x: str, y: str) -> int:
    schema, total, batches = _reader(source)
    missing = [name for name in (x, y) if name not in schema.names]
    if missing:
        raise UsageError(
            f"{source.name} has no column {', '.join(missing)}. Its columns: {', '.join(schema.names)}."
        )
    kept = [name for name in schema.names if name not in STAMP_COLUMNS]
    full = pa.schema([*(schema.field(name) for name in kept), *_STAMP])
    rows = 0
    with _writer(unfinished, target, full) as out, progress.bar(total, "placing") as bar:
        for batch in batches:
            east, north = (_numbers(batch[name]) for name in (x, y))
            columns = [*(batch[name] for name in kept), *stamp.of_points(east, north).columns]
            out.write_table(pa.table(columns, schema=full))
            rows += len(batch)
            bar.update(len(batch))
    return rows


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    """Return a column as numbers, NaN where it holds none; column by column while all are numbers."""
    try:
        if pa.types.is_string(column.type):
            column = pc.if_else(pc.equal(column, ""), None, column)
        return np.asarray(pc.cast(column, pa.float64()).to_numpy())
    except pa.ArrowInvalid:
        numbers: pd.Series = pd.to_numeric(column.to_pandas(), errors="coerce")
        return numbers.to_numpy(dtype=float)


def _reader(source: Path) -> tuple[pa.Schema, int | None, Iterator[pa.Table]]:
    if not source.is_file():
        raise UnreadableInput(f"There is no file {source}.")
    if source.suffix.lower() == ".parquet":
        file = pq.ParquetFile(source)
        batches = (pa.table(batch) for batch in file.iter_batches(batch_size=BATCH_ROWS))
        return file.schema_arrow, file.metadata.num_rows, batches
    if source.suffix.lower() in (".csv", ".txt", ".tsv"):
        return _csv_reader(source)
    raise UsageError(f"{source.name}: points are read from .csv or .parquet.")


def _csv_reader(source: Path) -> tuple[pa.Schema, int | None, Iterator[pa.Table]]:
    """Read every column as text, so that codes keep their leading zeros."""
    with source.open(encoding="utf-8-sig", errors="replace") as lines:
        header = lines.readline()
    delimiter = max(",;\t|", key=header.count)
    names = pa_csv.open_csv(source, parse_options=pa_csv.ParseOptions(delimiter=delimiter)).schema.names
    reader = pa_csv.open_csv(
        source,
        read_options=pa_csv.ReadOptions(block_size=32 << 20),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(column_types={name: pa.string() for name in names}),
    )
    return reader.schema, None, (pa.table(batch) for batch in reader)


def _writer(unfinished: Path, target: Path, schema: pa.Schema) -> pq.ParquetWriter | pa_csv.CSVWriter:
    if target.suffix.lower() == ".parquet":
        return pq.ParquetWriter(unfinished, schema, compression="zstd")
    if target.suffix.lower() == ".csv":
        return pa_csv.CSVWriter(unfinished, schema)
    raise UsageError(f"{target.name}: choose the ending .csv or .parquet.")
