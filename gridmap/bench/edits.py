"""Edit a map at random, ten thousand times, and see that it stays exact and how long an edit takes.

After every edit the replaced cells are compared with those before: same sum of directed segments, same
area as an integer, every ring valid. Every so often the whole map is certified, every parent compared
with the sum of its leaves, and the last edits are undone and redone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from gridmap.bench.coverage_maker import make_coverage
from gridmap.coverage import Coverage
from gridmap.crs import METRIC
from gridmap.edits import ChangeSet, Rules, apply
from gridmap.edits.rings import moved, rings_of, segments_of
from gridmap.errors import EditRefused
from gridmap.nesting import Region

#: How many digits of a code name the region of a level, and the one above it.
DIGITS = {"street": (5, 0), "community": (8, 5), "block": (11, 8)}
NAMES = ("move_vertex", "insert_vertex", "remove_vertex", "split", "merge", "transfer", "reparent", "recode",
         "release", "create")  # fmt: skip
CHANCES = (0.26, 0.12, 0.08, 0.14, 0.14, 0.14, 0.06, 0.02, 0.02, 0.02)


def run(
    *, edits: int = 10_000, cells: int = 600, vertices: int = 60, seed: int = 7, every: int = 200
) -> list[dict[str, Any]]:
    """Edit a made-up street at random.

    Parameters
    ----------
    edits : how many edits must be accepted
    cells, vertices : how many cells, and about how many corners each
    seed : the same seed makes the same edits
    every : edits between two looks at the whole map

    Returns
    -------
    One row per operation and one for all: accepted, refused, median and 95th percentile in ms of time
    passed and of processor time, and what failed: certificates, areas, parents, undos, stamps
    """
    walk = Walk(made_up_map(cells, vertices=vertices, seed=seed), np.random.default_rng(seed))
    for _ in range(0, edits, every):
        walk.go(min(every, edits - walk.accepted))
        walk.look()
    return walk.rows()


def made_up_map(cells: int, *, vertices: int = 60, seed: int = 7) -> Coverage:
    """Make a map with streets, communities, blocks and red grids, on the lattice in metres."""
    frame = make_coverage(cells, vertices=vertices, seed=seed).to_crs(METRIC)
    frame = frame.assign(parent=frame["code"].str[:11], level="red_grid", name=frame["code"])
    coverage = Coverage.from_frame(frame, parent="parent", level="level", name="name")
    above = {code[:own]: Region(code[:own], code[:own], level, code[:parent])
             for code in coverage.codes for level, (own, parent) in DIGITS.items()}  # fmt: skip
    return Coverage(
        coverage.codes, coverage.cells, coverage.step, coverage.crs, {**above, **coverage.regions}
    )


@dataclass
class Walk:
    """Walk from map to map by random edits, and keep count.

    Parameters
    ----------
    coverage : where the walk stands
    chance : where its decisions come from
    rules : what is locked
    """

    coverage: Coverage
    chance: np.random.Generator
    rules: Rules = field(default_factory=Rules)
    accepted: int = 0
    took_ms: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    steps: list[tuple[Coverage, ChangeSet]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells_at_first = len(self.coverage.codes)
        self.area_at_first = doubled_area(self.coverage.cells)

    def go(self, edits: int) -> None:
        """Make so many accepted edits, checking each."""
        target = self.accepted + edits
        while self.accepted < target:
            self.step()

    def step(self) -> None:
        """Try one edit."""
        name = self._choice()
        operation = PROPOSALS[name](self)
        if operation is None:
            return
        began = time.process_time(), time.perf_counter()
        try:
            new, change = apply(self.coverage, operation, rules=self.rules)
        except EditRefused as refusal:
            self.refused[name] += 1
            self.reasons[refusal.reason] += 1
            return
        self.took_ms.setdefault(name, []).append(
            ((time.process_time() - began[0]) * 1000, (time.perf_counter() - began[1]) * 1000)
        )
        self.accepted += 1
        self.failed.update(faults_of(change))
        self.steps = [*self.steps[-4:], (self.coverage, change)]
        self.coverage = new

    def _choice(self) -> str:
        """Choose an operation; the number of cells stays about what it was."""
        name = str(self.chance.choice(NAMES, p=CHANCES))
        if name in ("split", "merge"):
            return "split" if len(self.coverage.codes) <= self.cells_at_first else "merge"
        return name

    def look(self) -> None:
        """Look at the whole map, and undo and redo the last edits."""
        self.failed["certificate"] += not self.coverage.certificate().exact
        self.failed["area"] += doubled_area(self.coverage.cells) != self.area_at_first
        self.failed["parents"] += sum(1 for _ in unlike_their_children(self.coverage))
        self.failed["undo"] += self._undo_fails()
        plain = Coverage(
            *(getattr(self.coverage, name) for name in ("codes", "cells", "step", "crs", "regions"))
        )
        self.failed["stamp"] += plain.stamp != self.coverage.stamp

    def _undo_fails(self) -> int:
        now, failures = self.coverage, 0
        for before, change in reversed(self.steps):
            then = change.inverse().apply_to(now, strict=True)
            failures += not same_bits(then, before) or not same_bits(change.apply_to(then, strict=True), now)
            now = before
        return failures

    def rows(self) -> list[dict[str, Any]]:
        """Return what happened, one row per operation and one for all."""
        every = [took for each in self.took_ms.values() for took in each]
        rows = [self._row(name, self.took_ms.get(name, []), self.refused[name]) for name in NAMES]
        total = self._row("all", every, sum(self.refused.values()))
        return [*rows, {**total, **{f"failed_{name}": count for name, count in sorted(self.failed.items())}}]

    def _row(self, name: str, took: list[tuple[float, float]], refused: int) -> dict[str, Any]:
        (cpu, wall), (cpu_95, wall_95) = (
            np.percentile(took or [(0.0, 0.0)], [50, 95], axis=0).round(2).tolist()
        )
        return {"operation": name, "accepted": len(took), "refused": refused,
                "median_ms": wall, "p95_ms": wall_95, "median_cpu_ms": cpu, "p95_cpu_ms": cpu_95,
                "cells": len(self.coverage.codes)}  # fmt: skip

    def cell(self) -> str:
        """Choose a cell."""
        return self.coverage.codes[int(self.chance.integers(len(self.coverage.codes)))]

    def pair(self) -> tuple[str, str] | None:
        """Choose a cell and one of its neighbours."""
        code = self.cell()
        beside = self.coverage.neighbours(code)
        return (code, str(self.chance.choice(beside))) if beside else None

    def corner(self, code: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Choose a corner of a cell."""
        xy = shapely.get_coordinates(self.coverage.land(code))
        return np.asarray(xy[int(self.chance.integers(len(xy)))])

    def size(self, code: str) -> float:
        """Return the side of a square as large as a cell."""
        return float(np.sqrt(self.coverage.land(code).area))

    def place(self, xy: Any) -> list[float]:
        """Express lattice steps in metres."""
        per_unit = round(1 / self.coverage.step)
        return [float(value) / per_unit for value in xy]


def _move(walk: Walk) -> Mapping[str, Any]:
    code = walk.cell()
    corner = walk.corner(code)
    to = corner + walk.chance.normal(scale=walk.size(code) * 0.02, size=2)
    return {"op": "move_vertex", "at": walk.place(corner), "to": walk.place(to)}


def _insert(walk: Walk) -> Mapping[str, Any]:
    code = walk.cell()
    ring = shapely.get_coordinates(walk.coverage.land(code).boundary)
    at = int(walk.chance.integers(len(ring) - 1))
    middle = ring[at] + (ring[at + 1] - ring[at]) * walk.chance.uniform(0.2, 0.8)
    return {"op": "insert_vertex", "at": walk.place(middle)}


def _remove(walk: Walk) -> Mapping[str, Any]:
    return {"op": "remove_vertex", "at": walk.place(walk.corner(walk.cell()))}


def _split(walk: Walk) -> Mapping[str, Any]:
    code = walk.cell()
    middle = shapely.get_coordinates(shapely.point_on_surface(walk.coverage.land(code)))[0]
    turn, far = walk.chance.uniform(0, np.pi), walk.size(code) * 3
    along = np.array([np.cos(turn), np.sin(turn)]) * far
    return {"op": "split", "code": code, "line": [walk.place(middle - along), walk.place(middle + along)]}


def _merge(walk: Walk) -> Mapping[str, Any] | None:
    pair = walk.pair()
    return pair and {"op": "merge", "codes": list(pair)}


def _transfer(walk: Walk) -> Mapping[str, Any] | None:
    pair = walk.pair()
    if pair is None:
        return None
    shared = shapely.intersection(*(walk.coverage.land(code) for code in pair))
    corners = shapely.get_coordinates(shared)
    centre = corners[int(walk.chance.integers(len(corners)))]
    turns = np.sort(walk.chance.uniform(0, 2 * np.pi, 9))
    reach = walk.size(pair[0]) * walk.chance.uniform(0.1, 0.5, 9)
    ring = centre + reach[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    return {
        "op": "transfer",
        "giver": pair[0],
        "receiver": pair[1],
        "polygon": [walk.place(xy) for xy in ring],
    }


def _reparent(walk: Walk) -> Mapping[str, Any] | None:
    pair = walk.pair()
    return pair and {"op": "reparent", "code": pair[0], "parent": walk.coverage.region(pair[1]).parent}


def _recode(walk: Walk) -> Mapping[str, Any]:
    code = walk.cell()
    return {"op": "recode", "code": code, "new_code": f"{code[:14]}{int(walk.chance.integers(10**6)):06d}"}


def _release(walk: Walk) -> Mapping[str, Any]:
    return {"op": "release", "code": walk.cell()}


def _create(walk: Walk) -> Mapping[str, Any] | None:
    free = [code for code in walk.coverage.codes if walk.coverage.region(code).is_unassigned]
    if not free:
        return None
    code = str(walk.chance.choice(free))
    number = int(walk.chance.integers(10**6))
    return {"op": "create", "within": code, "new_code": f"{walk.coverage.region(code).parent}{number:09d}"}


PROPOSALS: dict[str, Callable[[Walk], Mapping[str, Any] | None]] = {
    "move_vertex": _move, "insert_vertex": _insert, "remove_vertex": _remove, "split": _split,
    "merge": _merge, "transfer": _transfer, "reparent": _reparent, "recode": _recode,
    "release": _release, "create": _create,
}  # fmt: skip


def doubled_area(lands: Any) -> int:
    """Return twice the area of lattice polygons, as an integer."""
    return sum(x * to_y - to_x * y for land in lands for part in rings_of(land) for ring in part
               for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True))  # fmt: skip


def faults_of(change: ChangeSet) -> Iterator[str]:
    """Name what is wrong with a change: the sum of segments, the area, a ring."""
    before, after = (
        [s.land for s in side.values() if s.land is not None] for side in (change.before, change.after)
    )
    if moved(*([segment for land in lands for segment in segments_of(land)] for lands in (before, after))):
        yield "segments"
    if doubled_area(before) != doubled_area(after):
        yield "area"
    if not all(land.is_valid for land in after):
        yield "rings"


def unlike_their_children(coverage: Coverage) -> Iterator[str]:
    """Name parents whose area is not the sum of their cells', or that lie in pieces while a cell does not."""
    for code in coverage.regions:
        if not coverage.is_leaf(code):
            leaves = [coverage.land(leaf) for leaf in coverage.leaves_below(code)]
            if doubled_area([coverage.land_of(code)]) != doubled_area(leaves):
                yield code


def same_bits(one: Coverage, other: Coverage) -> bool:
    """Return whether two maps are equal to the last ring: codes, order, what is said, and coordinates."""
    known = {*one.codes, *one.regions, *other.codes, *other.regions}
    return (one.codes == other.codes and one.stamp == other.stamp
            and all(one.region(code) == other.region(code) for code in known)
            and all(map(shapely.equals_identical, one.cells, other.cells)))  # fmt: skip
