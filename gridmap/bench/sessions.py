"""Load: real sessions over the browser's protocol look at a served store, and the knee where it gets slow."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gridmap import outside
from gridmap.bench.browser import Browser, Seen
from gridmap.outside import Served
from gridmap.store import open_store

#: Seconds between two looks of one person, on average; people come one after the other.
THINK_S, _COME_S = 10.0, 0.5
#: What is promised of pages and of what they fetch.
PAGE_S, QUERY_S = 2.0, 0.1
_MEASURES = ("petition.received", "petition.open", "petition.on_time_close_rate", "building.risk_index")
_PERIODS = ("30d", "90d", "12m", "year", "all")
_PAGES = ("overview", "cells", "mine", "health", "wall")
_SHOWS = ("measure", "measure", "measure", "heat", "coverage")
_STEPS = (20, 30, 50, 80, 120, 180, 250, 350, 500)
_SAMPLE_S = 5.0
#: Pages from which a 95th percentile says more than its slowest page.
_ENOUGH_PAGES = 40
#: A server rests when it uses so little of a second; it is waited for so long.
_RESTING, _REST_S = 0.05, 120


@dataclass
class _Crowd:
    """Count what people saw.

    Parameters
    ----------
    server : what they look at
    codes : cells they drill into
    stop : set when they go home
    pages : seconds and name of each page
    queries : seconds of each answer fetched by a page
    faults : what went wrong, by its words
    memory : seconds since the beginning and memory of the server, every five seconds
    """

    server: Served
    codes: Sequence[str]
    stop: threading.Event = field(default_factory=threading.Event)
    pages: list[tuple[float, str]] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def person(self, seed: int) -> None:
        """Be one person: come, look, think, look again, until it is time to go."""
        rng, browser = random.Random(seed), Browser(self.server.port)
        for page, asked in _walk(rng, self.codes):
            if self.stop.is_set():
                break
            self._note(page, browser.look(page, asked))
            self.stop.wait(rng.expovariate(1 / THINK_S))
        browser.close()

    def _note(self, page: str, seen: Seen) -> None:
        if seen.fault:
            self.faults[f"{page}: {seen.fault}"] += 1
            return
        self.pages.append((seen.seconds, page))
        self.queries += seen.queries

    def watch(self) -> None:
        """Note the server's memory until everybody goes home."""
        began = time.monotonic()
        while not self.stop.is_set():
            self.memory.append((time.monotonic() - began, self.server.memory_mb))
            self.stop.wait(_SAMPLE_S)


def run(store: Path, *, sessions: int, seconds: float, seed: int = 1) -> dict[str, Any]:
    """Let so many people look at a store, and say how long they waited.

    Seven of ten begin with the overview and go on from it: another period, measure, view, or down into a
    cell; the others look at tables, at their own grid, at the health page or at the wall. The first minute,
    in which everybody comes, counts like the rest.

    Parameters
    ----------
    store : folder of the store; it is served by a process of its own on this machine
    sessions : how many people
    seconds : for how long
    seed : of their choices

    Returns
    -------
    sessions, seconds, pages and queries with their median and 95th percentile in seconds, errors, the
    memory of the server in MB after a fifth of the time, at the end and in each minute, the processor time it
    took, the load of the machine in the last minute, and each kind of error with its number
    """
    codes = _codes(store)
    with outside.served(store) as server:
        return _measured(server, codes, sessions=sessions, seconds=seconds, seed=seed)


def knee(store: Path, *, seconds: float, seed: int = 1) -> list[dict[str, Any]]:
    """Let more and more people look at a store, until pages take longer than promised.

    Somebody has looked at every page before: what a server that has just started needs is no knee.

    Parameters
    ----------
    store : folder of the store
    seconds : how long each number of people looks
    seed : of their choices

    Returns
    -------
    What `run` returns, for each number of people, the last one being beyond the knee
    """
    codes, steps = _codes(store), []
    with outside.served(store) as server:
        _look_at_each(server)
        for sessions in _STEPS:
            steps.append(_measured(server, codes, sessions=sessions, seconds=seconds, seed=seed + sessions))
            if _too_many(steps[-1]):
                break
    return steps


def _too_many(step: dict[str, Any]) -> bool:
    """Return whether people got errors, or waited too long; of that, too few pages say nothing."""
    return bool(step["errors"]) or (step["pages"] >= _ENOUGH_PAGES and step["page p95"] > PAGE_S)


def _look_at_each(server: Served) -> None:
    browser = Browser(server.port)
    for page in _PAGES:
        browser.look(page, {})
    browser.close()
    _let_rest(server)


def _let_rest(server: Served) -> None:
    """Wait until a server has asked for what it asks ahead: it is quiet then, or never will be."""
    for _ in range(_REST_S):
        used = server.cpu_s
        time.sleep(1)
        if server.cpu_s - used < _RESTING:
            return


def _codes(store: Path) -> list[str]:
    """Return cells that people drill into, before the store is served."""
    db = open_store(store)
    try:
        found = db.query("versions/regions_on", on_day=db.now().date())
    finally:
        db.close()
    return sorted(found["code"].astype(str))


def _measured(
    server: Served, codes: Sequence[str], *, sessions: int, seconds: float, seed: int
) -> dict[str, Any]:
    crowd, used = _Crowd(server, codes), server.cpu_s
    began = time.monotonic()
    with _people(crowd, sessions, seed):
        time.sleep(seconds)
    return _row(crowd, sessions, time.monotonic() - began, server.cpu_s - used)


@contextmanager
def _people(crowd: _Crowd, sessions: int, seed: int) -> Iterator[None]:
    watch = threading.Thread(target=crowd.watch)
    people = [threading.Thread(target=crowd.person, args=(seed * 1_000 + at,)) for at in range(sessions)]
    watch.start()
    for person in people:
        person.start()
        time.sleep(_COME_S)
    try:
        yield
    finally:
        crowd.stop.set()
        for thread in (*people, watch):
            thread.join()


def _row(crowd: _Crowd, sessions: int, seconds: float, cpu_s: float) -> dict[str, Any]:
    pages = [took for took, _ in crowd.pages]
    early, late = _memory(crowd.memory, 0.2), _memory(crowd.memory, 0.95)
    return {
        "sessions": sessions, "seconds": round(seconds), "pages": len(pages),
        "page median": _quantile(pages, 0.5),
        "page p95": _quantile(pages, 0.95), "page max": _quantile(pages, 1.0), "queries": len(crowd.queries),
        "query median": _quantile(crowd.queries, 0.5), "query p95": _quantile(crowd.queries, 0.95),
        "errors": sum(crowd.faults.values()), "MB early": early, "MB late": late, "cpu s": round(cpu_s),
        "load": round(os.getloadavg()[0], 1), "MB by minute": _by_minute(crowd.memory),
        "pages slow": f"{np.mean([took > PAGE_S for took in pages]):.1%}" if pages else "",
        "slowest": ", ".join(f"{page} {took:.1f}" for took, page in sorted(crowd.pages, reverse=True)[:3]),
        "faults": "; ".join(f"{words} ({count})" for words, count in crowd.faults.most_common(5)),
    }  # fmt: skip


def _quantile(values: Sequence[float], share: float) -> float:
    return round(float(np.quantile(values, share)), 3) if values else 0.0


def _by_minute(samples: Sequence[tuple[float, float]]) -> str:
    """Return the largest memory of each minute, one after the other."""
    minutes: dict[int, float] = {}
    for at, mb in samples:
        minutes[int(at // 60)] = max(mb, minutes.get(int(at // 60), 0.0))
    return " ".join(f"{mb:.0f}" for _, mb in sorted(minutes.items()))


def _memory(samples: Sequence[tuple[float, float]], share: float) -> int:
    """Return the memory once a share of the time was over, the largest of three samples."""
    at = int(len(samples) * share)
    return round(max((mb for _, mb in samples[max(0, at - 1) : at + 2]), default=0.0))


# ---- what people look at ------------------------------------------------------------------------


def _walk(rng: random.Random, codes: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pages with their addresses, without an end."""
    asked: dict[str, Any] = {}
    while True:
        way = rng.random()
        if way < 0.7:
            asked = _next_view(rng, asked, codes)
            yield "overview", asked
        elif way < 0.82:
            yield "cells", {"level": rng.choice(("community", "red_grid")), **_period(rng)}
        elif way < 0.92:
            yield "mine", {"at": rng.choice(codes)}
        elif way < 0.96:
            yield "health", {}
        else:
            yield "wall", {}


def _next_view(rng: random.Random, asked: dict[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """Change one thing about a view, as a person does; now and then begin anew."""
    choices = (
        _period(rng), {"measure": rng.choice(_MEASURES)}, {"show": rng.choice(_SHOWS)},
        {"at": rng.choice(codes)}, {"boundaries": rng.choice(("then", "now"))},
    )  # fmt: skip
    return {} if rng.random() < 0.2 else {**asked, **rng.choice(choices)}


def _period(rng: random.Random) -> dict[str, str]:
    return {"period": rng.choice(_PERIODS)}
