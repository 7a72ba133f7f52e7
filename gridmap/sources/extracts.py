"""Whether an OpenStreetMap extract (.osm.pbf) is all there: GDAL reads a cut one up to the cut, silently.

The file is a chain of blobs: four bytes with the length of a header, the header, the blob. The header is
a protocol buffer whose field 3 is the length of the blob.
(Source of the layout: OpenStreetMap wiki, "PBF Format".)
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

_LONGEST_HEADER = 64 * 1024
_VARINT, _BYTES = 0, 2
_BLOB_LENGTH = 3


def is_whole(path: Path) -> bool:
    """Return whether the chain of blobs ends where the file ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        while file.tell() < size:
            step = _blob_length(file)
            if step is None or file.tell() + step > size:
                return False
            file.seek(step, 1)
    return True


def _blob_length(file: IO[bytes]) -> int | None:
    """Read one header; return how long its blob is, None where there is no sense in it."""
    length = int.from_bytes(file.read(4), "big")
    header = file.read(length) if 0 < length <= _LONGEST_HEADER else b""
    if len(header) < length or not header:
        return None
    at = 0
    while at < len(header):
        key, at = _varint(header, at)
        value, at = _varint(header, at)
        if key >> 3 == _BLOB_LENGTH and key & 7 == _VARINT:
            return value
        at += value if key & 7 == _BYTES else 0
    return None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the least first; return it and where the next thing begins."""
    value = shift = 0
    while at < len(data):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at
