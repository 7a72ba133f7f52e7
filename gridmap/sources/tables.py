"""Tables without a map: CSV and Excel, opened as chunks of rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from gridmap.errors import UnreadableInput, UsageError
from gridmap.findings import Finding
from gridmap.sources.archives import check_workbook
from gridmap.sources.encodings import Encoding, encoding_of_text, to_utf8, told_encoding
from gridmap.sources.source import CHUNK_ROWS, Chunk, Integers, Misfit, Source, no_shapes, raw_rows
from gridmap.sources.words import did_you_mean, names_text

MAX_COLUMNS = 1000
#: Rows of a sheet, by the format; a row that claims a higher number would be filled up with blank ones.
MAX_SHEET_ROWS = 1_048_576
#: Arrow reads up to 32 blocks ahead, whatever the memory: small blocks bound that, joined they make a chunk.
_BLOCK_BYTES = 1 << 22
_DELIMITERS = ",;\t|"
_NO_TEXT = "\ufffd"


# -- CSV ----------------------------------------------------------------------------------------------


@contextmanager
def open_csv(path: Path, shown: str, *, encoding: str | None, delimiter: str | None) -> Iterator[Source]:
    """Open a CSV file: encoding found, delimiter found, every value a text.

    Raises
    ------
    UnreadableInput : when its bytes fit no encoding, or its quotes never close
    """
    found = encoding_of_text(path, encoding, shown=shown)
    if found.damaged:
        with open_csv(_patched(path, found), shown, encoding="utf-8", delimiter=delimiter) as source:
            chunks = (_without_damaged(chunk, found.name) for chunk in source.chunks)
            yield replace(source, chunks=chunks, findings=told_encoding(shown, found))
        return
    header = _first_line(path, found.name)
    mark = delimiter or _delimiter_of(header)
    misfits: list[Misfit] = []
    try:
        with _csv_reader(path, found.name, mark, misfits) as reader:
            batches = iter(reader)
            first = next(batches)
            columns = _header_of(shown, [column[0].as_py() for column in first.columns])
            rest = chain([first.slice(1)], batches)
            yield Source(columns, _csv_chunks(rest, columns, misfits), findings=told_encoding(shown, found))
    except (pa.ArrowInvalid, StopIteration) as fault:
        raise UnreadableInput(
            f"{shown} cannot be split into rows and columns: {_short(fault)}. "
            "A quotation mark that is never closed does this; mend it or export the table again."
        ) from fault


def _patched(path: Path, found: Encoding) -> Path:
    """Write a copy in which a mark stands for every byte that is no text."""
    copy = path.with_name("patched.csv")
    to_utf8(path, copy, found.name, errors="replace")
    return copy


def _without_damaged(chunk: Chunk, encoding: str) -> Chunk:
    """Return the chunk without the rows that hold bytes which are no text; they become misfits."""
    damaged = np.zeros(len(chunk.rows), dtype=np.bool_)
    for column in chunk.table.columns:
        damaged |= pc.match_substring(column, _NO_TEXT).to_numpy()
    reason = f"holds bytes that are no {encoding}"
    positions = np.flatnonzero(damaged).tolist()
    lost = tuple(Misfit(int(chunk.rows[at]), reason, raw, "row.bad_encoding")
                 for at, raw in zip(positions, raw_rows(chunk, positions), strict=True))  # fmt: skip
    table = chunk.table.filter(pa.array(~damaged))
    return Chunk(chunk.rows[~damaged], table, *no_shapes(), (*chunk.misfits, *lost))


def _csv_reader(
    path: Path, encoding: str, delimiter: str, misfits: list[Misfit]
) -> pa_csv.CSVStreamingReader:
    def keep(row: pa_csv.InvalidRow) -> str:
        held, wanted = row.actual_columns, row.expected_columns
        reason = f"has {held} values where the header has {wanted} columns"
        lines = row.text.count("\n") + 1
        if lines > 1:
            reason += f", over {lines:,} lines: a quotation mark may not be closed"
        misfits.append(Misfit(row.number, reason, json.dumps({"line": row.text}, ensure_ascii=False)))
        return "skip"

    # Single-threaded: only then does the reader know the numbers of the rows it passes over.
    return pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=_BLOCK_BYTES, autogenerate_column_names=True,
            encoding="utf8" if encoding in ("utf-8", "utf-8-sig") else encoding,
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={f"f{number}": pa.string() for number in range(MAX_COLUMNS + 1)},
            strings_can_be_null=False,
        ),
    )  # fmt: skip


def _first_line(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        return file.readline(1 << 20)


def _delimiter_of(header: str) -> str:
    """Return the delimiter that splits the header into the most columns."""
    counts = {mark: len(next(csv.reader(io.StringIO(header), delimiter=mark), [])) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: counts[mark])


def _header_of(shown: str, names: list[str | None]) -> tuple[str, ...]:
    """Return the column names, made unique: a second `name` becomes `name.2`, an empty one `column 3`."""
    seen: dict[str, int] = {}
    columns = []
    for number, name in enumerate(names, start=1):
        plain = (name or "").strip().removeprefix("\ufeff") or f"column {number}"
        seen[plain] = seen.get(plain, 0) + 1
        columns.append(plain if seen[plain] == 1 else f"{plain}.{seen[plain]}")
    if len(columns) > MAX_COLUMNS:
        raise UnreadableInput(f"{shown} has {len(columns):,} columns; at most {MAX_COLUMNS:,} are read.")
    return tuple(columns)


def _csv_chunks(
    batches: Iterable[pa.RecordBatch], columns: tuple[str, ...], misfits: list[Misfit]
) -> Iterator[Chunk]:
    """Number the rows. Rows passed over keep their numbers; the reader may tell of them a batch ahead."""
    last = 1
    for table in _joined(batches):
        rows = _numbers_between(last, len(table), [misfit.row for misfit in misfits])
        last = int(rows[-1]) if len(rows) else last
        passed = tuple(misfit for misfit in misfits if misfit.row < last)
        del misfits[: len(passed)]
        named = table.rename_columns(list(columns))
        yield from without_blanks(Chunk(rows, named, *no_shapes(), passed))
    if misfits:
        nothing = pa.table({name: pa.array([], pa.string()) for name in columns})
        yield Chunk(np.empty(0, np.int64), nothing, *no_shapes(), tuple(misfits))


def _joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield the batches joined to tables of at least half a chunk each; the last may be smaller."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= CHUNK_ROWS // 2:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _numbers_between(last: int, count: int, passed_over: list[int]) -> Integers:
    """Return the `count` row numbers after `last` that were not passed over."""
    if not passed_over:
        return np.arange(last + 1, last + 1 + count, dtype=np.int64)
    candidates = np.arange(last + 1, last + 1 + count + len(passed_over))
    return np.setdiff1d(candidates, passed_over)[:count].astype(np.int64)


def _short(fault: Exception) -> str:
    text = str(fault).strip()
    return text if len(text) <= 200 else text[:200] + "..."


def without_blanks(chunk: Chunk) -> Iterator[Chunk]:
    """Yield the chunk without the rows that hold nothing at all; the others keep their numbers."""
    filled = np.zeros(len(chunk.rows), dtype=np.bool_)
    for column in chunk.table.columns:
        if filled.all():
            break
        filled |= pc.fill_null(pc.not_equal(column, ""), False).to_numpy(zero_copy_only=False)
    if filled.all():
        yield chunk
    else:
        shapes, unreadable = no_shapes()
        table = chunk.table.filter(pa.array(filled))
        yield Chunk(chunk.rows[filled], table, shapes, unreadable, chunk.misfits)


# -- Excel --------------------------------------------------------------------------------------------


@contextmanager
def open_excel(path: Path, shown: str, *, sheet: str | None) -> Iterator[Source]:
    """Open one sheet of an Excel workbook: its first row is the header, every value a text.

    Raises
    ------
    UnreadableInput : when the workbook is damaged, hostile or has no header
    UsageError : when there is no such sheet
    """
    import openpyxl  # refuses entities in XML by itself once defusedxml is installed

    check_workbook(path, shown)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except MemoryError:
        raise
    except Exception as fault:  # openpyxl lets every kind through: KeyError, ValueError, XML faults
        raise UnreadableInput(f"{shown} is no readable workbook ({_short(fault)}). Save it again.") from fault
    try:
        name = _chosen_sheet(shown, book.sheetnames, sheet)
        page = book[name]
        page.reset_dimensions()
        rows = page.iter_rows(values_only=True)
        header = next(rows, ())
        if not any(header):
            raise UnreadableInput(
                f"{shown}, sheet {name}: the first row is empty. Put the column names there."
            )
        columns = _header_of(shown, [_cell_text(cell) for cell in header])
        yield Source(
            columns, _excel_chunks(shown, rows, columns), findings=_sheet_told(shown, name, book.sheetnames)
        )
    finally:
        book.close()


def _chosen_sheet(shown: str, names: list[str], wanted: str | None) -> str:
    if wanted is None:
        return names[0]
    if wanted not in names:
        raise UsageError(
            f"{shown} has no sheet '{wanted}'.{did_you_mean(wanted, names)} It has: {names_text(names)}."
        )
    return wanted


def _sheet_told(shown: str, name: str, names: list[str]) -> tuple[Finding, ...]:
    if len(names) == 1:
        return ()
    message = (
        f"{shown} has {len(names)} sheets; '{name}' was read. Name another under [file] sheet in the mapping."
    )
    return (Finding("file.sheet", "info", message, file=shown),)


def _excel_chunks(
    shown: str, rows: Iterator[tuple[object, ...]], columns: tuple[str, ...]
) -> Iterator[Chunk]:
    width, first = len(columns), 2
    while piece := list(islice(rows, CHUNK_ROWS // 4)):
        texts = [[_cell_text(cell) for cell in row] for row in piece]
        numbers = np.arange(first, first + len(piece), dtype=np.int64)
        first += len(piece)
        if first > MAX_SHEET_ROWS + 1:
            raise UnreadableInput(
                f"{shown} claims more than {MAX_SHEET_ROWS:,} rows, which no sheet has. Save it again."
            )
        fits = np.array([not any(row[width:]) for row in texts], dtype=np.bool_)
        misfits = tuple(_excel_misfit(int(numbers[at]), texts[at], width) for at in np.flatnonzero(~fits))
        kept = [texts[at] for at in np.flatnonzero(fits)]
        cells = {name: pa.array([row[at] if at < len(row) else None for row in kept], pa.string())
                 for at, name in enumerate(columns)}  # fmt: skip
        yield from without_blanks(Chunk(numbers[fits], pa.table(cells), *no_shapes(), misfits))


def _excel_misfit(number: int, row: list[str | None], width: int) -> Misfit:
    reason = f"has values beyond the {width} columns of the header"
    return Misfit(number, reason, json.dumps({"line": row}, ensure_ascii=False))


def _cell_text(cell: object) -> str | None:
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case dt.datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)
