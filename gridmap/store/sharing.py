"""One store for a whole process: its own, or a view of the newest snapshot of another process's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gridmap.store.database import Database
from gridmap.store.opening import open_store
from gridmap.store.snapshots import open_view

_VIEWED: set[Path] = set()


@cache
def shared_store(folder: Path) -> Database:
    """Return the one open store of this process for a folder, opening it at the first call."""
    return open_view(folder) if folder in _VIEWED else open_store(folder)


def view_only(folder: Path) -> None:
    """Let `shared_store` open a snapshot of this folder's store; to be called before it is opened."""
    _VIEWED.add(folder)
