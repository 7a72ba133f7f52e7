"""Write the log into the file so that a power failure in the midst of it can be undone.

A checkpoint of DuckDB 1.5.5 writes data into free blocks, and last a new head that names them. Blocks of
metadata however it writes over in their place, before the new head. Where only some pages of such a block
reach the disk, the old head names a broken block, and the store cannot be opened. Hence those blocks are kept
in a file of their own before a checkpoint; they are put back when the head is still the one they belong to.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from gridmap.store.files import appearing, log_of
from gridmap.store.session import Session

#: The head of a file: a page that names it, and two pages in turn, of which the newer one counts.
_HEAD = 12_288
_NUMBER = 8
_DIGEST = hashlib.sha256().digest_size
_HANDLES = Path("/dev/fd")


def checkpoint(cursor: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write what is in the log of the attached store into its file; nothing is done when there is no log.

    Parameters
    ----------
    cursor : one that uses the store
    file : its file

    Raises
    ------
    duckdb.Error : when it is not possible now; what is kept then is put back at the next opening
    OSError : when there is no room for what is to be kept; the log is as it was
    """
    if not log_size(file):
        return
    kept, handle = _kept(file), _handle_of(file)
    if handle is not None and not _belong(kept, handle):
        _keep(cursor, handle, kept)
    cursor.execute("checkpoint")
    kept.unlink(missing_ok=True)


def log_size(file: Path) -> int:
    """Return the bytes of a file's log; 0 when there is none."""
    log = log_of(file)
    return log.stat().st_size if log.exists() else 0


def put_back(file: Path) -> bool:
    """Undo a checkpoint that did not end, unless somebody has the file open; return whether there was one.

    What is kept of another file, or from before a checkpoint that did end, is thrown away.
    """
    kept = _kept(file)
    if not kept.exists() or _handle_of(file) is not None:
        return False
    with _alone_with(file) as handle:
        if handle is None:
            return False
        undone = _belong(kept, handle)
        if undone:
            _write(_blocks(kept.read_bytes()), handle)
    kept.unlink()
    return undone


def forget(file: Path) -> None:
    """Throw away what is kept of a file that another one is to replace."""
    _kept(file).unlink(missing_ok=True)


def _kept(file: Path) -> Path:
    return file.with_name(f"{file.name}.blocks")


def _handle_of(file: Path) -> int | None:
    """Return DuckDB's own handle of a file; None when this process does not have it open.

    To open and close the file once more would end DuckDB's lock on it: locks of POSIX belong to the process.
    """
    wanted = file.stat()
    for entry in _HANDLES.iterdir():
        try:
            if os.path.samestat(os.fstat(int(entry.name)), wanted):
                return int(entry.name)
        except OSError:  # closed meanwhile, as the handle of this very list
            continue
    return None


@contextmanager
def _alone_with(file: Path) -> Iterator[int | None]:
    """Give a handle of a file that no other process has; None when one has it."""
    with file.open("r+b") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield opened.fileno()


def _keep(cursor: duckdb.DuckDBPyConnection, handle: int, kept: Path) -> None:
    """Keep the head and the blocks of metadata, with a sum over them; blocks are counted behind the head."""
    session = Session(cursor)
    size = int(session.scalar("copies/block_size"))
    places = [_HEAD + int(number) * size for number in session.query("copies/metadata_blocks")["block_id"]]
    blocks = [_figure(place) + _figure(size) + os.pread(handle, size, place) for place in places]
    content = os.pread(handle, _HEAD, 0) + b"".join(blocks)
    with appearing(kept) as unfinished:
        unfinished.write_bytes(hashlib.sha256(content).digest() + content)


def _belong(kept: Path, handle: int) -> bool:
    """Return whether what is kept is whole, and of this file as its head says it is."""
    if not kept.exists():
        return False
    content = kept.read_bytes()
    whole = hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]
    return whole and os.pread(handle, _HEAD, 0) == content[_DIGEST : _DIGEST + _HEAD]


def _blocks(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the place and the content of every block that is kept."""
    at = _DIGEST + _HEAD
    while at < len(content):
        place, size = (int.from_bytes(content[of : of + _NUMBER], "little") for of in (at, at + _NUMBER))
        at += 2 * _NUMBER + size
        yield place, content[at - size : at]


def _write(blocks: Iterator[tuple[int, bytes]], handle: int) -> None:
    for place, content in blocks:
        os.pwrite(handle, content, place)
    os.fsync(handle)


def _figure(number: int) -> bytes:
    return number.to_bytes(_NUMBER, "little")
