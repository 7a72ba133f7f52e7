"""Encodings of text that people bring: found by trying, never by guessing, and always reported."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gridmap.errors import UnreadableInput, UsageError
from gridmap.findings import Finding

_PIECE = 1 << 22
_DECLARE = "--encoding, or [file] encoding in a mapping"
#: Share of lines that may be damaged in a text that is read all the same.
_MOST_DAMAGED = 0.01
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: Language driver bytes of dBase tables that name a code page which is more than one byte wide. GB18030
#: holds all of CP936.
_LDID = {0x4D: "gb18030", 0x4E: "cp949", 0x4F: "cp950", 0x13: "cp932", 0x7A: "gb18030", 0x79: "cp949"}

_ESCAPES = (
    "idna",
    "punycode",
    "unicode-escape",
    "raw-unicode-escape",
    "unicode_escape",
    "raw_unicode_escape",
)


@dataclass(frozen=True)
class Encoding:
    """Hold the encoding of a file and how it was found.

    Parameters
    ----------
    name : Python's name of the encoding
    found_by : declared, file (it says so itself), tried, or ascii (any would do)
    damaged : lines of a text that do not fit although nearly all others do
    maybe_korean : read as GB18030, but every letter would be Korean in CP949: the two share their bytes
    """

    name: str
    found_by: str
    maybe_korean: bool = False
    damaged: tuple[int, ...] = ()


def told_encoding(shown: str, encoding: Encoding) -> tuple[Finding, ...]:
    """Return what there is to say about the encoding: nothing when it was declared or is UTF-8."""
    if encoding.found_by in ("declared", "ascii") or encoding.name.startswith("utf-8"):
        return ()
    if encoding.maybe_korean:
        message = (
            f"{shown}: its texts were read as gb18030, but they may be Korean, which has the same bytes. "
            f"If they are, declare cp949 ({_DECLARE})."
        )
        return (Finding("file.encoding", "warning", message, file=shown),)
    how = "as it says itself" if encoding.found_by == "file" else "found by trying, as it does not say"
    message = (
        f"{shown}: its texts were read as {encoding.name}, {how}. "
        f"If they look wrong, declare the encoding ({_DECLARE}): cp949 for Korean, big5 for traditional "
        "Chinese."
    )
    return (Finding("file.encoding", "info", message, file=shown),)


def known_encoding(name: str) -> str:
    """Return Python's name of an encoding.

    Raises
    ------
    UsageError : when there is none of that name
    """
    found = _text_encoding(name)
    if found is None:
        usual = "utf-8, gb18030 (holds GBK and GB2312), big5, cp949 (Korean)"
        raise UsageError(f"There is no encoding '{name[:40]}'. The usual ones are {usual}.")
    return found


def _text_encoding(name: str) -> str | None:
    """Return Python's name of an encoding of texts; None where there is none.

    Some codecs of Python unpack or run escapes (zlib, hex, unicode_escape): no file is written in those.
    """
    try:
        found = codecs.lookup(name).name
        b"a".decode(found)
    except (LookupError, ValueError):
        return None
    return None if found in _ESCAPES else found


def encoding_of_text(path: Path, declared: str | None = None, *, shown: str = "") -> Encoding:
    """Return the encoding of a text file: declared, else by its mark, else UTF-8, else GB18030.

    The whole file is decoded once, so that a wrong byte is found before anything is loaded.

    Parameters
    ----------
    path : the file
    declared : encoding given by the person who loads
    shown : name of the file for people; that of the path when omitted

    Raises
    ------
    UnreadableInput : when the bytes fit no encoding; the message says the line
    UsageError : when the declared encoding does not exist
    """
    shown = shown or path.name
    if declared:
        name = known_encoding(declared)
        if name == "utf-8" and _mark_of(path) == "utf-8-sig":
            name = "utf-8-sig"
        _require(path, name, shown)
        return Encoding(name, "declared")
    mark = _mark_of(path)
    if mark:
        _require(path, mark, shown)
        return Encoding(mark, "file")
    if _first_fault(path, "utf-8") is None:
        return Encoding("utf-8", "tried")
    if _first_fault(path, "gb18030") is None:
        return Encoding("gb18030", "tried")
    return _nearly_fitting(path, shown)


def _nearly_fitting(path: Path, shown: str) -> Encoding:
    """Return the encoding that all but a few lines fit: names cut off in mid-character are common."""
    name, faults, lines = min((_faulty_lines(path, name) for name in ("utf-8", "gb18030")),
                              key=lambda found: len(found[1]))  # fmt: skip
    if len(faults) > max(1, lines * _MOST_DAMAGED):
        line = _first_fault(path, "utf-8")
        raise UnreadableInput(
            f"{shown} is neither UTF-8 nor GB18030: line {line} holds bytes that fit neither. "
            "Declare its encoding (such as big5 or cp949), or save it as UTF-8."
        )
    return Encoding(name, "tried", damaged=tuple(faults))


def _faulty_lines(path: Path, name: str) -> tuple[str, list[int], int]:
    """Return the lines that do not fit, and how many there are; no byte of a character ends a line."""
    faults, lines = [], 0
    with path.open("rb") as file:
        for line in file:
            lines += 1
            try:
                line.decode(name)
            except UnicodeDecodeError:
                faults.append(lines)
    return name, faults, lines


def to_utf8(path: Path, target: Path, encoding: str, *, errors: str = "strict") -> None:
    """Write a text file anew in UTF-8."""
    with (
        path.open(encoding=encoding, newline="", errors=errors) as source,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        while piece := source.read(_PIECE):
            copy.write(piece)


def _require(path: Path, name: str, shown: str) -> None:
    line = _first_fault(path, name)
    if line is not None:
        raise UnreadableInput(
            f"{shown} is not {name}: line {line} holds bytes that do not fit. Declare the encoding it "
            "has (gb18030 for most Chinese files), or leave it out to have it found."
        )


def _mark_of(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for mark, name in _BOMS if head.startswith(mark)), None)


def _first_fault(path: Path, name: str) -> int | None:
    """Return the line of the first byte that does not fit, None when all fit."""
    decoder = codecs.getincrementaldecoder(name)()
    line = 1
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as fault:
                return line + piece[: fault.start].count(b"\n")
            line += piece.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


# -- dBase tables of shapefiles -----------------------------------------------------------------------


class _Column(NamedTuple):
    name: bytes
    kind: bytes
    start: int
    length: int


def encoding_of_dbase(
    path: Path, declared: str | None = None, *, stated: str | None = None, shown: str = ""
) -> Encoding:
    """Return the encoding of a shapefile's attributes.

    In this order: the declared one, the one of a .cpg file, the language driver byte where it names an East
    Asian code page, then UTF-8 and GB18030 are tried on every text.

    Parameters
    ----------
    path : the .dbf file
    declared : encoding given by the person who loads
    stated : content of the .cpg file, None when there is none
    shown : name of the file for people; that of the path when omitted

    Raises
    ------
    UnreadableInput : when the texts fit none of them
    """
    if declared:
        return Encoding(known_encoding(declared), "declared")
    cells, driver = _texts_of(path)
    if all(cell.isascii() for cell in cells):
        return Encoding("utf-8", "ascii")
    if stated and (name := _code_page(stated)):
        return Encoding(name, "file")
    if driver in _LDID and _all_fit(cells, _LDID[driver]):
        return Encoding(_LDID[driver], "file")
    for name in ("utf-8", "gb18030"):
        if _all_fit(cells, name):
            return Encoding(name, "tried", name == "gb18030" and _all_hangul(cells))
    raise UnreadableInput(
        f"{shown or path.name}: its texts are neither UTF-8 nor GB18030. "
        "Declare the encoding (such as big5 or cp949)."
    )


def _code_page(text: str) -> str | None:
    word = text.strip().strip("\x00")
    for candidate in (word, f"cp{word}", word.upper().replace("ANSI ", "cp").replace("OEM ", "cp")):
        name = _text_encoding(candidate)
        if name is not None:
            return "gb18030" if name in ("gbk", "gb2312") else name
    return None


def _texts_of(path: Path) -> tuple[list[bytes], int]:
    """Return every distinct text of a dBase table, its column names too, and the language driver byte."""
    data = path.read_bytes()
    rows = int.from_bytes(data[4:8], "little")
    header, width = int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    columns = _columns_of(data[32:header])
    body = np.frombuffer(data[header : header + rows * width], dtype=np.uint8)
    cells = {column.name for column in columns}
    if width:
        table = body[: len(body) // width * width].reshape(-1, width)
        for column in columns:
            if column.kind == b"C" and column.length:
                cells |= _distinct(table[:, column.start : column.start + column.length])
    return sorted(cells), data[29]


def _columns_of(header: bytes) -> list[_Column]:
    columns, start = [], 1
    for offset in range(0, len(header) - 31, 32):
        if header[offset] == 0x0D:
            break
        part = header[offset : offset + 32]
        columns.append(_Column(part[:11].split(b"\x00")[0], part[11:12], start, part[16]))
        start += part[16]
    return columns


def _distinct(block: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> set[bytes]:
    if not block.shape[1]:
        return set()
    cells = np.ascontiguousarray(block).view(f"S{block.shape[1]}").ravel()
    return {cell.strip(b" \x00") for cell in np.unique(cells).tolist()}


def _all_fit(cells: list[bytes], name: str) -> bool:
    """Return whether every text fits; one cut off in mid-character by the width of its column does."""
    for cell in cells:
        try:
            codecs.getincrementaldecoder(name)().decode(cell)
        except UnicodeDecodeError:
            return False
    return True


def _all_hangul(cells: list[bytes]) -> bool:
    text = b"".join(cells).decode("cp949", errors="replace")
    letters = {letter for letter in text if not letter.isascii()}
    return bool(letters) and all("\uac00" <= letter <= "\ud7a3" for letter in letters)
