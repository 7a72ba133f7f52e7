"""Threads of a server: the owner makes snapshots when something has changed, a view follows the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from gridmap.errors import StoreError
from gridmap.store import Database, snapshots

#: How often a view looks at the pointer.
_LOOK_S = 1.0
_BUSY_S = 0.05


def follow(db: Database, stop: threading.Event) -> threading.Thread:
    """Let a view show the newest snapshot, soon after there is one, until told to stop."""
    return _thread("following", stop, lambda: _LOOK_S if snapshots.follow_newest(db) else _BUSY_S)


def make_snapshots(db: Database, stop: threading.Event, *, every_s: float) -> threading.Thread:
    """Make a snapshot whenever an import, a publication or a setting has changed the store.

    Parameters
    ----------
    db : the open store
    stop : set to end the thread
    every_s : how often to look whether something has changed
    """
    made: list[object] = []

    def look() -> float:
        version = db.scalar("screens/store_version")
        if made != [version]:
            snapshots.take(db)
            made[:] = [version]
        return every_s

    return _thread("snapshots", stop, look, otherwise_s=every_s)


def _thread(
    name: str, stop: threading.Event, look: Callable[[], float], *, otherwise_s: float = _LOOK_S
) -> threading.Thread:
    """Do something again and again, after as many seconds as it says; where it cannot be done, later."""

    def run() -> None:
        wait_s = 0.0
        while not stop.wait(wait_s):
            wait_s = otherwise_s
            with suppress(StoreError):  # a full disk: the snapshot before is shown on, the doctor tells
                wait_s = look()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
