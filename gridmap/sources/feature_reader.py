"""Inside the child process: features to draw become Parquet, chunk by chunk, and rows set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from gridmap.crs import Crs, convert_geometries
from gridmap.errors import UnreadableInput
from gridmap.sources.opening import Ways, open_source
from gridmap.sources.placeable import choose_crs, doubts_about
from gridmap.sources.polygon_reader import columns_found, shape_column
from gridmap.sources.source import (
    MISFITS,
    SET_ASIDE_SCHEMA,
    Booleans,
    Chunk,
    Shapes,
    Source,
    raw_rows,
    shapes_of_wkt,
)
from gridmap.sources.tally import Tally
from gridmap.sources.values import as_text, integers, trimmed
from gridmap.sources.worker import Progress

COLUMNS = ("kind", "name", "rank")
_SIDES = ("min_x", "min_y", "max_x", "max_y")
_FEATURES = pa.schema([
    ("row_no", pa.int64()), ("kind", pa.string()), ("name", pa.string()), ("rank", pa.int32()),
    ("wkb", pa.binary()), *((side, pa.float64()) for side in _SIDES),
])  # fmt: skip
_HIGHEST_RANK = 100
_DRAW_AGAIN = "Draw it, or leave the row out."


@dataclass
class _Run:
    """Hold what a reading needs to know, and what it has counted so far."""

    shown: str
    source: Source
    shape: str | None
    columns: dict[str, str]
    kinds: Sequence[str]
    crs: Crs
    target: str
    tally: Tally
    rows_read: int = 0
    rows_set_aside: int = 0


@dataclass
class _Sheet:
    """Sort the rows of one chunk into those to keep and those set aside."""

    chunk: Chunk
    tally: Tally
    keep: Booleans
    aside: list[dict[str, object]] = field(default_factory=list)

    def put_aside(self, bad: Booleans, check: str, said: str, way_out: str) -> None:
        """Set the rows that are bad and still kept aside."""
        positions = np.flatnonzero(bad & self.keep)
        rows = self.chunk.rows[positions].tolist()
        self.aside += [{"row_no": row, "check_name": check, "reason": said, "raw": raw}
                       for row, raw in zip(rows, raw_rows(self.chunk, positions), strict=True)]  # fmt: skip
        self.keep[positions] = False
        self.tally.add(check, said, rows, said=said, way_out=way_out)


def read(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read features as `read_features` asks; write features.parquet and set_aside.parquet."""
    staging = Path("staged")
    staging.mkdir()
    path = Path(job["path"])
    with open_source(path, staging, Ways(layer=job["layer"])) as source:
        crs, remarks = choose_crs(path.name, source.crs, source.crs_is_stated, job["crs"])
        run = _Run(
            path.name, source, shape_column(path.name, source, {}),
            columns_found(path.name, source.columns, {name: name for name in COLUMNS}),
            job["kinds"], crs, job["target_crs"], Tally(path.name),
        )  # fmt: skip
        _stream(run, progress)
    findings = [*source.findings, *remarks, *run.tally.findings()]
    return {"rows_read": run.rows_read, "rows_set_aside": run.rows_set_aside,
            "findings": [asdict(finding) for finding in findings]}  # fmt: skip


def _stream(run: _Run, progress: Progress) -> None:
    with (
        pq.ParquetWriter("features.parquet", _FEATURES, compression="zstd", compression_level=1) as kept,
        pq.ParquetWriter("set_aside.parquet", SET_ASIDE_SCHEMA, compression="zstd") as aside,
    ):
        for chunk in run.source.chunks:
            table, rest = _converted(run, chunk)
            kept.write_table(table)
            aside.write_table(pa.Table.from_pylist(rest, schema=SET_ASIDE_SCHEMA))
            run.rows_read += len(chunk.rows) + len(chunk.misfits)
            run.rows_set_aside += len(rest)
            progress(len(chunk.rows) + len(chunk.misfits))


def _converted(run: _Run, chunk: Chunk) -> tuple[pa.Table, list[dict[str, object]]]:
    """Return the usable features of a chunk, and its rows set aside."""
    shapes, unreadable = _shapes(run, chunk)
    texts = {name: trimmed(as_text(chunk.table[column])) for name, column in run.columns.items()}
    sheet = _Sheet(chunk, run.tally, np.ones(len(chunk.rows), dtype=np.bool_), _misfits(run, chunk))
    _shapes_checked(sheet, shapes, unreadable)
    ranks = _words_checked(run, sheet, texts)
    moved = _moved(run, sheet, shapes)
    columns = {"row_no": pa.array(chunk.rows), "kind": texts["kind"], "name": texts["name"], "rank": ranks,
               "wkb": pa.array(shapely.to_wkb(moved), pa.binary()), **_sides(moved)}  # fmt: skip
    return pa.table(columns).filter(pa.array(sheet.keep)).cast(_FEATURES), sheet.aside


def _shapes(run: _Run, chunk: Chunk) -> tuple[Shapes, Booleans]:
    return (chunk.shapes, chunk.unreadable) if run.shape is None else shapes_of_wkt(
        as_text(chunk.table[run.shape])
    )  # fmt: skip


def _misfits(run: _Run, chunk: Chunk) -> list[dict[str, object]]:
    """Return the rows that could not be split into columns, as rows set aside."""
    for check, (said, way_out) in MISFITS.items():
        rows = [misfit.row for misfit in chunk.misfits if misfit.check == check]
        run.tally.add(check, said, rows, said=said, way_out=way_out)
    return [{"row_no": misfit.row, "check_name": misfit.check, "reason": misfit.reason, "raw": misfit.raw}
            for misfit in chunk.misfits]  # fmt: skip


def _shapes_checked(sheet: _Sheet, shapes: Shapes, unreadable: Booleans) -> None:
    sheet.put_aside(unreadable, "row.unreadable_geometry", "the shape is damaged", "Draw it again.")
    sheet.put_aside(shapely.is_missing(shapes), "row.null_geometry", "no shape", _DRAW_AGAIN)
    sheet.put_aside(shapely.is_empty(shapes), "row.empty_geometry", "an empty shape", _DRAW_AGAIN)


def _words_checked(run: _Run, sheet: _Sheet, texts: dict[str, pa.Array]) -> pa.Array:
    """Set aside the rows whose kind or rank says nothing; return the ranks."""
    unknown = pc.invert(pc.is_in(texts["kind"], value_set=pa.array(run.kinds)))
    sheet.put_aside(_mask(unknown), "row.unknown_kind", f"kind is none of {', '.join(run.kinds)}",
                    "Give it one of these kinds.")  # fmt: skip
    ranks = integers(texts["rank"])
    usable = pc.and_(pc.greater_equal(ranks, 1), pc.less_equal(ranks, _HIGHEST_RANK))
    sheet.put_aside(~_mask(usable), "row.bad_rank", f"rank is no whole number from 1 to {_HIGHEST_RANK}",
                    "Give it one: 1 is drawn from far away.")  # fmt: skip
    return pc.if_else(usable, ranks, None)


def _mask(values: pa.Array) -> Booleans:
    return np.asarray(pc.fill_null(values, False), dtype=np.bool_)


def _moved(run: _Run, sheet: _Sheet, shapes: Shapes) -> Shapes:
    """Return the shapes in the metric CRS; set aside those that have no place there."""
    usable = shapes.copy()
    usable[~sheet.keep] = None
    doubt = doubts_about(run.crs, shapely.get_coordinates(usable))
    if doubt:
        raise UnreadableInput(f"{run.shown}: {doubt}")
    moved = np.asarray(convert_geometries(usable, run.crs, run.target), dtype=object)
    lost = ~np.isfinite(shapely.bounds(moved)).all(axis=1)
    sheet.put_aside(lost, "row.outside_crs", f"it has no place in {run.target}",
                    "Declare the CRS of the file with --crs.")  # fmt: skip
    return moved


def _sides(shapes: Shapes) -> dict[str, pa.Array]:
    bounds = shapely.bounds(shapes)
    return {side: pa.array(bounds[:, number]) for number, side in enumerate(_SIDES)}
