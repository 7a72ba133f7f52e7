"""The in-memory instance, and the store's file attached to it."""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb

from gridmap import settings
from gridmap.errors import StoreError, StoreFull, StoreInUse
from gridmap.store import checkpoints
from gridmap.store.files import log_of, synced

ALIAS = "g"
#: The name a copy goes by while it is made.
COPY_ALIAS = "copied"
STORAGE_VERSION = "v1.5.0"
#: Whether the signature of the spatial extension is checked. That takes most of a second each time: tests,
#: which open stores by the thousand, leave it out.
check_signature = True

_SESSION = (
    "set geometry_always_xy = true",
    "set streaming_buffer_size = '100MB'",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    # When a log becomes a part of the file is decided here alone: see `checkpoints`.
    "set wal_autocheckpoint = '1TB'",
    "pragma disable_checkpoint_on_shutdown",
)
#: Words of faults that a full disk gives.
NO_ROOM = ("no space left on device", "file too large", "disk quota exceeded", "max_temp_directory_size")
#: Where a log is torn: DuckDB names the place behind the head of the entry.
_TORN = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
_ENTRY_HEAD = 16
_LOCK_DOWN = ("set enable_external_access = false", "set lock_configuration = true")


def instance_for(file: Path, *, room: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Make an instance with a file attached, which may read and write below one folder only.

    Parameters
    ----------
    file : the DuckDB file, made when absent
    room : folder below which the instance may read and write
    read_only : look, change nothing; any number of processes may do so at a time

    Raises
    ------
    StoreInUse : when another process has the file open
    StoreError : when it cannot be opened
    """
    chosen = settings.from_environment()
    instance = duckdb.connect(config={
        "allow_unsigned_extensions": not check_signature,
        "threads": chosen.threads or os.cpu_count() or 1,
        "memory_limit": chosen.memory_limit,
        "temp_directory": str(room / (f"tmp-{os.getpid()}" if read_only else "tmp")),
    })  # fmt: skip
    # First of all: a slow LOAD would draw DuckDB's own progress bar into the results on stdout.
    instance.execute("set enable_progress_bar = false")
    instance.execute(f"load '{spatial_extension()}'")
    for statement in _SESSION:
        instance.execute(statement)
    try:
        attach(instance, file, read_only=read_only)
    except StoreError:
        instance.close()
        raise
    instance.execute(f"set allowed_directories = [{_quoted(room)}]")
    return instance


def lock_down(instance: duckdb.DuckDBPyConnection) -> None:
    """Keep the instance from everything outside its folder, for good."""
    for statement in _LOCK_DOWN:
        instance.execute(statement)


def locked_instance_for(file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Make an instance with a store's file attached, kept from everything outside the file's folder.

    Raises
    ------
    StoreInUse : when another process has the file open
    StoreError : when it cannot be opened
    """
    instance = instance_for(file, room=file.parent, read_only=read_only)
    lock_down(instance)
    return instance


def attach(
    instance: duckdb.DuckDBPyConnection, file: Path, *, alias: str = ALIAS, read_only: bool = False
) -> None:
    """Attach a file to an instance.

    The instance's own connection does not use it: after a fault of the disk it could not let go of it.

    Raises
    ------
    StoreInUse : when another process has the file open
    StoreError : when it cannot be opened
    """
    how = "read_only" if read_only else f"storage_version '{STORAGE_VERSION}'"
    if not read_only and file.exists():
        checkpoints.put_back(file)
    try:
        instance.execute(f"attach {_quoted(file)} as {alias} ({how})")
    except duckdb.Error as fault:
        torn = None if read_only else _TORN.search(str(fault))
        if torn is None:
            raise _why_not_open(file, str(fault)) from fault
        _cut_log(file, int(torn[1]) - _ENTRY_HEAD)
        attach(instance, file, alias=alias)


def detach(instance: duckdb.DuckDBPyConnection, *, alias: str = ALIAS) -> None:
    """Detach a file, its log staying beside it; nothing happens when it is not attached."""
    instance.execute(f"detach database if exists {alias}")


def settle(instance: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Detach the store's file with everything in its place, no log beside it."""
    cursor = instance.cursor()
    cursor.execute(f"use {ALIAS}")
    checkpoints.checkpoint(cursor, file)
    cursor.close()
    detach(instance)


def is_alive(instance: duckdb.DuckDBPyConnection) -> bool:
    """Return whether an instance still runs statements: it is not closed, and DuckDB has not given it up."""
    try:
        instance.execute("select 1")
    except (duckdb.FatalException, duckdb.ConnectionException):
        return False
    return True


def answers(instance: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the attached file still answers; after a fault of the disk it may not."""
    try:
        instance.table(f"{ALIAS}.main.migration").limit(1).fetchall()
    except duckdb.Error:
        return False
    return True


def _cut_log(file: Path, length: int) -> None:
    """Cut off the torn end of a log, and keep the log as it was.

    Every commit waits until its part of the log is on the disk, so what a power failure tears is the part of
    a commit that nobody was told of. DuckDB 1.5.5 passes over an end that is missing, not over one of which
    some pages came through.
    """
    log = log_of(file)
    shutil.copyfile(log, file.with_name(f"torn-{datetime.now():%Y%m%dT%H%M%S%f}.wal"))
    os.truncate(log, length)
    synced(log)


def _why_not_open(file: Path, fault: str) -> StoreError:
    folder = file.parent
    if "could not set lock" in fault.lower():
        return StoreInUse(f"The store {folder} is in use by another gridmap (a running dashboard or "
                          "import). Stop it, or wait until it is done.", folder=folder)  # fmt: skip
    if any(word in fault.lower() for word in NO_ROOM):
        return StoreFull(f"The disk of the store {folder} is full. Make room.")
    if "version number" in fault:
        return StoreError(f"The store {file} was written by a newer gridmap. Update gridmap.")
    return StoreError(f"The store {file} cannot be opened: {fault}")


def _quoted(path: Path) -> str:
    """Write a path as an SQL literal: ATTACH and SET take no parameters."""
    return "'" + str(path).replace("'", "''") + "'"


@cache
def spatial_extension() -> Path:
    """Return the path of the spatial extension that its package brings; nothing is fetched."""
    spec = find_spec("duckdb_extension_spatial")
    if spec is None or spec.origin is None:
        raise StoreError("The package duckdb-extension-spatial is missing. Install gridmap again.")
    found = sorted(Path(spec.origin).parent.rglob("spatial.duckdb_extension"))
    if not found:
        raise StoreError(f"No spatial extension in {Path(spec.origin).parent}. Install gridmap again.")
    return found[0]
