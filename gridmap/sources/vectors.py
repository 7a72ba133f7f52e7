"""Geodata opened by GDAL (through pyogrio), as chunks of rows with shapes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.raw

from gridmap.crs import Crs, crs_of_file, parse_crs
from gridmap.errors import UnreadableInput, UsageError
from gridmap.sources import filetypes
from gridmap.sources.encodings import Encoding, encoding_of_dbase, told_encoding
from gridmap.sources.extracts import is_whole
from gridmap.sources.source import Chunk, Source, shapes_of_wkb
from gridmap.sources.staging import Staged
from gridmap.sources.words import did_you_mean, names_text

_BATCH = 50_000
#: Formats whose standard fixes the CRS, so that every file reads as WGS-84 whatever it holds.
_IMPLY_WGS84 = (filetypes.GEOJSON, filetypes.GEOJSONSEQ, filetypes.KML)
_CRS_MEMBER = b'"crs"'
_HEAD = 1 << 16


@contextmanager
def open_vectors(staged: Staged, *, encoding: str | None = None) -> Iterator[Source]:
    """Open one layer of geodata.

    Raises
    ------
    UnreadableInput : when GDAL cannot read it, it has no shapes, or its texts fit no encoding
    UsageError : when it has several layers and none is chosen, or not the chosen one
    """
    _require_whole(staged)
    found = _encoding(staged, encoding)
    layer = _layer(staged)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pyogrio.raw.open_arrow(
                staged.path, **_asked(staged, layer), encoding=found.name if found else None,
                use_pyarrow=True, batch_size=_BATCH,
            ) as (meta, reader):  # fmt: skip
                yield _source(staged, meta, reader, found)
    except (RuntimeError, ValueError, OSError, pa.ArrowException) as fault:
        raise UnreadableInput(_unreadable(staged, fault)) from fault


def layers_in(staged: Staged) -> dict[str, tuple[str, ...]]:
    """Return the columns of every layer with shapes, by the name of the layer.

    Raises
    ------
    UnreadableInput : when GDAL cannot read the file
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names = [str(name) for name, kind in pyogrio.list_layers(staged.path) if kind is not None]
            return {name: tuple(pyogrio.read_info(staged.path, layer=name)["fields"]) for name in names}
    except (RuntimeError, ValueError, OSError) as fault:
        raise UnreadableInput(_unreadable(staged, fault)) from fault


def _require_whole(staged: Staged) -> None:
    if staged.format is filetypes.OSM and staged.path.suffix == ".pbf" and not is_whole(staged.path):
        raise UnreadableInput(f"{staged.shown} is cut off or damaged. Fetch or copy it again.")


def _asked(staged: Staged, layer: str | None) -> dict[str, str | None]:
    """Name the layer; of an OpenStreetMap extract, whose layers lie mixed, by a question.

    Asked for by its name, the features of all other layers would be kept in memory meanwhile.
    """
    if staged.format is filetypes.OSM:
        return {"sql": f'select * from "{layer}"'}  # noqa: S608 - GDAL's own, of a layer that it listed
    return {"layer": layer}


def _source(
    staged: Staged, meta: dict[str, Any], reader: pa.RecordBatchReader, encoding: Encoding | None
) -> Source:
    shape = meta.get("geometry_name") or "wkb_geometry"
    names = reader.schema.names
    if shape not in names:
        raise UnreadableInput(f"{staged.shown} has no shapes in this layer. Choose another with --layer.")
    crs, stated = _crs(staged, meta.get("crs"))
    columns = tuple(name for name in names if name != shape)
    findings = (*staged.findings, *(told_encoding(staged.shown, encoding) if encoding else ()))
    return Source(columns, _chunks(staged, reader, shape), crs, stated, findings, has_shapes=True)


def _chunks(staged: Staged, reader: pa.RecordBatchReader, shape: str) -> Iterator[Chunk]:
    first = 2
    for batch in reader:
        _require_text(staged, batch)
        table = pa.Table.from_batches([batch])
        rows = np.arange(first, first + len(table), dtype=np.int64)
        first += len(table)
        shapes, unreadable = shapes_of_wkb(table[shape])
        yield Chunk(rows, table.drop_columns([shape]), shapes, unreadable)


def _require_text(staged: Staged, batch: pa.RecordBatch) -> None:
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as fault:
        raise UnreadableInput(
            f"{staged.shown}: its texts do not fit their encoding. "
            "Declare it (gb18030 for most Chinese files)."
        ) from fault


def _layer(staged: Staged) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = pyogrio.list_layers(staged.path)
    except (RuntimeError, ValueError) as fault:
        raise UnreadableInput(_unreadable(staged, fault)) from fault
    with_shapes = [str(name) for name, kind in layers if kind is not None]
    names = [str(name) for name, _ in layers]
    return _chosen_layer(staged, names, with_shapes)


def _chosen_layer(staged: Staged, names: list[str], with_shapes: list[str]) -> str | None:
    wanted = staged.layer
    if wanted is None and len(with_shapes) == 1:
        return with_shapes[0]
    if wanted in names:
        return wanted
    if not with_shapes:
        raise UnreadableInput(f"{staged.shown} has no layer with shapes: it is empty or damaged.")
    listed = names_text(with_shapes)
    if wanted is None:
        raise UsageError(
            f"{staged.shown} holds {len(with_shapes)} layers: {listed}. Choose one with --layer."
        )
    hint = did_you_mean(wanted, with_shapes)
    raise UsageError(f"{staged.shown} has no layer '{wanted}'.{hint} It has: {listed}.")


def _crs(staged: Staged, definition: str | None) -> tuple[Crs | None, bool]:
    """Return the file's CRS, and whether the file itself states it."""
    if staged.format in _IMPLY_WGS84:
        stated = staged.format is filetypes.GEOJSON and _has_crs_member(staged.path)
        return (crs_of_file(definition) if stated and definition else parse_crs("wgs84")), stated
    return (crs_of_file(definition), True) if definition else (None, False)


def _has_crs_member(path: Path) -> bool:
    with path.open("rb") as file:
        return _CRS_MEMBER in file.read(_HEAD)


def _encoding(staged: Staged, declared: str | None) -> Encoding | None:
    if staged.format is not filetypes.SHAPEFILE:
        return None
    page = staged.path.with_suffix(".cpg")
    stated = page.read_text(encoding="latin-1") if page.exists() else None
    return encoding_of_dbase(staged.path.with_suffix(".dbf"), declared, stated=stated, shown=staged.shown)


def _unreadable(staged: Staged, fault: Exception) -> str:
    """Say what GDAL said, with the person's file name in place of ours."""
    text = str(fault).replace(str(staged.path), staged.shown).replace(staged.path.name, staged.shown)
    said = text.split("; It might help")[0].strip().rstrip(".")[:300]
    return f"{staged.shown} cannot be read as {staged.format.title}: {said}. Export it again."
