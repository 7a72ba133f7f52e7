"""Stamp points with the cell they lie in: a frame at once, or files larger than memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.dataset as pa_dataset
import pyarrow.parquet as pq

from gridmap import crs as datum
from gridmap import progress, watermarks
from gridmap.errors import UnreadableInput, UsageError
from gridmap.index import PlacementIndex
from gridmap.levels import LEAF, level_named
from gridmap.placing import INDEX_FOLDER
from gridmap.regions import crs_of, leaves_on, map_of
from gridmap.store import Database

if TYPE_CHECKING:
    from tqdm import tqdm

STAMP_COLUMNS = ("region_code", "region_name", "placed_by", "on_border")
_STAMP = pa.schema([("region_code", pa.string()), ("region_name", pa.string()),
                    ("placed_by", pa.string()), ("on_border", pa.bool_())])  # fmt: skip
_PLACED_BY = pa.array(["none", "point"])
BATCH_ROWS = 500_000
CSV_BLOCK_BYTES = 16 << 20  #: Arrow reads up to 32 blocks ahead


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
        """Read the cells of a level on a day; level `leaf` stands for the lowest cells, of whatever level.

        Raises
        ------
        UsageError : when the level does not exist or has no regions on the day
        """
        day = on or db.now().date()
        if level != LEAF:
            level_named(level)
        cells = leaves_on(db, day) if level == LEAF else map_of(db, level=level, on=day)
        if cells.empty:
            raise UsageError(f"The store has no regions of level '{level}' on {day}.")
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

    def beside(self, rows: pa.Table, *, x: str, y: str) -> pa.Table:
        """Return rows with their stamp columns behind the others; stamps they bear already are replaced."""
        stamps = self.of_points(numbers_of(rows[x]), numbers_of(rows[y]))
        kept = [name for name in rows.column_names if name not in STAMP_COLUMNS]
        columns = [*(rows[name] for name in kept), *stamps.columns]
        return pa.table(columns, names=[*kept, *STAMP_COLUMNS])

    def stamped(self, points: pd.DataFrame, *, x: str, y: str) -> pd.DataFrame:
        """Return a frame with the stamp columns added; order and index stay."""
        east, north = (pd.to_numeric(points[name], errors="coerce").to_numpy(dtype=float) for name in (x, y))
        stamp = self.of_points(east, north).to_pandas()
        return points.assign(**{name: stamp[name].to_numpy() for name in STAMP_COLUMNS})


@dataclass(frozen=True)
class _Source:
    """Hold what is known of the rows to read, and the rows themselves.

    Parameters
    ----------
    schema : of the rows
    total : how far there is to go, in `unit`
    batches : tables of rows in order, each with how far they bring us
    """

    schema: pa.Schema
    total: int
    unit: str
    batches: Iterator[tuple[pa.Table, int]]


def stamp_file(stamp: Stamp, source: Path, target: Path, *, x: str, y: str) -> int:
    """Stamp the rows of a CSV or Parquet file, or of a folder of Parquet files, batch by batch and in order.

    The target appears under its name only when it is complete. The files of a folder follow each other by
    the names of their paths.

    Returns
    -------
    Number of rows; every row of the source comes out once

    Raises
    ------
    UnreadableInput, UsageError : when the source cannot be read or lacks a column
    """
    unfinished = target.with_name(f".{target.name}.part")
    try:
        rows = _stream(stamp, _opened(source), source.name, unfinished, target, x=x, y=y)
        unfinished.replace(target)
    except pa.ArrowInvalid as fault:
        raise UnreadableInput(f"{source.name} cannot be read: {fault}") from fault
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def refuse_absent(shown: str, columns: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse rows that lack a column.

    Raises
    ------
    UsageError : names the columns that are absent and those there are
    """
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise UsageError(f"{shown} has no column {', '.join(missing)}. Its columns: {', '.join(columns)}.")


def _stream(
    stamp: Stamp, source: _Source, shown: str, unfinished: Path, target: Path, *, x: str, y: str
) -> int:
    refuse_absent(shown, source.schema.names, (x, y))
    full = pa.schema([*(field for field in source.schema if field.name not in STAMP_COLUMNS), *_STAMP],
                     metadata=watermarks.member() or None)  # fmt: skip
    rows = 0
    with _writer(unfinished, target, full) as out, _bar(source) as bar:
        for batch, advance in source.batches:
            out.write_table(stamp.beside(batch, x=x, y=y).cast(full))
            rows += len(batch)
            bar.update(advance)
    if target.suffix.lower() == ".csv":
        _mark_csv(unfinished, full.names)
    return rows


def _mark_csv(path: Path, columns: Sequence[str]) -> None:
    with path.open("a", encoding="utf-8", newline="") as lines:
        for line in watermarks.member().values():
            csv.writer(lines, lineterminator="\n").writerow([line, *[""] * (len(columns) - 1)])


def _bar(source: _Source) -> tqdm[Any]:
    return progress.bar(source.total, "placing", unit=source.unit)


def numbers_of(column: pa.ChunkedArray) -> np.ndarray:
    """Return a column as numbers, NaN where it holds none; column by column while all are numbers."""
    try:
        if pa.types.is_string(column.type):
            column = pc.if_else(pc.equal(column, ""), None, column)
        return np.asarray(pc.cast(column, pa.float64()).to_numpy())
    except pa.ArrowInvalid:
        numbers: pd.Series = pd.to_numeric(column.to_pandas(), errors="coerce")
        return numbers.to_numpy(dtype=float)


def _opened(source: Path) -> _Source:
    if source.is_dir():
        return _folder(source)
    if not source.is_file():
        raise UnreadableInput(f"There is no file {source}.")
    if source.suffix.lower() == ".parquet":
        return _parquet(source)
    if source.suffix.lower() in (".csv", ".txt", ".tsv"):
        return _csv(source)
    raise UsageError(f"{source.name}: points are read from .csv or .parquet, or a folder of Parquet files.")


def _parquet(source: Path) -> _Source:
    file = pq.ParquetFile(source)
    batches = (pa.table(batch) for batch in file.iter_batches(batch_size=BATCH_ROWS))
    return _Source(file.schema_arrow, file.metadata.num_rows, "rows", ((rows, len(rows)) for rows in batches))


def _folder(source: Path) -> _Source:
    found = dataset_of(source)
    batches = (
        pa.table(batch) for part in found.get_fragments()
        for batch in part.to_batches(schema=found.schema, batch_size=BATCH_ROWS, batch_readahead=2)
    )  # fmt: skip
    return _Source(found.schema, found.count_rows(), "rows", ((rows, len(rows)) for rows in batches))


def dataset_of(source: Path) -> pa_dataset.Dataset:
    """Open a Parquet file, or all of a folder; folders in it named `key=value` give a column of texts each.

    Raises
    ------
    UnreadableInput : when there is nothing to read
    """
    files = parquet_files(source) if source.is_dir() else [source]
    if not files or not files[0].is_file():
        raise UnreadableInput(
            f"There is no Parquet file {source}, and no folder of this name with one in it."
        )
    parts = files[0].relative_to(source).parts[:-1] if source.is_dir() else ()
    keys = pa.schema([(part.partition("=")[0], pa.string()) for part in parts if "=" in part])
    hive = pa_dataset.partitioning(keys, flavor="hive")
    return pa_dataset.dataset([str(path) for path in files], format="parquet", partitioning=hive)


def parquet_files(folder: Path) -> list[Path]:
    """Return the Parquet files in and below a folder by the names of their paths; hidden ones left out."""
    found = (path for path in folder.rglob("*.parquet") if path.is_file())
    shown = (path for path in found
             if not any(part[0] in "._" for part in path.relative_to(folder).parts))  # fmt: skip
    return sorted(shown, key=lambda path: path.relative_to(folder).as_posix())


def _csv(source: Path) -> _Source:
    """Read every column as text, so that codes keep their leading zeros."""
    with source.open(encoding="utf-8-sig", errors="replace") as lines:
        header = lines.readline()
    delimiter = max(",;\t|", key=header.count)
    names = pa_csv.open_csv(source, parse_options=pa_csv.ParseOptions(delimiter=delimiter)).schema.names
    file = pa.OSFile(str(source))
    reader = pa_csv.open_csv(
        file,
        read_options=pa_csv.ReadOptions(block_size=CSV_BLOCK_BYTES),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(column_types={name: pa.string() for name in names}),
    )
    return _Source(reader.schema, source.stat().st_size, "B", _as_read(reader, file))


def _as_read(reader: pa_csv.CSVStreamingReader, file: pa.OSFile) -> Iterator[tuple[pa.Table, int]]:
    """Yield the batches with the bytes of the file that have been read since the one before."""
    before = 0
    for batch in reader:
        now = file.tell()
        yield pa.table(batch), now - before
        before = now


def _writer(unfinished: Path, target: Path, schema: pa.Schema) -> pq.ParquetWriter | pa_csv.CSVWriter:
    if target.suffix.lower() == ".parquet":
        return pq.ParquetWriter(unfinished, schema, compression="zstd")
    if target.suffix.lower() == ".csv":
        return pa_csv.CSVWriter(unfinished, schema)
    raise UsageError(f"{target.name}: choose the ending .csv or .parquet.")
