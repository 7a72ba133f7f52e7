"""What has been worked out, kept for whoever asks next. Pure.

It is worked out once for all who ask at the same time; no more is kept than so many bytes hold, and nothing
of a state of the store that is over.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from gridmap.ui.weights import weight_of

#: What an answer takes beside itself: its key, its place.
_PLACE_BYTES = 2_000


@dataclass(eq=False)
class _Work:
    """Hold what is being worked out, and afterwards what came of it."""

    done: threading.Event = field(default_factory=threading.Event)
    succeeded: bool = False
    value: Any = None
    weight: int = 0


class Memory:
    """Keep answers by key; safe to share between threads.

    Parameters
    ----------
    most_bytes : what is kept weighs no more; the answer that nobody has asked for longest goes first
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._weight = 0
        self._kept: OrderedDict[tuple[Hashable, Hashable], _Work] = OrderedDict()
        self._states: Counter[Hashable] = Counter()  # how many answers each state has here
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
            if self._states.keys() <= states:
                return
            for place in [place for place in self._kept if place[0] not in states]:
                self._drop(place)

    def clear(self) -> None:
        """Let go of everything."""
        self.forget_others(frozenset())

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def weight(self) -> int:
        """Return how many bytes are kept."""
        return self._weight

    def _work(self, state: Hashable, key: Hashable) -> tuple[_Work, bool]:
        with self._lock:
            known = self._kept.get((state, key))
            if known is not None:
                self._kept.move_to_end((state, key))
                return known, False
            begun = self._kept[state, key] = _Work()
            self._states[state] += 1
            return begun, True

    def _made(self, work: _Work, place: tuple[Hashable, Hashable], make: Callable[[], Any]) -> Any:
        try:
            work.value = make()
        except BaseException:
            self._give_up(work, place)
            work.done.set()
            raise
        work.succeeded = True
        work.done.set()
        self._settle(work, place)
        return work.value

    def _give_up(self, work: _Work, place: tuple[Hashable, Hashable]) -> None:
        with self._lock:
            if self._kept.get(place) is work:
                self._drop(place)

    def _settle(self, work: _Work, place: tuple[Hashable, Hashable]) -> None:
        """Keep what was made, as long as nobody let go of it meanwhile, and let go of what is too much."""
        weight = _PLACE_BYTES + weight_of(work.value)
        with self._lock:
            if self._kept.get(place) is not work:
                return
            work.weight = weight
            self._weight += weight
            if self._weight > self._most_bytes:
                self._lighten()

    def _lighten(self) -> None:
        """Let go of what nobody has asked for longest, until what is kept is light enough."""
        for place, work in list(self._kept.items()):
            if self._weight <= self._most_bytes:
                return
            if work.weight:  # the others are still being made
                self._drop(place)

    def _drop(self, place: tuple[Hashable, Hashable]) -> None:
        self._weight -= self._kept.pop(place).weight
        self._states[place[0]] -= 1
        if not self._states[place[0]]:
            del self._states[place[0]]
