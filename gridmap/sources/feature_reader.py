"""Inside the child process: features to draw become Parquet, chunk by chunk, and rows set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from gridmap.crs import Crs, convert_geometries
from gridmap.errors import UnreadableInput
from gridmap.findings import Finding
from gridmap.sources import drawn_words
from gridmap.sources.opening import Ways, layers_of, open_source
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
from gridmap.sources.words import matching
from gridmap.sources.worker import Progress

COLUMNS = ("kind", "name", "rank")
_SIDES = ("min_x", "min_y", "max_x", "max_y")
_FEATURES = pa.schema([
    ("row_no", pa.int64()), ("kind", pa.string()), ("name", pa.string()), ("rank", pa.int32()),
    ("wkb", pa.binary()), *((side, pa.float64()) for side in _SIDES),
])  # fmt: skip
_HIGHEST_RANK = 100
#: Layers of an OpenStreetMap extract whose features are made of those of the other layers.
_RELATIONS = ("multilinestrings", "other_relations")
_DRAW_AGAIN = "Draw it, or leave the row out."


@dataclass
class _Run:
    """Hold what a reading needs to know, and what it has counted so far."""

    shown: str
    kinds: Sequence[str]
    declared: str | None
    target: str
    tally: Tally
    rows_read: int = 0
    rows_set_aside: int = 0
    passed_over: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Layer:
    """Hold one opened layer: its rows, the CRS they are in, and how they say what they are.

    Parameters
    ----------
    theme : name of the layer, which may tell its theme
    source : its rows
    crs : the CRS they are in
    shape : the column with shapes as WKT, None where rows have shapes
    columns : the columns kind, name and rank; empty where words of OpenStreetMap say what a row is
    """

    theme: str
    source: Source
    crs: Crs
    shape: str | None
    columns: dict[str, str]


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
    path = Path(job["path"])
    run = _Run(path.name, job["kinds"], job["crs"], job["target_crs"], Tally(path.name))
    with (
        pq.ParquetWriter("features.parquet", _FEATURES, compression="zstd", compression_level=1) as kept,
        pq.ParquetWriter("set_aside.parquet", SET_ASIDE_SCHEMA, compression="zstd") as aside,
    ):
        for number, (layer, theme) in enumerate(_layers(run, path, job["layer"])):
            staging = _empty(f"staged/{number}")
            with open_source(path, staging, Ways(layer=layer)) as source:
                _stream(run, _opened(run, theme, source), kept, aside, progress)
    _tell_passed_over(run)
    findings = list(dict.fromkeys([*run.findings, *run.tally.findings()]))
    return {"rows_read": run.rows_read, "rows_set_aside": run.rows_set_aside,
            "findings": [asdict(finding) for finding in findings]}  # fmt: skip


def _layers(run: _Run, path: Path, wanted: str | None) -> list[tuple[str | None, str]]:
    """Return the layers to read, each with what may tell its theme: the one asked for, or all known ones."""
    if wanted is not None:
        return [(wanted, wanted)]
    found = layers_of(path, _empty("staged/layers"))
    if len(found) < 2:
        return [(None, next(iter(found), path.stem))]
    known = [name for name, columns in found.items() if name not in _RELATIONS and _says_what(name, columns)]
    rest = [name for name in found if name not in known]
    if known and rest:
        said = f"{path.name}: layers {', '.join(rest)} hold no base map. To read one, name it with --layer."
        run.findings.append(Finding("features.other_layers", "info", said, amount=len(rest), unit="layers",
                                    file=path.name))  # fmt: skip
    return [(name, name) for name in known] or [(None, path.stem)]


def _says_what(layer: str, columns: Sequence[str]) -> bool:
    return _is_plain(columns) or drawn_words.knows(layer, columns)


def _is_plain(columns: Sequence[str]) -> bool:
    """Return whether a layer says itself of what kind and rank its rows are."""
    return all(matching(name, columns) is not None for name in COLUMNS)


def _opened(run: _Run, theme: str, source: Source) -> _Layer:
    crs, remarks = choose_crs(run.shown, source.crs, source.crs_is_stated, run.declared)
    run.findings += [*source.findings, *remarks]
    in_words = not _is_plain(source.columns) and drawn_words.knows(theme, source.columns)
    columns = {} if in_words else columns_found(run.shown, source.columns, {name: name for name in COLUMNS})
    return _Layer(theme, source, crs, shape_column(run.shown, source, {}), columns)


def _empty(name: str) -> Path:
    folder = Path(name)
    folder.mkdir(parents=True)
    return folder


def _stream(
    run: _Run, layer: _Layer, kept: pq.ParquetWriter, aside: pq.ParquetWriter, progress: Progress
) -> None:
    before = run.rows_read + run.passed_over
    for whole in layer.source.chunks:
        told = replace(whole, rows=whole.rows + before)
        chunk, words = _recognised(run, layer, told)
        table, rest = _converted(run, layer, chunk, words)
        kept.write_table(table)
        aside.write_table(pa.Table.from_pylist(rest, schema=SET_ASIDE_SCHEMA))
        run.rows_read += len(chunk.rows) + len(chunk.misfits)
        run.rows_set_aside += len(rest)
        progress(len(told.rows) + len(told.misfits))


def _recognised(run: _Run, layer: _Layer, chunk: Chunk) -> tuple[Chunk, dict[str, pa.Array]]:
    """Return the rows that a base map shows, with kind, name and rank as texts.

    Where a file says so itself these are all rows; of OpenStreetMap they are those with a word that is known.
    """
    if layer.columns:
        return chunk, {name: trimmed(as_text(chunk.table[column])) for name, column in layer.columns.items()}
    kinds, ranks = drawn_words.kinds_and_ranks(layer.theme, chunk.table, chunk.shapes)
    drawn = np.asarray(kinds.is_valid(), dtype=np.bool_)
    run.passed_over += int((~drawn).sum())
    mask = pa.array(drawn)
    words = {"kind": kinds, "name": drawn_words.names(chunk.table), "rank": ranks.cast(pa.string())}
    kept = Chunk(chunk.rows[drawn], chunk.table.filter(mask), chunk.shapes[drawn], chunk.unreadable[drawn],
                 chunk.misfits)  # fmt: skip
    return kept, {name: trimmed(values.filter(mask)) for name, values in words.items()}


def _tell_passed_over(run: _Run) -> None:
    if run.passed_over:
        said = (
            f"{run.shown}: {run.passed_over:,} features are nothing that a base map shows, and were not kept."
        )
        run.findings.append(Finding("features.not_drawn", "info", said, amount=run.passed_over, unit="rows",
                                    file=run.shown))  # fmt: skip


def _converted(
    run: _Run, layer: _Layer, chunk: Chunk, texts: dict[str, pa.Array]
) -> tuple[pa.Table, list[dict[str, object]]]:
    """Return the usable features of a chunk, and its rows set aside."""
    shapes, unreadable = _shapes(layer, chunk)
    sheet = _Sheet(chunk, run.tally, np.ones(len(chunk.rows), dtype=np.bool_), _misfits(run, chunk))
    _shapes_checked(sheet, shapes, unreadable)
    ranks = _words_checked(run, sheet, texts)
    moved = _moved(run, layer.crs, sheet, shapes)
    columns = {"row_no": pa.array(chunk.rows), "kind": texts["kind"], "name": texts["name"], "rank": ranks,
               "wkb": pa.array(shapely.to_wkb(moved), pa.binary()), **_sides(moved)}  # fmt: skip
    return pa.table(columns).filter(pa.array(sheet.keep)).cast(_FEATURES), sheet.aside


def _shapes(layer: _Layer, chunk: Chunk) -> tuple[Shapes, Booleans]:
    return (chunk.shapes, chunk.unreadable) if layer.shape is None else shapes_of_wkt(
        as_text(chunk.table[layer.shape])
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


def _moved(run: _Run, crs: Crs, sheet: _Sheet, shapes: Shapes) -> Shapes:
    """Return the shapes in the metric CRS; set aside those that have no place there."""
    usable = shapes.copy()
    usable[~sheet.keep] = None
    doubt = doubts_about(crs, shapely.get_coordinates(usable))
    if doubt:
        raise UnreadableInput(f"{run.shown}: {doubt}")
    moved = np.asarray(convert_geometries(usable, crs, run.target), dtype=object)
    lost = ~np.isfinite(shapely.bounds(moved)).all(axis=1)
    sheet.put_aside(lost, "row.outside_crs", f"it has no place in {run.target}",
                    "Declare the CRS of the file with --crs.")  # fmt: skip
    return moved


def _sides(shapes: Shapes) -> dict[str, pa.Array]:
    bounds = shapely.bounds(shapes)
    return {side: pa.array(bounds[:, number]) for number, side in enumerate(_SIDES)}
