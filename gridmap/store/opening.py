"""Open a store, make a new one, share one within a process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from gridmap.errors import StoreError
from gridmap.store.attaching import detach, instance_for, lock_down
from gridmap.store.database import Database
from gridmap.store.files import put_in_place
from gridmap.store.migrating import migrate

FILE_NAME = "gridmap.duckdb"
#: Folders of the store that hold only what a running command works on.
_PASSING = ("incoming", "unfinished")


def open_store(folder: Path, *, create: bool = False) -> Database:
    """Open the store in a folder, bringing its tables up to date.

    Parameters
    ----------
    folder : the store's folder
    create : make a new, empty store when there is none

    Raises
    ------
    StoreInUse : when another process has it open
    StoreError : when there is no store, or a newer gridmap wrote it
    """
    file = folder.resolve() / FILE_NAME
    if not file.exists():
        if not create:
            raise StoreError(f"There is no store in {folder}. Make one with: gridmap init --store {folder}")
        _create(file)
    instance = instance_for(file, room=file.parent)
    database = Database(file.parent, instance, file=file)
    try:
        _sweep(file.parent)
        migrate(database)
        lock_down(instance)
    except BaseException:
        instance.close()
        raise
    return database


@contextmanager
def opened_copy(file: Path) -> Iterator[Database]:
    """Open a copy to look into it; it cannot be changed, and any number of processes may do so."""
    path = file.resolve()
    instance = instance_for(path, room=path.parent, read_only=True)
    try:
        lock_down(instance)
        yield Database(path.parent, instance, file=path, read_only=True)
    finally:
        instance.close()


@cache
def shared_store(folder: Path) -> Database:
    """Return the one open store of this process for a folder, opening it at the first call."""
    return open_store(folder)


def _create(file: Path) -> None:
    """Build a new file under another name first, so that no half-made store is ever found."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    instance = instance_for(unfinished, room=file.parent)
    try:
        migrate(Database(file.parent, instance, file=unfinished))
        detach(instance)
    finally:
        instance.close()
    put_in_place(unfinished, file)


def _sweep(folder: Path) -> None:
    """Remove what commands that were killed left behind; whoever has the store open is alone with it."""
    for name in _PASSING:
        shutil.rmtree(folder / name, ignore_errors=True)
