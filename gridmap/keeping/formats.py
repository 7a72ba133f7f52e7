"""The open formats of a dump: what each makes of a table, and how it is read back to the digit.

GeoParquet keeps every type. CSV and GeoPackage know fewer: there times are ISO texts with microseconds,
lists are JSON, sealed values hexadecimal, and polygons in CSV are WKT with as many digits as bring the same
number back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely

from gridmap.errors import UsageError

_GEOMETRY = b"geoarrow.wkb"
_ALL_DIGITS = 17
#: GeoPackage keeps all tables in one file.
_PACKAGE = "tables.gpkg"


@dataclass(frozen=True)
class OpenFormat:
    """Hold one way to write and read tables.

    Parameters
    ----------
    name : what it is called on the command line
    file : name of the file for a table
    write : puts the batches of a table into a folder
    read : gives the rows of a table back, in its types
    """

    name: str
    file: Callable[[str], str]
    write: Callable[[Path, str, pa.RecordBatchReader, str], None]
    read: Callable[[Path, str, pa.Schema], Iterator[pa.Table]]


def format_named(name: str) -> OpenFormat:
    """Return a format by name.

    Raises
    ------
    UsageError : when there is none of this name
    """
    if name not in FORMATS:
        raise UsageError(f"No open format is called '{name}'. There are: {', '.join(FORMATS)}.")
    return FORMATS[name]


def geometry_column(schema: pa.Schema) -> str:
    """Return the name of the column that holds polygons, empty when there is none."""
    return next((entry.name for entry in schema if _is_geometry(entry)), "")


# -- GeoParquet ---------------------------------------------------------------------------------------


def _write_parquet(path: Path, table: str, rows: pa.RecordBatchReader, crs: str) -> None:
    schema = _plain(rows.schema)
    about = _geo(geometry_column(rows.schema), crs)
    with pq.ParquetWriter(path, schema.with_metadata(about), compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def _read_parquet(path: Path, table: str, wanted: pa.Schema) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            yield _typed(pa.Table.from_batches([batch]), wanted)


def _geo(column: str, crs: str) -> dict[str, str]:
    """Return the metadata that makes a Parquet file a GeoParquet file."""
    if not column:
        return {}
    about = {"encoding": "WKB", "geometry_types": [], "crs": pyproj.CRS(crs).to_json_dict()}
    said = {"version": "1.1.0", "primary_column": column, "columns": {column: about}}
    return {"geo": json.dumps(said)}


# -- CSV ----------------------------------------------------------------------------------------------


def _write_csv(path: Path, table: str, rows: pa.RecordBatchReader, crs: str) -> None:
    schema = _in_words(rows.schema, geometry=pa.string())
    # Texts stand in quotes and what is absent does not: so an empty text and no text stay two things.
    with pacsv.CSVWriter(path, schema, write_options=pacsv.WriteOptions(quoting_style="needed")) as writer:
        for batch in rows:
            writer.write_batch(_worded(batch, schema, _wkt))


def _read_csv(path: Path, table: str, wanted: pa.Schema) -> Iterator[pa.Table]:
    words = _in_words(wanted, geometry=pa.string())
    reader = pacsv.open_csv(
        path,
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=words, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    for batch in reader:
        yield _unworded(pa.Table.from_batches([batch]), wanted, _from_wkt)


def _wkt(column: pa.Array) -> pa.Array:
    polygons = shapely.from_wkb(_bytes_of(column))
    return pa.array(shapely.to_wkt(polygons, rounding_precision=_ALL_DIGITS), pa.string(), from_pandas=True)


def _from_wkt(column: pa.ChunkedArray) -> pa.Array:
    polygons = shapely.from_wkt(column.to_pylist())
    return pa.array(shapely.to_wkb(polygons, byte_order=1), pa.binary(), from_pandas=True)


# -- GeoPackage ---------------------------------------------------------------------------------------


def _write_package(path: Path, table: str, rows: pa.RecordBatchReader, crs: str) -> None:
    schema = _in_words(rows.schema, geometry=pa.binary())
    worded = pa.RecordBatchReader.from_batches(schema, (_worded(batch, schema, _as_is) for batch in rows))
    column = geometry_column(rows.schema)
    about = {"geometry_name": column, "geometry_type": "Unknown", "crs": crs} if column else {}
    pyogrio.write_arrow(worded, path, layer=table, driver="GPKG", append=path.exists(), **about)


def _read_package(path: Path, table: str, wanted: pa.Schema) -> Iterator[pa.Table]:
    _, found = pyogrio.read_arrow(path, layer=table)
    yield _unworded(found.select(wanted.names), wanted, _as_is)


def _as_is(column: Any) -> Any:
    return column


# -- types --------------------------------------------------------------------------------------------


def _is_geometry(entry: pa.Field) -> bool:
    return (entry.metadata or {}).get(b"ARROW:extension:name") == _GEOMETRY


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return a schema without DuckDB's own marks."""
    return pa.schema([pa.field(entry.name, entry.type) for entry in schema])


def _in_words(schema: pa.Schema, *, geometry: pa.DataType) -> pa.Schema:
    """Return the types a table has in a format that knows numbers, truth and text."""
    return pa.schema([
        pa.field(entry.name, geometry if _is_geometry(entry) else _word_type(entry.type)) for entry in schema
    ])  # fmt: skip


def _word_type(kind: pa.DataType) -> pa.DataType:
    counted = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return kind if counted else pa.string()


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _worded(batch: pa.RecordBatch, schema: pa.Schema, of_geometry: Callable[[Any], Any]) -> pa.RecordBatch:
    columns = [
        of_geometry(column) if _is_geometry(entry) else _words(column, wanted.type)
        for column, entry, wanted in zip(batch.columns, batch.schema, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays([column.cast(wanted.type) for column, wanted in
                                       zip(columns, schema, strict=True)], schema=schema)  # fmt: skip


def _words(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_list(column.type):
        texts = [None if items is None else json.dumps(items, ensure_ascii=False)
                 for items in column.to_pylist()]  # fmt: skip
        return pa.array(texts, pa.string())
    if _is_bytes(column.type):
        return pa.array([None if value is None else value.hex() for value in _bytes_of(column)], pa.string())
    return column.cast(wanted)


def _unworded(found: pa.Table, wanted: pa.Schema, of_geometry: Callable[[Any], Any]) -> pa.Table:
    columns = [
        of_geometry(found[entry.name])
        if _is_geometry(entry)
        else _typed_column(found[entry.name], entry.type)
        for entry in wanted
    ]
    return _typed(pa.table(columns, names=wanted.names), wanted)


def _typed_column(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_list(kind):
        items = [None if text is None else json.loads(text) for text in column.to_pylist()]
        return pa.chunked_array([pa.array(items, kind)])
    if _is_bytes(kind):
        values = [None if text is None else bytes.fromhex(text) for text in column.to_pylist()]
        return pa.chunked_array([pa.array(values, kind)])
    if pa.types.is_boolean(kind):
        return pc.cast(column, pa.bool_())
    return column.cast(kind)


def _typed(found: pa.Table, wanted: pa.Schema) -> pa.Table:
    """Return the columns in the order and the types of a table of the store."""
    columns = [found[entry.name].cast(entry.type) for entry in wanted]
    return pa.Table.from_arrays(columns, schema=wanted)


def _bytes_of(column: pa.Array) -> list[bytes | None]:
    return [None if value is None else bytes(value) for value in column.to_pylist()]


FORMATS: dict[str, OpenFormat] = {
    "parquet": OpenFormat("parquet", "{}.parquet".format, _write_parquet, _read_parquet),
    "csv": OpenFormat("csv", "{}.csv".format, _write_csv, _read_csv),
    "gpkg": OpenFormat("gpkg", lambda _table: _PACKAGE, _write_package, _read_package),
}
