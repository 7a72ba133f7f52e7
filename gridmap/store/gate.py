"""The gate of an open store: counts who is inside, so that its file can be exchanged when nobody is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gridmap.errors import StoreError


class Gate:
    """Let any number of threads in at a time, or one alone.

    A thread that is inside may enter again. Nobody is kept from entering because somebody waits to be
    alone: a thread inside may wait for one that wants to enter.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._mine = threading.local()

    @property
    def is_inside(self) -> bool:
        """Return whether this thread is inside."""
        return getattr(self._mine, "depth", 0) > 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside until the block ends."""
        depth = getattr(self._mine, "depth", 0)
        with self._changed:
            self._inside += 1
        self._mine.depth = depth + 1
        try:
            yield
        finally:
            self._mine.depth = depth
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, *, within_s: float) -> Iterator[None]:
        """Be the only one inside until the block ends; others wait outside.

        Raises
        ------
        StoreError : when somebody stayed inside all the time
        """
        last = time.monotonic() + within_s
        with self._changed:
            while self._inside:
                if not self._changed.wait(max(0.0, last - time.monotonic())) and self._inside:
                    raise StoreError("The store is busy. Try again in a moment.")
            yield
