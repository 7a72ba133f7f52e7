"""Inside the child process: one file of polygons becomes a frame, rows set aside and findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gridmap.crs import Crs, area_of, convert_geometries, to_lonlat
from gridmap.errors import UnreadableInput, UsageError
from gridmap.findings import Finding, Severity
from gridmap.sources.opening import Ways, open_source
from gridmap.sources.placeable import choose_crs, doubts_about
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
from gridmap.sources.values import as_text, trimmed
from gridmap.sources.words import counted, did_you_mean, matching, names_text, rows_text
from gridmap.sources.worker import Progress

_WKT_NAMES = ("geometry", "wkt", "geom", "the_geom", "shape", "polygon")
#: More than this nobody drew or surveyed; what is worked out from shapes takes ever longer with them.
MOST_CORNERS = 1_000_000
_LISTED = 50
_REPAIR = "--repair proposes a valid form."
_LOCATION = re.compile(r"^(.*?)\[\s*(\S+)\s+(\S+)\s*\]$")


@dataclass
class _Sheet:
    """Collect what is said of the rows while they are checked."""

    shown: str
    chunk: Chunk
    codes: list[str | None]
    keep: Booleans
    aside: list[tuple[int, str, str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def put_aside(self, bad: Booleans, check: str, reasons: Sequence[str], way_out: str) -> None:
        """Set rows aside: with a reason each, and findings of the first fifty."""
        positions = np.flatnonzero(bad & self.keep).tolist()
        for at, raw in zip(positions, raw_rows(self.chunk, positions), strict=True):
            self.aside.append((int(self.chunk.rows[at]), check, reasons[at], raw))
        self.keep[positions] = False
        for at in positions[:_LISTED]:
            self.tell(at, check, f"{reasons[at]}. {way_out}")
        self.tell_rest(check, len(positions), way_out)

    def tell(self, at: int, check: str, said: str, place: tuple[float, float] | None = None) -> None:
        """Add a finding about one row."""
        row, code = int(self.chunk.rows[at]), self.codes[at]
        named = f" ({code})" if code else ""
        lon, lat = place or (None, None)
        self.findings.append(
            Finding(
                check,
                "error",
                f"{self.shown}, row {row}{named}: {said}",
                codes=(code,) if code else (),
                amount=1,
                unit="rows",
                file=self.shown,
                row=row,
                lon=lon,
                lat=lat,
            )
        )

    def tell_rest(self, check: str, rows: int, way_out: str) -> None:
        """Add one finding for all rows beyond those told one by one."""
        rest = rows - _LISTED
        if rest > 0:
            self.tell_all(check, "error", f"{counted(rest, 'more row')} with the same fault. {way_out}", rest)

    def tell_all(self, check: str, severity: Severity, said: str, rows: int) -> None:
        """Add one finding about many rows."""
        message = f"{self.shown}: {said}"
        self.findings.append(Finding(check, severity, message, amount=rows, unit="rows", file=self.shown))


def read(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read polygons as `read_polygons` asks; write frame.parquet and set_aside.parquet."""
    staging = Path("staged")
    staging.mkdir()
    path = Path(job["path"])
    with open_source(path, staging, Ways(layer=job["layer"], encoding=job["encoding"])) as source:
        shape = shape_column(path.name, source, job["columns"])
        named = {name: column for name, column in job["columns"].items() if name != "geometry"}
        wanted = columns_found(path.name, source.columns, named)
        crs, remarks = choose_crs(path.name, source.crs, source.crs_is_stated, job["crs"])
        chunk = _whole(source, shape, progress)
    texts = {name: trimmed(as_text(chunk.table[column])) for name, column in wanted.items()}
    sheet = _checked(path.name, chunk, texts)
    geometry = _converted(sheet, crs, job["target_crs"])
    reasons = _invalid(sheet, geometry, job["target_crs"])
    _write(sheet, texts, geometry, reasons)
    findings = [*source.findings, *remarks, *sheet.findings]
    rows_read = len(chunk.rows) + len(chunk.misfits)
    return {"rows_read": rows_read, "crs": crs.name, "findings": [asdict(finding) for finding in findings]}


def shape_column(shown: str, source: Source, columns: dict[str, str]) -> str | None:
    """Return the WKT column of a table without shapes; None when the file has shapes."""
    if source.has_shapes:
        return None
    named = columns.get("geometry")
    found = named or next((name for name in source.columns if name.lower() in _WKT_NAMES), None)
    if found is None or found not in source.columns:
        raise UsageError(
            f"{shown} has no shapes: no column {named or ' or '.join(_WKT_NAMES)}. "
            f"Name the column that holds them as WKT. It has: {names_text(source.columns)}."
        )
    return found


def columns_found(shown: str, present: Sequence[str], wanted: dict[str, str]) -> dict[str, str]:
    """Return the file's columns by canonical name."""
    found = {name: matching(column, present) for name, column in wanted.items()}
    missing = [wanted[name] for name, column in found.items() if column is None]
    if missing:
        hints = "".join(did_you_mean(column, present) for column in missing)
        raise UsageError(
            f"{shown} has no column {', '.join(repr(column) for column in missing)}.{hints} "
            f"It has: {names_text(present)}."
        )
    return {name: column for name, column in found.items() if column is not None}


def _whole(source: Source, shape: str | None, progress: Progress) -> Chunk:
    """Return all rows of the file at once: polygons of regions are few, whatever their size."""
    chunks = []
    for chunk in source.chunks:
        chunks.append(chunk)
        progress(len(chunk.rows))
    if not chunks:
        raise UnreadableInput("The file holds no rows. Export it again.")
    table = pa.concat_tables([chunk.table for chunk in chunks], promote_options="permissive")
    rows = np.concatenate([chunk.rows for chunk in chunks])
    misfits = tuple(misfit for chunk in chunks for misfit in chunk.misfits)
    if shape is not None:
        shapes, unreadable = shapes_of_wkt(as_text(table[shape]))
        return Chunk(rows, table.drop_columns([shape]), shapes, unreadable, misfits)
    shapes = np.concatenate([chunk.shapes for chunk in chunks])
    unreadable = np.concatenate([chunk.unreadable for chunk in chunks])
    return Chunk(rows, table, shapes, unreadable, misfits)


# -- rows that cannot be used -------------------------------------------------------------------------


def _checked(shown: str, chunk: Chunk, texts: dict[str, pa.Array]) -> _Sheet:
    """Set aside the rows without a usable shape or code."""
    codes = texts["code"].to_pylist() if "code" in texts else [None] * len(chunk.rows)
    sheet = _Sheet(shown, chunk, codes, np.ones(len(chunk.rows), dtype=np.bool_))
    _misfits_aside(sheet)
    kinds = np.array([_kind_in_words(shape) for shape in chunk.shapes], dtype=object)
    no_area = ~np.isin(shapely.get_type_id(chunk.shapes), (3, 6))
    missing = shapely.is_missing(chunk.shapes)
    say = ["no shape"] * len(chunk.rows)
    sheet.put_aside(chunk.unreadable, "row.unreadable_geometry", ["the shape is damaged"] * len(say),
                    "Draw it again.")  # fmt: skip
    sheet.put_aside(missing, "row.null_geometry", say, "Draw it, or leave the row out.")
    empty = ["an empty shape"] * len(say)
    sheet.put_aside(
        shapely.is_empty(chunk.shapes), "row.empty_geometry", empty, "Draw it, or leave the row out."
    )
    lines = [f"a {kind} where a polygon is wanted" for kind in kinds]
    sheet.put_aside(no_area, "row.not_a_polygon", lines, "Load the layer of areas instead.")
    corners = shapely.get_num_coordinates(chunk.shapes)
    many = [f"a shape of {count:,} corners, more than the {MOST_CORNERS:,} that are read"
            for count in corners]  # fmt: skip
    sheet.put_aside(corners > MOST_CORNERS, "row.too_many_corners", many, "Simplify it before it is loaded.")
    if "code" in texts:
        _codes_checked(sheet)
    return sheet


def _kind_in_words(shape: shapely.Geometry | None) -> str:
    return "" if shape is None else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", shape.geom_type).lower()


def _misfits_aside(sheet: _Sheet) -> None:
    """Set aside rows that have not the columns of the header, or hold bytes that are no text."""
    for misfit in sheet.chunk.misfits:
        sheet.aside.append((misfit.row, misfit.check, misfit.reason, misfit.raw))
    for check, (said, way_out) in MISFITS.items():
        rows = [misfit.row for misfit in sheet.chunk.misfits if misfit.check == check]
        if rows:
            sheet.tell_all(check, "error", f"{rows_text(rows)}: {said}. {way_out}", len(rows))


def _codes_checked(sheet: _Sheet) -> None:
    blank = np.array([code is None for code in sheet.codes], dtype=np.bool_)
    sheet.put_aside(blank, "row.missing_code", ["no code"] * len(blank), "Give every region its code.")
    first: dict[str, int] = {}
    reasons, second = [], np.zeros(len(blank), dtype=np.bool_)
    for at, code in enumerate(sheet.codes):
        if code is not None and sheet.keep[at]:
            first.setdefault(code, at)
            second[at] = first[code] != at
        reasons.append(f"code {code} was used before, in row {sheet.chunk.rows[first.get(code or '', at)]}")
    way_out = "Correct the code; or, if both are parts of one region, join them into one multipolygon."
    sheet.put_aside(second, "row.duplicate_code", reasons, way_out)


# -- shapes -------------------------------------------------------------------------------------------


def _converted(sheet: _Sheet, crs: Crs, target: str) -> Shapes:
    """Return the shapes in the metric CRS; when the numbers contradict the CRS, set every row aside."""
    shapes = sheet.chunk.shapes.copy()
    shapes[~sheet.keep] = None
    doubt = doubts_about(crs, shapely.get_coordinates(shapes))
    if doubt:
        _all_aside(sheet, doubt)
        return np.full(len(shapes), None, dtype=object)
    moved = convert_geometries(shapes, crs, target)
    lost = ~_finite(moved)
    reasons = [f"it has no place in {target}"] * len(lost)
    sheet.put_aside(lost, "row.outside_crs", reasons, "Declare the CRS of the file with --crs.")
    moved[~sheet.keep] = None
    _tell_if_far(sheet, moved, target)
    return moved


def _finite(shapes: Shapes) -> Booleans:
    """Return whether all coordinates of each shape are numbers."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=np.bool_)
    finite[owner[~np.isfinite(points).all(axis=1)]] = False
    return finite


def _all_aside(sheet: _Sheet, doubt: str) -> None:
    """Set every row aside, with one finding for all: the file is wrong, not its rows."""
    sheet.tell_all("file.crs_mismatch", "error", doubt, int(sheet.keep.sum()))
    told = len(sheet.findings)
    reasons = ["the numbers are not of the CRS"] * len(sheet.keep)
    sheet.put_aside(sheet.keep.copy(), "file.crs_mismatch", reasons, "")
    del sheet.findings[told:]


def _tell_if_far(sheet: _Sheet, moved: Shapes, target: str) -> None:
    """Warn of polygons outside the area for which the metric CRS is made: areas are wrong there."""
    area = area_of(target)
    if area is None or not sheet.keep.any():
        return
    bounds = shapely.bounds(moved[sheet.keep])
    lon, lat = to_lonlat(bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1), target)
    far = ~area.widened(1.0).holds(lon, lat)
    if far.any():
        rows = sheet.chunk.rows[sheet.keep][far].tolist()
        said = (
            f"{counted(len(rows), 'polygon')} ({rows_text(rows)}) outside the area of {target}. "
            "Check --crs, or make the store with a CRS of that place."
        )
        sheet.tell_all("file.outside_area", "warning", said, len(rows))


def _invalid(sheet: _Sheet, geometry: Shapes, target: str) -> list[str | None]:
    """Return why each polygon is invalid, and tell it; None for a valid one."""
    reasons: list[str | None] = [None] * len(geometry)
    bad = np.flatnonzero(sheet.keep & ~shapely.is_valid(geometry)).tolist()
    for at in bad:
        reasons[at] = str(shapely.is_valid_reason(geometry[at]))
    for at in bad[:_LISTED]:
        _tell_invalid(sheet, at, reasons[at] or "", target)
    sheet.tell_rest("row.invalid_geometry", len(bad), _REPAIR)
    return reasons


def _tell_invalid(sheet: _Sheet, at: int, reason: str, target: str) -> None:
    located = _LOCATION.match(reason)
    if located is None:
        sheet.tell(at, "row.invalid_geometry", f"invalid polygon, {reason.lower()}. {_REPAIR}")
        return
    east, north = to_lonlat([float(located[2])], [float(located[3])], target)
    lon, lat = float(east[0]), float(north[0])
    said = f"invalid polygon, {located[1].lower()} at {lon:.6f}, {lat:.6f}. {_REPAIR}"
    sheet.tell(at, "row.invalid_geometry", said, (lon, lat))


def _write(
    sheet: _Sheet,
    texts: dict[str, pa.Array],
    geometry: Shapes,
    reasons: list[str | None],
) -> None:
    kept = pa.array(sheet.keep)
    columns = {"row": pa.array(sheet.chunk.rows), **texts, "invalid_reason": pa.array(reasons, pa.string()),
               "geometry": pa.array(shapely.to_wkb(geometry), pa.binary())}  # fmt: skip
    pq.write_table(pa.table(columns).filter(kept), "frame.parquet")
    write_set_aside(sheet.aside, Path("set_aside.parquet"))


def write_set_aside(rows: Sequence[tuple[int, str, str, str]], path: Path) -> None:
    """Write rows that cannot be used: row_no, check_name, reason, raw."""
    entries = [dict(zip(SET_ASIDE_SCHEMA.names, row, strict=True)) for row in rows]
    pq.write_table(pa.Table.from_pylist(entries, schema=SET_ASIDE_SCHEMA), path)
