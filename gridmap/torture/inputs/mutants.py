"""Good files with a few bytes changed, cut, repeated, or swapped for those that parsers like least."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Sequence

from gridmap.sources.archives import DAMAGED

#: Texts and numbers at which parsers tend to break.
_BAD = (
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"1e-320",
    b"null",
    b"[]",
    b"{}",
    b'"',
    b"'",
    b"\\",
    b"\x00",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\x7f",
    b"\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b",",
    b"\n",
    b"\r",
    b"<",
    b"&#0;",
    b"<![CDATA[",
    b"=1+1",
    b"9999-12-31",
    b"0001-01-01",
    b"POLYGON EMPTY",
    b"POLYGON((0 0,",
    b"%s%n",
    b"../../etc/passwd",
    b"/vsicurl/",
)
_MOST_CHANGES = 4


def mutant(content: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Return a file with one to four changes.

    Parameters
    ----------
    content : a good file; of an archive mostly what is inside is changed, or its sums would always be wrong
    rng : the choices
    others : other good files, pieces of which may be put in
    """
    if content[:4] == b"PK\x03\x04" and rng.random() < 0.8:
        return _inside(content, rng, others)
    return _changed(content, rng, others)


def _changed(content: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    data = bytearray(content)
    for _ in range(rng.randint(1, _MOST_CHANGES)):
        rng.choice(_WAYS)(data, rng, others)
    return bytes(data)


def _inside(content: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Change one entry of an archive, and pack it again with the right sums."""
    held = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(held, "w") as archive:
            names = packed.namelist()
            chosen = rng.choice(names)
            for name in names:
                entry = packed.read(name)
                archive.writestr(name, _changed(entry, rng, others) if name == chosen else entry)
    except (*DAMAGED, ValueError):  # a name of an entry that no archive may hold
        return _changed(content, rng, others)
    return held.getvalue()


# ---- ways to change bytes -----------------------------------------------------------------------


def _piece(data: bytearray, rng: random.Random, longest: int = 64) -> slice:
    start = rng.randrange(len(data) + 1)
    return slice(start, min(len(data), start + rng.randint(1, longest)))


def _flip(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _overwrite(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    piece = _piece(data, rng, 8)
    data[piece] = rng.randbytes(piece.stop - piece.start)


def _put_bad(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    at, bad = rng.randrange(len(data) + 1), rng.choice(_BAD)
    data[at : at + rng.choice((0, len(bad)))] = bad


def _number(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    """Put another number where digits stand."""
    digits = [at for at in range(min(len(data), 4096)) if 0x30 <= data[at] <= 0x39]
    if digits:
        at = rng.choice(digits)
        data[at : at + 1] = rng.choice(_BAD[:8])


def _cut(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    del data[_piece(data, rng, 256)]


def _truncate(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _repeat(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    piece = _piece(data, rng)
    data[piece.stop : piece.stop] = bytes(data[piece]) * rng.choice((1, 2, 50))


def _splice(data: bytearray, rng: random.Random, others: Sequence[bytes]) -> None:
    other = bytearray(rng.choice(others))
    at = rng.randrange(len(data) + 1)
    data[at:at] = other[_piece(other, rng, 128)]


_WAYS: tuple[Callable[[bytearray, random.Random, Sequence[bytes]], None], ...] = (
    _flip,
    _flip,
    _overwrite,
    _overwrite,
    _put_bad,
    _put_bad,
    _number,
    _cut,
    _truncate,
    _repeat,
    _splice,
)
