"""What has been worked out, kept for whoever asks next. Pure.

It is worked out once for all who ask at the same time; no more is kept than fits, and nothing of a state of
the store that is over.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class _Work:
    """Hold what is being worked out, and afterwards what came of it."""

    done: threading.Event = field(default_factory=threading.Event)
    succeeded: bool = False
    value: Any = None


class Memory:
    """Keep answers by key; safe to share between threads.

    Parameters
    ----------
    most : answers kept; the one that nobody has asked for longest goes first
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Hashable, Hashable], _Work] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, state: Hashable, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is known under a key, or make it: once, however many ask while it is made.

        What fails is told to whoever made it; the others, who may have other rights, try for themselves.

        Parameters
        ----------
        state : of what it is made from
        key : what is asked
        make : works it out
        """
        while True:
            work, is_mine = self._work(state, key)
            if is_mine:
                return self._made(work, (state, key), make)
            work.done.wait()
            if work.succeeded:
                return work.value

    def forget_others(self, states: frozenset[Hashable]) -> None:
        """Let go of everything that was made of another state than these."""
        with self._lock:
            for place in [place for place in self._kept if place[0] not in states]:
                del self._kept[place]

    def clear(self) -> None:
        """Let go of everything."""
        self.forget_others(frozenset())

    def __len__(self) -> int:
        return len(self._kept)

    def _work(self, state: Hashable, key: Hashable) -> tuple[_Work, bool]:
        with self._lock:
            known = self._kept.get((state, key))
            if known is not None:
                self._kept.move_to_end((state, key))
                return known, False
            while len(self._kept) >= self._most:
                self._kept.popitem(last=False)
            begun = self._kept[state, key] = _Work()
            return begun, True

    def _made(self, work: _Work, place: tuple[Hashable, Hashable], make: Callable[[], Any]) -> Any:
        try:
            work.value = make()
            work.succeeded = True
        finally:
            if not work.succeeded:
                with self._lock:
                    if self._kept.get(place) is work:
                        del self._kept[place]
            work.done.set()
        return work.value
