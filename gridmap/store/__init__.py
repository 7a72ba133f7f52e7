"""The store: a folder with one DuckDB file, opened by one process.

The file is ATTACHed to an in-memory instance, so that it can be attached again after a full disk.
Order of locking down: spatial is loaded by path, the file attached, then autoloading and access to
anything outside the store's folder are switched off and the configuration is locked.
No RTREE index is ever stored: after a crash it makes a file of DuckDB 1.5.5 unusable.

    attaching  the instance, and the file attached to it
    gate       who is inside, so that the file can be attached again when nobody is
    holding    what all views of one store share, mended when DuckDB answers nothing any more
    session    run named statements on one cursor
    database   one open store: read, write in transactions
    copying    consistent copies of an open store, their sums, reading and filling them
    files      files that appear whole under their name, or not at all
    migrating  bring a store up to date, behind a copy
    opening    open, create, replace
    sharing    one store for a whole process
    snapshots  copies behind a pointer, and views of them
    room       room on the disk
"""

from gridmap.store import files
from gridmap.store.attaching import STORAGE_VERSION, spatial_extension
from gridmap.store.copying import Sums, sums_of
from gridmap.store.database import Database
from gridmap.store.opening import (
    FILE_NAME,
    filling,
    open_store,
    opened_copy,
    replace_store,
    room_for,
)
from gridmap.store.session import Session
from gridmap.store.sharing import shared_store

__all__ = [
    "FILE_NAME",
    "STORAGE_VERSION",
    "Database",
    "Session",
    "Sums",
    "files",
    "filling",
    "open_store",
    "opened_copy",
    "replace_store",
    "room_for",
    "shared_store",
    "spatial_extension",
    "sums_of",
]
