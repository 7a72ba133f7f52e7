"""Parquet and GeoParquet, opened as chunks of rows; their text and numbers keep their types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gridmap.crs import Crs, crs_of_file, parse_crs
from gridmap.errors import UnreadableInput
from gridmap.sources.source import CHUNK_ROWS, Chunk, Source, no_shapes, shapes_of_wkb

_SHAPE_NAMES = ("geometry", "geom", "wkb_geometry", "wkb")


@dataclass(frozen=True)
class _Shape:
    """Name the column of shapes and what the file says of its CRS."""

    column: str
    crs: Crs | None
    stated: bool


@contextmanager
def open_parquet(path: Path, shown: str) -> Iterator[Source]:
    """Open a Parquet file; one with shapes (GeoParquet, or a WKB column named geometry) with them.

    Raises
    ------
    UnreadableInput : when the file is damaged, or its shapes are stored in a form other than WKB
    """
    try:
        with pq.ParquetFile(path) as file:
            shape = _shape_of(shown, file.schema_arrow)
            columns = tuple(name for name in file.schema_arrow.names if shape is None or name != shape.column)
            chunks = _chunks(file, shape.column if shape else None)
            crs, stated = (shape.crs, shape.stated) if shape else (None, False)
            yield Source(columns, chunks, crs, stated, has_shapes=shape is not None)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:
        raise UnreadableInput(f"{shown} is a damaged Parquet file ({fault}). Export it again.") from fault


def _shape_of(shown: str, schema: pa.Schema) -> _Shape | None:
    text = (schema.metadata or {}).get(b"geo")
    if text is not None:
        return _described_shape(shown, text)
    binary = [field.name for field in schema if field.name.lower() in _SHAPE_NAMES and _is_binary(field.type)]
    return _Shape(binary[0], None, False) if binary else None


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _described_shape(shown: str, text: bytes) -> _Shape:
    """Read GeoParquet's own description. No `crs` entry means WGS-84 by the standard, `null` unknown."""
    try:
        geo = json.loads(text)
        column = str(geo["primary_column"])
        described = dict(geo["columns"][column])
    except (ValueError, KeyError, TypeError) as fault:
        raise UnreadableInput(f"{shown}: its GeoParquet description is damaged. Export it again.") from fault
    if described.get("encoding") != "WKB":
        raise UnreadableInput(
            f"{shown} stores its shapes as {described.get('encoding')}. Export it with geometry encoding WKB."
        )
    if "crs" not in described:
        return _Shape(column, parse_crs("wgs84"), False)
    crs = described["crs"]
    if crs is None:
        return _Shape(column, None, False)
    return _Shape(column, crs_of_file(crs if isinstance(crs, str) else json.dumps(crs)), True)


def _chunks(file: pq.ParquetFile, shape: str | None) -> Iterator[Chunk]:
    first = 2
    for batch in file.iter_batches(batch_size=CHUNK_ROWS):
        batch.validate(full=True)
        table = pa.Table.from_batches([batch])
        rows = np.arange(first, first + len(table), dtype=np.int64)
        first += len(table)
        shapes, unreadable = shapes_of_wkb(table[shape]) if shape else no_shapes()
        yield Chunk(rows, table.drop_columns([shape] if shape else []), shapes, unreadable)
