"""A night: a million petitions are loaded while people look, planners edit and snapshots are made."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from gridmap import measures
from gridmap.bench.loading import write_petitions
from gridmap.editing.session import Drafting
from gridmap.keeping import following
from gridmap.levels import TOTAL
from gridmap.loading.city import build_demo
from gridmap.loading.records import load_records
from gridmap.registers import PETITIONS
from gridmap.store import Database, open_store, snapshots

_STRIP = ("petition.received", "petition.open", "petition.on_time_close_rate")
_THINK_S, _DRAW_S, _SNAPSHOT_S = 5.0, 2.0, 5.0
#: What a further process does: it follows the snapshots, and says how many petitions it saw and how often.
_VIEWER = (
    "import sys; from pathlib import Path; from gridmap.bench import night; night.look_on(Path(sys.argv[1]))"
)


@dataclass
class _Night:
    """Count what people saw and did.

    Parameters
    ----------
    db : the open store
    stop : set when the night is over
    asked_ms : how long each question took
    seen : how many petitions there were in all, as people were told
    edits : names that cells were given
    faults : whatever anybody was told instead of an answer
    """

    db: Database
    stop: threading.Event = field(default_factory=threading.Event)
    asked_ms: list[float] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    edits: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Be a viewer: ask for a map and the total, then think."""
        began = time.perf_counter()
        measures.stats(self.db, _STRIP, level="red_grid")
        self.seen.add(received(self.db))
        self.asked_ms.append((time.perf_counter() - began) * 1000)
        self.stop.wait(random.expovariate(1 / _THINK_S))

    def planner(self, name: str) -> Callable[[], None]:
        """Be a planner: begin a draft and rename cells in it."""
        draft = Drafting.begin(self.db, name, author=name)
        codes = sorted(draft.coverage.to_frame()["code"])

        def edit() -> None:
            called = f"{name} {len(self.edits)}"
            draft.apply({"op": "rename", "code": random.choice(codes), "name": called})
            self.edits.append(called)
            self.stop.wait(_DRAW_S)

        return edit


def run(*, petitions: int = 1_000_000, viewers: int = 50, seed: int = 2022) -> dict[str, Any]:
    """Load petitions into a demo store while people look at it and planners edit.

    Parameters
    ----------
    petitions : how many are loaded
    viewers : how many look, each in a thread of the process that owns the store; one more process looks at
        snapshots
    seed : of the demo and of the petitions

    Returns
    -------
    petitions, seconds of the import, questions asked meanwhile with median_ms, p95_ms and max_ms, edits,
    snapshots, faults, and half_seen: how often anybody saw another number of petitions than before or after
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        build_demo(folder / "store", scale="street", seed=seed)
        write_petitions(folder / "petitions.csv", petitions, seed)
        database = open_store(folder / "store")
        try:
            return counted(database, folder / "petitions.csv", viewers)
        finally:
            database.close()


def look_on(folder: Path) -> None:
    """Follow the snapshots of a store until stdin ends, then say on stdout what was seen."""
    view, seen, asked = snapshots.open_view(folder), [], 0
    ended = threading.Thread(target=sys.stdin.read)
    ended.start()
    with following.following_newest(view):
        while ended.is_alive():
            seen.append(received(view))
            asked += 1
            time.sleep(0.1)
    sys.stdout.write(json.dumps({"asked": asked, "seen": sorted(set(seen)), "forward": seen == sorted(seen)}))


def received(db: Database) -> int:
    """Return how many petitions there are in all, as a screen would say."""
    return int(measures.stats(db, ["petition.received"], level=TOTAL)["petition.received"].iloc[0])


def counted(db: Database, file: Path, viewers: int) -> dict[str, Any]:
    """Load a file of petitions into an open store while people look; return what `run` returns."""
    before, night = received(db), _Night(db)
    snapshots.take(db)
    with (
        _people(night, viewers),
        _elsewhere(db.folder) as elsewhere,
        following.making_snapshots(db, every_s=_SNAPSHOT_S),
    ):
        time.sleep(_THINK_S)
        began = time.perf_counter()
        report = load_records(db, file, PETITIONS, crs="wgs84", silent=True)
        seconds = time.perf_counter() - began
        time.sleep(2 * _SNAPSHOT_S)
    whole = {before, received(db)}
    return {
        "petitions": report.rows_kept, "seconds": round(seconds, 1), "viewers": viewers,
        "asked": len(night.asked_ms), **_spread(night.asked_ms), "edits": len(night.edits),
        "asked_of_snapshots": elsewhere["asked"], "snapshots_went_forward": elsewhere["forward"],
        "half_seen": len((night.seen | set(elsewhere["seen"])) - whole),
        "faults": len(night.faults), "first_fault": (night.faults or [""])[0],
    }  # fmt: skip


def _spread(asked_ms: list[float]) -> dict[str, float]:
    values = np.asarray(asked_ms)
    return {"median_ms": round(float(np.median(values))), "p95_ms": round(float(np.quantile(values, 0.95))),
            "max_ms": round(float(values.max()))}  # fmt: skip


@contextmanager
def _people(night: _Night, viewers: int) -> Iterator[None]:
    works = [*[night.look] * viewers, night.planner("north"), night.planner("south")]
    threads = [threading.Thread(target=_noting, args=(night, work)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        night.stop.set()
        for thread in threads:
            thread.join()


def _noting(night: _Night, work: Callable[[], None]) -> None:
    while not night.stop.is_set():
        try:
            work()
        except Exception as fault:
            night.faults.append(f"{type(fault).__name__}: {fault}")


@contextmanager
def _elsewhere(folder: Path) -> Iterator[dict[str, Any]]:
    """Let a further process look at the snapshots; what it saw is known when the block has ended."""
    said: dict[str, Any] = {}
    with subprocess.Popen([sys.executable, "-c", _VIEWER, str(folder)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as viewer:  # fmt: skip
        yield said
        said.update(json.loads(viewer.communicate("")[0]))
