"""Snapshots: unchanging copies of a store behind a pointer, for further processes that only look.

The owner copies the store under a passing name, gives the copy its name, and lets the pointer name it: each
step in one go, so that whoever reads the pointer finds a whole copy, the newest or the one before. A copy
that a process reads is not removed.
"""

from __future__ import annotations

import fcntl
import json
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from gridmap.errors import StoreError
from gridmap.store.attaching import locked_instance_for
from gridmap.store.database import Database
from gridmap.store.files import appearing, put_in_place
from gridmap.store.holding import Holding
from gridmap.store.opening import room_for

FOLDER = "snapshots"
POINTER = "CURRENT"
#: Copies that stay whether somebody reads them or not: one may just have been read about.
_KEPT = 2
#: A copy may be replaced between the pointer being read and the copy being opened.
_TRIES = 5


def take(db: Database) -> Path:
    """Make a snapshot of an open store and let the pointer name it; others go on reading and writing.

    Raises
    ------
    StoreFull : when the disk is full; the pointer still names the snapshot before
    """
    folder = db.folder / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"{datetime.now():%Y%m%dT%H%M%S%f}.duckdb"
    version = str(db.scalar("screens/store_version"))
    with room_for(db.folder, f"snapshot-{name}") as unfinished:
        db.copy_to(unfinished)
        put_in_place(unfinished, folder / name)
    with appearing(folder / POINTER) as pointer:
        pointer.write_text(json.dumps({"file": name, "version": version}), encoding="utf-8")
    _remove_unread(folder)
    return folder / name


def newest(folder: Path) -> Path | None:
    """Return the snapshot that the pointer of a store names; None when there is none yet."""
    try:
        said = json.loads((folder / FOLDER / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return folder / FOLDER / str(said["file"])


def open_view(folder: Path) -> Database:
    """Open the newest snapshot of a store to look at; any number of processes may.

    Raises
    ------
    StoreError : when there is no snapshot
    """
    for _attempt in range(_TRIES):
        file = newest(folder.resolve())
        if file is None:
            raise StoreError(f"There is no snapshot of the store {folder} yet. Make one: gridmap snapshot")
        with suppress(StoreError):
            another = partial(locked_instance_for, read_only=True)
            return Database(
                folder.resolve(), Holding(another(file), file=file, read_only=True, another=another)
            )
    raise StoreError(f"The snapshot {file} of the store {folder} cannot be opened. "
                     "Make another one: gridmap snapshot")  # fmt: skip


def follow_newest(db: Database) -> bool:
    """Let an open view show the newest snapshot, if nobody is asking it just now; return whether it does."""
    file = newest(db.folder)
    if file is None or file == db.file:
        return True
    with suppress(StoreError):  # removed meanwhile: the pointer names another one the next time
        return db.follow(file)
    return False


def renew(db: Database) -> int:
    """Make a snapshot and remove all older ones that nobody reads; return how many were removed."""
    return _remove_unread(take(db).parent, kept=1)


def _remove_unread(folder: Path, *, kept: int = _KEPT) -> int:
    """Remove all but the newest snapshots that nobody reads; return how many those were."""
    unread = [file for file in sorted(folder.glob("*.duckdb"))[:-kept] if not _is_read(file)]
    for file in unread:
        file.unlink(missing_ok=True)
    return len(unread)


def _is_read(file: Path) -> bool:
    """Return whether a process has a file open in DuckDB, which locks what it reads."""
    with file.open("rb+") as handle:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
