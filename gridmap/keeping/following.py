"""Threads of a server: the owner makes snapshots when something has changed, a view follows the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from gridmap.beside import beside
from gridmap.errors import StoreError
from gridmap.store import Database, snapshots

#: How often a view looks at the pointer.
_LOOK_S = 1.0
_BUSY_S = 0.05


def following_newest(db: Database) -> AbstractContextManager[None]:
    """Let a view show the newest snapshot, soon after there is one, until the block ends."""
    return _again_and_again("following", lambda: _LOOK_S if snapshots.follow_newest(db) else _BUSY_S)


def making_snapshots(db: Database, *, every_s: float) -> AbstractContextManager[None]:
    """Make a snapshot whenever an import, a publication or a setting has changed the store.

    Parameters
    ----------
    db : the open store, until the block ends
    every_s : how often to look whether something has changed
    """
    made: list[object] = []

    def look() -> float:
        version = db.scalar("screens/store_version")
        if made != [version]:
            snapshots.take(db)
            made[:] = [version]
        return every_s

    return _again_and_again("snapshots", look, otherwise_s=every_s)


def _again_and_again(
    name: str, look: Callable[[], float], *, otherwise_s: float = _LOOK_S
) -> AbstractContextManager[None]:
    """Do something again and again, after as many seconds as it says; where it cannot be done, later."""

    def run(over: threading.Event) -> None:
        wait_s = 0.0
        while not over.wait(wait_s):
            wait_s = otherwise_s
            with suppress(StoreError):  # a full disk: the snapshot before is shown on, the doctor tells
                wait_s = look()

    return beside(name, run)
