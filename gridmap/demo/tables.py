"""Arrow tables for the registers: columns and types follow `gridmap.registers`, rows stream to Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from gridmap.registers import Register

SYNTHETIC_NOTE = (
    "Synthetic demo data made by gridmap. No real person, petition, building or boundary is in it."
)

_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


def schema_of(register: Register) -> pa.Schema:
    """Return the Arrow schema of a register's file: all its fields, places included."""
    return pa.schema([pa.field(field.name, _ARROW[field.type]) for field in register.all_fields])


def table_of(register: Register, columns: Mapping[str, object], rows: int) -> pa.Table:
    """Build a register's table; fields that are not given are null.

    Parameters
    ----------
    columns : arrays by field name; None and NaT are null
    rows : number of rows
    """
    schema = schema_of(register)
    unknown = sorted(set(columns) - set(schema.names))
    if unknown:
        raise KeyError(f"{register.name} has no field {', '.join(unknown)}")
    arrays = [_array(columns.get(field.name), field.type, rows) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: object, kind: pa.DataType, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, kind)
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(kind)
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return pa.array(
            values.astype("datetime64[us]" if pa.types.is_timestamp(kind) else "datetime64[D]")
        ).cast(kind)
    return pa.array(values, kind, from_pandas=True)


def geo_schema(columns: Mapping[str, pa.DataType], crs: str) -> pa.Schema:
    """Return a GeoParquet schema: plain columns, a WKB geometry, and the metadata that says so."""
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": [],
                "crs": pyproj.CRS.from_user_input(crs).to_json_dict(),
            }
        },
    }
    fields = [pa.field(name, kind) for name, kind in columns.items()] + [pa.field("geometry", pa.binary())]
    return pa.schema(fields, metadata={"geo": json.dumps(geo)})


def geo_table(schema: pa.Schema, columns: Mapping[str, object], geometry: np.ndarray) -> pa.Table:
    """Build a GeoParquet table from columns and shapes."""
    wkb = pa.array(shapely.to_wkb(geometry), pa.binary())
    arrays = [pa.array(columns[name], schema.field(name).type) for name in schema.names[:-1]]
    return pa.Table.from_arrays([*arrays, wkb], schema=schema)


class TableFile:
    """Write tables of one schema to a Parquet file, one after the other."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.rows = 0
        note = {**(schema.metadata or {}), b"synthetic": SYNTHETIC_NOTE.encode()}
        self._schema = schema.with_metadata(note)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, table: pa.Table) -> None:
        """Append a table's rows as one row group."""
        self._writer.write_table(table.replace_schema_metadata(self._schema.metadata), row_group_size=200_000)
        self.rows += table.num_rows

    def __enter__(self) -> TableFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
