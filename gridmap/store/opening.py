"""Open a store, make a new one, share one within a process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from gridmap.errors import StoreError, StoreInUse
from gridmap.store import checkpoints
from gridmap.store.attaching import instance_for, lock_down, locked_instance_for, settle
from gridmap.store.database import Database
from gridmap.store.files import log_of, put_in_place, synced
from gridmap.store.holding import Holding
from gridmap.store.migrating import migrate

FILE_NAME = "gridmap.duckdb"
#: Folders of the store that hold only what a running command works on.
UNFINISHED = "unfinished"
_PASSING = ("incoming", UNFINISHED)
#: Derived from the boundaries and found by their number: of no use to another store of the same numbers.
_OF_THE_OLD_ONE = ("index", "snapshots")


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
    database = Database(file.parent, Holding(instance, file=file, another=locked_instance_for))
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
    instance = locked_instance_for(path, read_only=True)
    try:
        yield Database(path.parent, Holding(instance, file=path, read_only=True))
    finally:
        instance.close()


@contextmanager
def filling(folder: Path) -> Iterator[Database]:
    """Give a new store that nobody sees; it takes the place of the folder's store when the block ends well.

    Raises
    ------
    StoreInUse : when a process has the folder's store open
    """
    with room_for(folder, "filled.duckdb") as file:
        instance = instance_for(file, room=file.parent)
        try:
            database = Database(file.parent, Holding(instance, file=file))
            migrate(database)
            yield database
            settle(instance, file)
        finally:
            instance.close()
        replace_store(folder, file)


@contextmanager
def room_for(folder: Path, name: str) -> Iterator[Path]:
    """Give a path in the store's folder for what is not finished; what is still there in the end is removed.

    Where no store came of it, nobody else works in the folder: what was made for it goes as well.
    """
    is_new, place = not folder.exists(), folder.resolve() / UNFINISHED
    place.mkdir(parents=True, exist_ok=True)
    _remove(place / name)
    try:
        yield place / name
    finally:
        _remove(place / name)
        if not (place.parent / FILE_NAME).exists():
            _remove_empty(place, *([place.parent] if is_new else []))


def _remove(file: Path) -> None:
    for path in (file, log_of(file)):
        path.unlink(missing_ok=True)


def _remove_empty(*folders: Path) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def replace_store(folder: Path, file: Path) -> Path | None:
    """Let a complete file take the place of a folder's store, and keep the old one aside.

    Parameters
    ----------
    folder : folder of the store, made when absent
    file : a complete store on the same file system, which nobody has open; it is moved

    Returns
    -------
    The folder in which the old store is kept; None when there was none

    Raises
    ------
    StoreInUse : when a process has the old store open
    """
    place = folder.resolve() / FILE_NAME
    kept = _kept_aside(place) if place.exists() else None
    for name in _OF_THE_OLD_ONE:
        shutil.rmtree(folder / name, ignore_errors=True)
    put_in_place(file, place)
    checkpoints.forget(place)
    return kept


def _kept_aside(place: Path) -> Path:
    """Keep a store under a second name; its own stays until the new one replaces it in one step."""
    _take_up_log(place)
    kept = place.parent / f"replaced-{datetime.now():%Y%m%dT%H%M%S%f}"
    kept.mkdir()
    log = log_of(place)
    for file in (place, log):
        if file.exists():
            os.link(file, kept / file.name)
    synced(kept)
    log.unlink(missing_ok=True)
    return kept


def _take_up_log(place: Path) -> None:
    """Leave no log beside a store, unless it is too damaged to be opened."""
    try:
        instance = instance_for(place, room=place.parent)
    except StoreInUse:
        raise
    except StoreError:
        return
    try:
        settle(instance, place)
    finally:
        instance.close()


def _create(file: Path) -> None:
    """Build a new file under another name first, so that no half-made store is ever found."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError(f"The folder {file.parent} cannot be made: {fault.strerror}. Make it as root and "
                         "give it to the user gridmap runs as.") from fault  # fmt: skip
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    instance = instance_for(unfinished, room=file.parent)
    try:
        migrate(Database(file.parent, Holding(instance, file=unfinished)))
        settle(instance, unfinished)
    finally:
        instance.close()
    put_in_place(unfinished, file)


def _sweep(folder: Path) -> None:
    """Remove what commands that were killed left behind; whoever has the store open is alone with it."""
    for name in _PASSING:
        shutil.rmtree(folder / name, ignore_errors=True)
