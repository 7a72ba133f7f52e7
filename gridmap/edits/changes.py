"""Change sets: what an edit did, so that it can be undone, redone, put together and written down.

They form an algebra. A change leads from one coverage to another; its inverse leads back, bit for bit;
two that follow each other compose to one. `~(a then b) == ~b then ~a`, and `a then ~a` changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.coverage import Coverage
from gridmap.edits.rings import land_of_rings, rings_of
from gridmap.edits.rules import refusal
from gridmap.errors import EditRefused, UsageError
from gridmap.nesting import Region, Snapshot

Operation = Mapping[str, Any]


@dataclass(frozen=True)
class ChangeSet:
    """Hold the regions an edit touched, as they were and as they became.

    Parameters
    ----------
    before, after : the touched regions by code; one that began is missing before, one that ended after
    base, result : stamps of the coverage before and after
    operations : what was asked, in order; two change sets are equal whatever was asked
    """

    before: Mapping[str, Snapshot]
    after: Mapping[str, Snapshot]
    base: str
    result: str
    operations: tuple[Operation, ...] = field(default=(), compare=False)

    @classmethod
    def between(cls, old: Coverage, new: Coverage, codes: tuple[str, ...], operation: Operation) -> ChangeSet:
        """Note how the named regions differ between two coverages."""
        before = {code: old.snapshot(code) for code in codes if code in old}
        after = {code: new.snapshot(code) for code in codes if code in new}
        return _without_idle(cls(before, after, old.stamp, new.stamp, (operation,)))

    @property
    def touched(self) -> tuple[str, ...]:
        """Return the codes of all regions that differ, in order."""
        return tuple(sorted({*self.before, *self.after}))

    @property
    def opened(self) -> tuple[str, ...]:
        """Return the codes that began."""
        return tuple(sorted({*self.after} - {*self.before}))

    @property
    def ended(self) -> tuple[str, ...]:
        """Return the codes that ended."""
        return tuple(sorted({*self.before} - {*self.after}))

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the codes that were there before and after."""
        return tuple(sorted({*self.before} & {*self.after}))

    @property
    def is_empty(self) -> bool:
        """Return whether nothing differs."""
        return not self.before and not self.after

    def inverse(self) -> ChangeSet:
        """Return the change that leads back."""
        undone = tuple(_undoing(operation) for operation in reversed(self.operations))
        return ChangeSet(self.after, self.before, self.result, self.base, undone)

    def __invert__(self) -> ChangeSet:
        return self.inverse()

    def then(self, other: ChangeSet) -> ChangeSet:
        """Return this change followed by another as one.

        Raises
        ------
        EditRefused : `stale_base`, when the other does not begin where this one ends
        """
        if other.base != self.result:
            raise EditRefused("stale_base", "The second change was made on another version than the one the "
                              "first leads to. Only changes that follow each other can be put together.",
                              codes=other.touched)  # fmt: skip
        before = {**{c: s for c, s in other.before.items() if c not in self.touched}, **self.before}
        after = {**{c: s for c, s in self.after.items() if c not in other.touched}, **other.after}
        return _without_idle(
            ChangeSet(before, after, self.base, other.result, self.operations + other.operations)
        )

    def apply_to(self, coverage: Coverage, *, strict: bool = False) -> Coverage:
        """Make the change on a coverage: redo it, undo it (the inverse), or carry it to a newer version.

        Parameters
        ----------
        coverage : where to make it
        strict : accept only the very version it was made on; else any in which the touched regions are
            as they were, whatever happened elsewhere

        Raises
        ------
        EditRefused : `stale_base` when strict and the version differs; `conflict` when a touched region
            is no longer as it was, or a parent it needs is gone
        """
        if strict and coverage.stamp != self.base:
            raise stale(coverage, self.base)
        conflicts = self.conflicts_with(coverage)
        if conflicts:
            raise EditRefused("conflict", f"{len(conflicts)} regions are no longer as this change found "
                              f"them: {', '.join(conflicts[:10])}. Make the change again on today's state.",
                              codes=conflicts)  # fmt: skip
        return coverage.changed({code: self.after.get(code) for code in self.touched})

    def conflicts_with(self, coverage: Coverage) -> list[str]:
        """Return the codes that are not as this change found them, or whose parent is gone."""
        now = {code: coverage.snapshot(code) for code in self.touched if code in coverage}
        differing = [code for code in self.touched if now.get(code) != self.before.get(code)]
        orphaned = [code for code, snapshot in self.after.items() if not self._has_parent(snapshot, coverage)]
        return sorted({*differing, *orphaned})

    def _has_parent(self, snapshot: Snapshot, coverage: Coverage) -> bool:
        parent = snapshot.region.parent
        there = parent in self.after or (parent in coverage and parent not in self.before)
        return not parent or there

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values; rings are whole lattice steps, so nothing is lost."""
        return {"operations": [dict(operation) for operation in self.operations], "base": self.base,
                "result": self.result,
                "before": {code: _as_plain(snapshot) for code, snapshot in self.before.items()},
                "after": {code: _as_plain(snapshot) for code, snapshot in self.after.items()}}  # fmt: skip

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> ChangeSet:
        """Read what `to_json` wrote.

        Raises
        ------
        UsageError : when the value was not written by `to_json`
        """
        try:
            sides = [{code: _from_plain(code, said) for code, said in plain[side].items()}
                     for side in ("before", "after")]  # fmt: skip
            return cls(sides[0], sides[1], plain["base"], plain["result"], tuple(plain["operations"]))
        except (KeyError, TypeError, AttributeError, ValueError) as fault:
            raise UsageError(f"This is not a change set: {fault!r}. Give one as gridmap wrote it.") from fault


def stale(coverage: Coverage, base: str) -> EditRefused:
    """Say that an edit was made on another version of the map."""
    return refusal(coverage, "stale_base", "The map has changed since this edit was drawn (it was made on "
                   f"version {base[:8]}, the map is at {coverage.stamp[:8]}). Look at the new state and edit "
                   "again.")  # fmt: skip


def _without_idle(change: ChangeSet) -> ChangeSet:
    """Leave out regions that end up as they began."""
    idle = {code for code, snapshot in change.before.items() if change.after.get(code) == snapshot}
    if not idle:
        return change
    return replace(change, before={c: s for c, s in change.before.items() if c not in idle},
                   after={c: s for c, s in change.after.items() if c not in idle})  # fmt: skip


def _undoing(operation: Operation) -> Operation:
    return operation["of"] if operation.get("op") == "undo" else {"op": "undo", "of": operation}


def _as_plain(snapshot: Snapshot) -> dict[str, Any]:
    region = snapshot.region
    return {"name": region.name, "level": region.level, "parent": region.parent, "kind": region.kind,
            "region_id": region.region_id,
            "rings": None if snapshot.land is None else rings_of(snapshot.land)}  # fmt: skip


def _from_plain(code: str, said: Mapping[str, Any]) -> Snapshot:
    region = Region(code, said["name"], said["level"], said["parent"], said["kind"], said["region_id"])
    return Snapshot(region, _polygon(said["rings"]))


def _polygon(rings: list[list[list[tuple[int, int]]]] | None) -> BaseGeometry | None:
    land = None if rings is None else land_of_rings(rings)
    if land is not None and not shapely.get_num_coordinates(land):
        raise ValueError("a cell without rings")
    return land
