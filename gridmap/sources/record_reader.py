"""Inside the child process: one file of records becomes canonical Parquet, rows set aside and findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from gridmap.findings import Finding
from gridmap.registers import PLACE_FIELDS, Field, Register
from gridmap.sealing import Key
from gridmap.sources import personal
from gridmap.sources import record_places as places
from gridmap.sources.mapping import ColumnChoice, Mapping, Rule
from gridmap.sources.opening import Ways, open_source
from gridmap.sources.placeable import choose_crs, doubts_about
from gridmap.sources.record_columns import Feeds, feeds_of
from gridmap.sources.record_values import Read, faults_of, read_field
from gridmap.sources.secrets import disguised
from gridmap.sources.seen_keys import SeenKeys
from gridmap.sources.source import MISFITS, SET_ASIDE_SCHEMA, Booleans, Chunk, Source
from gridmap.sources.tally import Tally
from gridmap.sources.values import ARROW_TYPES
from gridmap.sources.words import names_text
from gridmap.sources.worker import Progress

#: Pairs of times of which the second cannot come before the first: check, earlier, later, what it means.
_IN_ORDER = (
    ("row.closed_before_received", "received_at", "closed_at", "closed before it was received"),
    ("row.ends_before_it_starts", "valid_from", "valid_to", "ends before it starts"),
)


_WAYS_OUT = {
    places.HALF: "Give both or neither.",
    places.UNREADABLE: "Write plain numbers.",
    places.ZERO: "Leave unknown coordinates empty.",
    places.NO_POINT: "Give each record one point.",
    places.OUTSIDE: "Check --crs and the numbers.",
    places.SWAPPED_LONLAT: "Swap the two columns in the mapping, or correct the rows.",
    places.SWAPPED_XY: "Swap the two columns in the mapping, or correct the rows.",
}
_PERSONAL = "names, telephones, addresses and texts"


@dataclass
class _Run:
    """Hold what one reading needs from the first chunk to the last."""

    shown: str
    register: Register
    mapping: Mapping
    feeds: Feeds
    source: Source
    ground: places.Ground | None
    tally: Tally
    sealer: personal.Sealer
    seen: SeenKeys = field(default_factory=SeenKeys)
    hash_key: str = ""
    contradict: bool | None = None
    doubt: str = ""
    rows_read: int = 0
    rows_set_aside: int = 0

    @property
    def has_coordinates(self) -> bool:
        """Return whether the file gives coordinates for its rows, in columns or as points."""
        return {"x", "y"} <= self.feeds.column.keys() or self.source.has_shapes


def read(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read records as `read_records` asks; write canonical.parquet and set_aside.parquet."""
    staging = Path("staged")
    staging.mkdir()
    path, mapping, register = Path(job["path"]), _mapping(job["mapping"]), _register(job["register"])
    ways = Ways(mapping.layer, mapping.sheet, mapping.encoding, mapping.delimiter)
    with open_source(path, staging, ways) as source:
        feeds = feeds_of(mapping, register, source.columns, path.name)
        sealer = _sealer(register, mapping, feeds, job.get("seal"))
        run = _Run(path.name, register, mapping, feeds, source, None, Tally(path.name), sealer,
                   hash_key=job.get("hash_key", ""))  # fmt: skip
        remarks: tuple[Finding, ...] = ()
        if register.placed and run.has_coordinates:
            crs, remarks = choose_crs(path.name, source.crs, source.crs_is_stated, job["crs"])
            run.ground = places.ground_of(crs, job["target_crs"])
        _stream(run, progress)
    told = (*_not_read(run), *_told_if_empty(run), *_not_kept(run))
    findings = [*source.findings, *remarks, *run.tally.findings(), *told]
    return {"rows_read": run.rows_read, "rows_set_aside": run.rows_set_aside,
            "crs": run.ground.crs.name if run.ground else "",
            "findings": [asdict(finding) for finding in findings]}  # fmt: skip


def _stream(run: _Run, progress: Progress) -> None:
    schema = canonical_schema(run.register)
    with (
        pq.ParquetWriter("canonical.parquet", schema, compression="zstd", compression_level=1) as kept,
        pq.ParquetWriter("set_aside.parquet", SET_ASIDE_SCHEMA, compression="zstd") as aside,
        pq.ParquetWriter("sealed.parquet", personal.SCHEMA, compression="zstd") as sealed,
    ):
        for chunk in run.source.chunks:
            table, values, rest = _converted(run, _disguised(run, chunk), schema)
            kept.write_table(table)
            sealed.write_table(values)
            if rest:
                aside.write_table(pa.Table.from_pylist(rest, schema=SET_ASIDE_SCHEMA))
            run.rows_read += len(chunk.rows) + len(chunk.misfits)
            run.rows_set_aside += len({entry["row_no"] for entry in rest})
            progress(len(chunk.rows) + len(chunk.misfits))


def canonical_schema(register: Register) -> pa.Schema:
    """Return the columns of canonical.parquet for a register: none of what is sealed."""
    own = [(entry.name, ARROW_TYPES[entry.type]) for entry in register.fields if not entry.is_sealed]
    if not register.placed:
        return pa.schema([("row_no", pa.int64()), *own])
    numbers = [(name, pa.float64()) for name in ("raw_x", "raw_y")]
    metric = [("src_crs", pa.string()), ("x", pa.float64()), ("y", pa.float64())]
    words = [(entry.name, pa.string()) for entry in PLACE_FIELDS if entry.type == "text"]
    return pa.schema([("row_no", pa.int64()), *own, *numbers, *metric, *words, ("place_reason", pa.string())])


# -- one chunk ----------------------------------------------------------------------------------------


def _converted(run: _Run, chunk: Chunk, schema: pa.Schema) -> tuple[pa.Table, pa.Table, list[dict[str, Any]]]:
    """Return the usable rows of a chunk as canonical columns, their sealed values, and those set aside."""
    reads = {entry.name: read_field(entry, chunk.table, run.feeds.column.get(entry.name), run.mapping)
             for entry in run.register.all_fields}  # fmt: skip
    aside = _misfits(run, chunk)
    usable = np.ones(len(chunk.rows), dtype=np.bool_)
    for entry in run.register.all_fields:
        if not _is_coordinate(run.register, entry):
            aside += _faults_aside(run, chunk, entry, reads[entry.name], usable)
    aside += _repeats_aside(run, chunk, reads, usable)
    columns = {name: read.values for name, read in reads.items()}
    _remark_order(run, chunk, columns, usable)
    sealed = run.sealer.sealed(columns, chunk.rows.tolist(), usable)
    columns |= {entry.name: run.sealer.remark(entry, columns[entry.name]) for entry in run.register.fields}
    if run.register.placed:
        columns |= _place_columns(run, chunk, reads, usable)
    columns["row_no"] = pa.array(chunk.rows)
    table = pa.table([columns[name] for name in schema.names], schema=schema)
    return table.filter(pa.array(usable)), sealed, aside


def _disguised(run: _Run, chunk: Chunk) -> Chunk:
    """Return a chunk in which identities are hashes, before anything of it is kept or told.

    A row that could not be split into columns may hold anything of anybody anywhere: it is not kept whole.
    """
    secret = [entry.name for entry in run.register.fields if entry.secret]
    columns = [run.feeds.column[name] for name in secret if name in run.feeds.column]
    bare = tuple(
        replace(misfit, raw="{}" if secret else
                personal.guarded_misfit(misfit.raw, run.sealer, run.source.columns))
        for misfit in chunk.misfits
    )  # fmt: skip
    return replace(chunk, table=disguised(chunk.table, columns, key=run.hash_key), misfits=bare)


def _is_coordinate(register: Register, entry: Field) -> bool:
    return register.placed and entry.name in ("x", "y")


def _misfits(run: _Run, chunk: Chunk) -> list[dict[str, Any]]:
    for check, (said, way_out) in MISFITS.items():
        rows = [misfit.row for misfit in chunk.misfits if misfit.check == check]
        run.tally.add(check, "", rows, said=said, way_out=way_out)
    return [_entry(misfit.row, misfit.check, misfit.reason, misfit.raw) for misfit in chunk.misfits]


def _entry(row: int, check: str, reason: str, raw: str) -> dict[str, Any]:
    return {"row_no": row, "check_name": check, "reason": reason, "raw": raw}


def _faults_aside(
    run: _Run, chunk: Chunk, entry: Field, read: Read, usable: Booleans
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for fault in faults_of(entry, read, run.feeds.column.get(entry.name)):
        positions = np.flatnonzero(fault.rows).tolist()
        said = fault.reasons(positions[0])
        said = said if len(positions) == 1 else f"such as: {said}"
        found += _aside(
            run, chunk, positions, (fault.check, entry.name), fault.reasons, (said, fault.way_out)
        )
        usable &= ~fault.rows
    return found


def _repeats_aside(run: _Run, chunk: Chunk, reads: dict[str, Read], usable: Booleans) -> list[dict[str, Any]]:
    names = run.register.key
    repeated = run.seen.repeated([reads[name].values for name in names], usable)
    positions = np.flatnonzero(repeated).tolist()

    def reason(at: int) -> str:
        held = ", ".join(f"{name} {reads[name].values[at].as_py()}" for name in names)
        return f"{held} was used before in this file"

    usable &= ~repeated
    words = (f"{' and '.join(names)} used before in the file; the first row with it is kept",
             "Delete the repeated rows, or correct the key.")  # fmt: skip
    return _aside(run, chunk, positions, ("row.duplicate_key", ""), reason, words)


def _aside(
    run: _Run, chunk: Chunk, positions: list[int], kind: tuple[str, str], reason: Callable[[int], str],
    words: tuple[str, str],
) -> list[dict[str, Any]]:  # fmt: skip
    rows = chunk.rows[positions].tolist()
    run.tally.add(*kind, rows, said=words[0], way_out=words[1])
    raws = personal.guarded_raws(chunk, positions, run.sealer)
    return [_entry(row, kind[0], reason(at), raw)
            for at, row, raw in zip(positions, rows, raws, strict=True)]  # fmt: skip


def _remark_order(run: _Run, chunk: Chunk, columns: dict[str, pa.Array], usable: Booleans) -> None:
    """Tell of rows that are kept although their times are in the wrong order."""
    for check, earlier, later, meaning in _IN_ORDER:
        if earlier in columns and later in columns:
            wrong = pc.fill_null(pc.less(columns[later], columns[earlier]), False)
            rows = chunk.rows[wrong.to_numpy(zero_copy_only=False) & usable].tolist()
            run.tally.add(check, "", rows, said=f"{meaning}; kept as it is", severity="warning",
                          way_out=f"Correct {earlier} or {later} and load again.")  # fmt: skip


# -- places -------------------------------------------------------------------------------------------


def _place_columns(run: _Run, chunk: Chunk, reads: dict[str, Read], usable: Booleans) -> dict[str, pa.Array]:
    found = _places(run, chunk, reads, usable)
    crs = run.ground.crs.name if run.ground else ""
    nowhere = np.isnan(found.raw_x) & np.isnan(found.raw_y)
    return {
        "raw_x": _known(found.raw_x),
        "raw_y": _known(found.raw_y),
        "x": _known(found.x),
        "y": _known(found.y),
        "src_crs": pa.array(np.full(len(nowhere), crs, dtype=object), pa.string(), mask=nowhere),
        "place_reason": pa.array(found.reason, pa.string()),
    }


def _known(values: np.ndarray[Any, np.dtype[np.float64]]) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)


def _places(run: _Run, chunk: Chunk, reads: dict[str, Read], usable: Booleans) -> places.Places:
    if run.ground is None:
        return places.nowhere(len(chunk.rows))
    x, y, unreadable, no_point = _coordinates(run, chunk, reads)
    if run.contradict is None:
        run.contradict = _contradiction(run, x, y)
    found = places.place(x, y, unreadable, run.ground, contradict=bool(run.contradict))
    found.reason[no_point] = places.NO_POINT
    _remark_places(run, chunk, found, usable)
    return found


def _coordinates(run: _Run, chunk: Chunk, reads: dict[str, Read]) -> tuple[Any, Any, Booleans, Booleans]:
    """Return x, y, whether they are there without being numbers, and whether the shape is no point."""
    if {"x", "y"} <= run.feeds.column.keys():
        x, y = (reads[name].values.to_numpy(zero_copy_only=False).astype(np.float64) for name in ("x", "y"))
        return x, y, reads["x"].unreadable | reads["y"].unreadable, np.zeros(len(x), dtype=np.bool_)
    is_point = shapely.get_type_id(chunk.shapes) == 0
    x, y = shapely.get_x(chunk.shapes), shapely.get_y(chunk.shapes)
    return x, y, chunk.unreadable, ~is_point & ~shapely.is_missing(chunk.shapes)


def _contradiction(run: _Run, x: Any, y: Any) -> bool | None:
    """Return whether the first coordinates of the file contradict its CRS, and tell it; None without any."""
    points = np.column_stack([x, y])
    points = points[np.isfinite(points).all(axis=1) & (points != 0).any(axis=1)]
    if run.ground is None or not len(points):
        return None
    doubt = doubts_about(run.ground.crs, points, swapped_is_for_rows=True)
    if doubt:
        run.doubt = doubt
    return doubt is not None


def _remark_places(run: _Run, chunk: Chunk, found: places.Places, usable: Booleans) -> None:
    """Count the rows without usable coordinates, one kind for each reason."""
    for reason in sorted({text for text in found.reason.tolist() if text is not None}):
        rows = chunk.rows[usable & (found.reason == reason)].tolist()
        if reason == places.NONE:
            run.tally.add(
                "row.no_coordinates",
                "",
                rows,
                said="no coordinates",
                severity="info",
                way_out="They are placed by building, region code or region name where these are given.",
            )
        elif reason == places.CONTRADICT:
            run.tally.add(
                "file.crs_mismatch", "", rows, said=run.doubt, way_out="No row was placed by its point."
            )
        else:
            run.tally.add(
                "row.bad_coordinates",
                reason,
                rows,
                said=f"{reason}; the rows are kept without a point",
                severity="warning",
                way_out=_WAYS_OUT[reason],
            )


# -- from JSON ----------------------------------------------------------------------------------------


def _register(plain: dict[str, Any]) -> Register:
    fields = tuple(_field(entry) for entry in plain["fields"])
    keys = {name: tuple(plain[name]) for name in ("key", "person_key")}
    return Register(**{**plain, **keys, "fields": fields})


def _field(plain: dict[str, Any]) -> Field:
    words = tuple((word, value) for word, value in plain["words"])
    lists = {"values": tuple(plain["values"]), "headers": tuple(plain["headers"]), "words": words}
    return Field(**{**plain, **lists})


def _mapping(plain: dict[str, Any]) -> Mapping:
    rules = tuple(
        Rule(rule["field"], rule["value"], tuple((column, tuple(texts)) for column, texts in rule["when"]))
        for rule in plain["derive"]
    )
    columns = {
        key: ColumnChoice(tuple(choice["any"]), choice["optional"])
        for key, choice in plain["columns"].items()
    }
    return Mapping(**{**plain, "derive": rules, "columns": columns, "null": tuple(plain["null"])})


def _sealer(
    register: Register, mapping: Mapping, feeds: Feeds, seal: dict[str, Any] | None
) -> personal.Sealer:
    kinds = {entry.name: entry.personal for entry in register.fields if entry.personal}
    known = seal and {period: Key(ident, bytes.fromhex(secret))
                      for period, (ident, secret) in seal["keys"].items()}  # fmt: skip
    kept_since = str(seal["kept_since"]) if seal else ""
    return personal.Sealer(register, {**kinds, **mapping.personal}, feeds.column, known or None, kept_since)


def _not_kept(run: _Run) -> list[Finding]:
    """Tell of personal values that could not, or may no longer, be kept."""
    lost, old = run.sealer.without_key, run.sealer.too_old
    found = []
    if lost:
        found.append(Finding("personal.no_key", "error", f"{run.shown}: {lost:,} {_PERSONAL} were not kept, "
                             "for the keys that seal them are not there; everything else was. Put back the "
                             "copy of the keys and load the file again, or begin anew: gridmap keys renew",
                             amount=float(lost), unit="values", file=run.shown))  # fmt: skip
    if old:
        found.append(Finding("personal.too_old", "warning", f"{run.shown}: {old:,} {_PERSONAL} are older "
                             "than they may be kept, and were not.",
                             amount=float(old), unit="values", file=run.shown))  # fmt: skip
    return found


def _not_read(run: _Run) -> list[Finding]:
    """Tell which columns were left alone where columns are found by name: one may go by another name.

    A mapping that names its columns leaves the others on purpose.
    """
    unread = run.feeds.unread
    if not unread or not run.mapping.by_name:
        return []
    message = (f"{run.shown}: nothing is read from {names_text(unread)}. Where something ought to be, say in "
               "a mapping which field a column is: --mapping FILE.toml")  # fmt: skip
    return [Finding("file.unread_columns", "info", message, amount=float(len(unread)), unit="columns",
                    file=run.shown)]  # fmt: skip


def _told_if_empty(run: _Run) -> list[Finding]:
    if run.rows_read:
        return []
    message = f"{run.shown} has a header but no rows. Export it again if it ought to have some."
    return [Finding("file.no_rows", "warning", message, amount=0, unit="rows", file=run.shown)]
