"""Files that appear whole under their name, or not at all, also after a power failure."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path

_CHUNK = 1 << 20
#: Numbers of faults of a file that cannot grow.
FULL = (ENOSPC, EDQUOT, EFBIG)


def log_of(file: Path) -> Path:
    """Return the write-ahead log of a DuckDB file, which need not be there."""
    return file.with_name(f"{file.name}.wal")


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Give a path to write to; what lies there becomes the file of this name when the block ends well."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        put_in_place(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def put_in_place(unfinished: Path, path: Path) -> None:
    """Rename a complete file so that after a power failure there is the old one or the new one."""
    synced(unfinished)
    unfinished.replace(path)
    synced(path.parent)


def synced(path: Path) -> None:
    """Wait until the disk has what was written to a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Return the checksum of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
