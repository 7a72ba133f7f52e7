"""What every format becomes while it is read: chunks of rows with their numbers, columns and shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from gridmap.crs import Crs
from gridmap.findings import Finding

#: Rows of one chunk, at most; what a chunk holds in memory follows from it.
CHUNK_ROWS = 200_000
#: What is kept of a row that cannot be used; one row per row of the file and reason.
SET_ASIDE_SCHEMA = pa.schema([("row_no", pa.int64()), ("check_name", pa.string()), ("reason", pa.string()),
                              ("raw", pa.string())])  # fmt: skip

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Shapes = npt.NDArray[Any]


@dataclass(frozen=True)
class Misfit:
    """Hold a row that could not even be split into columns, or whose bytes are no text."""

    row: int
    reason: str
    raw: str
    check: str = "row.columns"


#: What to do about misfits, by check.
MISFITS = {
    "row.columns": (
        "not split into the columns of the header",
        "Mend the delimiters or quotation marks there.",
    ),
    "row.bad_encoding": ("bytes that are no text", "Correct the texts there: they are cut off or damaged."),
}


@dataclass(frozen=True)
class Chunk:
    """Hold some rows of a file.

    Parameters
    ----------
    rows : row numbers, the header being row 1; the first feature of geodata is row 2
    table : columns as the file names them, values as the file holds them
    shapes : shapely geometries, None where there is none; empty array for a file without shapes
    unreadable : whether the row has a shape that cannot be read
    misfits : rows that have not the columns of the header
    """

    rows: Integers
    table: pa.Table
    shapes: Shapes
    unreadable: Booleans
    misfits: tuple[Misfit, ...] = ()


@dataclass(frozen=True)
class Source:
    """Hold an opened file.

    Parameters
    ----------
    columns : column names, without the shape
    chunks : the rows, readable once
    crs : CRS that the file states or implies; None when it does neither
    crs_is_stated : False when the format alone implies the CRS (GeoJSON without a crs member)
    findings : remarks on how the file was read
    has_shapes : whether its rows have shapes
    """

    columns: tuple[str, ...]
    chunks: Iterator[Chunk]
    crs: Crs | None = None
    crs_is_stated: bool = False
    findings: tuple[Finding, ...] = ()
    has_shapes: bool = False


def no_shapes() -> tuple[Shapes, Booleans]:
    """Return what a chunk of a file without shapes has for them."""
    return np.empty(0, dtype=object), np.empty(0, dtype=np.bool_)


def shapes_of_wkb(column: pa.Array | pa.ChunkedArray) -> tuple[Shapes, Booleans]:
    """Return the shapes of a WKB column, and which of them cannot be read."""
    texts = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    shapes = np.asarray(shapely.from_wkb(texts, on_invalid="ignore"), dtype=object)
    return shapes, shapely.is_missing(shapes) & ~np.asarray(column.is_null())


def shapes_of_wkt(column: pa.Array | pa.ChunkedArray) -> tuple[Shapes, Booleans]:
    """Return the shapes of a WKT column, and which of them cannot be read."""
    texts = np.array([text or None for text in column.to_pylist()], dtype=object)
    shapes = np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=object)
    return shapes, shapely.is_missing(shapes) & np.array([text is not None for text in texts], dtype=np.bool_)


def raw_rows(chunk: Chunk, positions: Sequence[int] | Integers) -> list[str]:
    """Return rows as JSON, as they stand in the file; a shape is added as WKT under `geometry`."""
    taken = chunk.table.take(pa.array(positions, pa.int64())).to_pylist()
    if len(chunk.shapes):
        shapes = shapely.to_wkt(chunk.shapes[np.asarray(positions, dtype=np.int64)], rounding_precision=-1)
        for row, shape in zip(taken, shapes, strict=True):
            row["geometry"] = shape
    return [json.dumps(row, ensure_ascii=False, default=_as_json) for row in taken]


def _as_json(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
