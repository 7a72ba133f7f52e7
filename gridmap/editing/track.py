"""The state of a draft as the sum of its steps: what was applied, what was undone, on which base."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from gridmap.coverage import Coverage
from gridmap.editing.drafts import Draft, Step
from gridmap.edits import ChangeSet
from gridmap.errors import Refused, StoreError
from gridmap.store import Database
from gridmap.versions import State


@dataclass(frozen=True)
class Track:
    """Hold the state of a draft after some of its steps.

    Parameters
    ----------
    base : the map the draft began with, or was rebased on
    drawn_on : the same as a state of the store
    coverage : the map as drafted
    done : changes that count, in order
    undone : changes that were undone and can be redone, the next one last
    unlocked : levels and codes whose borders may move
    revision : how many steps were taken
    standing : version and day of `base`
    """

    base: Coverage
    drawn_on: State
    coverage: Coverage
    done: tuple[ChangeSet, ...] = ()
    undone: tuple[ChangeSet, ...] = ()
    unlocked: frozenset[str] = field(default_factory=frozenset)
    revision: int = 0
    standing: tuple[int, date] = (0, date.min)

    @classmethod
    def begin(cls, db: Database, draft: Draft) -> Track:
        """Return the state of a draft before its first step."""
        base, drawn_on = base_of(db, draft.base_cs, draft.base_day)
        return cls(base, drawn_on, base, standing=(draft.base_cs, draft.base_day))

    def through(self, db: Database, steps: Iterable[Step]) -> Track:
        """Return the state after further steps.

        Raises
        ------
        StoreError : when the steps do not lead where they led when they were taken
        """
        track, stamp = self, self.coverage.stamp
        for step in steps:
            track = replace(_ACTIONS[step.action](track, step, db), revision=step.revision)
            stamp = step.stamp
        if track.coverage.stamp != stamp:
            raise StoreError(f"Step {track.revision} of the draft does not lead to the state it led to when "
                             "it was taken. The store is damaged: restore a backup.")  # fmt: skip
        return track

    def applied(self, change: ChangeSet, coverage: Coverage) -> Track:
        """Return the state after one more edit; what was undone cannot be redone any more."""
        return replace(
            self, coverage=coverage, done=(*self.done, change), undone=(), revision=self.revision + 1
        )

    def back(self) -> Track:
        """Return the state with the last edit undone.

        Raises
        ------
        Refused : when there is nothing to undo
        """
        if not self.done:
            raise Refused("There is nothing to undo.")
        *kept, last = self.done
        return replace(self, coverage=last.inverse().apply_to(self.coverage), done=tuple(kept),
                       undone=(*self.undone, last), revision=self.revision + 1)  # fmt: skip

    def forth(self) -> Track:
        """Return the state with the edit that was undone last redone.

        Raises
        ------
        Refused : when there is nothing to redo
        """
        if not self.undone:
            raise Refused("There is nothing to redo.")
        *kept, next_ = self.undone
        return replace(self, coverage=next_.apply_to(self.coverage), done=(*self.done, next_),
                       undone=tuple(kept), revision=self.revision + 1)  # fmt: skip

    def rebased(
        self, base: Coverage, drawn_on: State, changes: Iterable[ChangeSet], standing: tuple[int, date]
    ) -> Track:
        """Return the state with another base, of a version and a day, and what is left of the edits."""
        coverage, done = base, tuple(changes)
        for change in done:
            coverage = change.apply_to(coverage)
        return replace(self, base=base, drawn_on=drawn_on, coverage=coverage, done=done, undone=(),
                       standing=standing, revision=self.revision + 1)  # fmt: skip


def base_of(db: Database, cs: int, day: date) -> tuple[Coverage, State]:
    """Return the boundaries of a day as believed right after a version, as a coverage and as a state."""
    recorded = db.scalar("versions/recorded_at", cs=cs)
    state = State.at(db, day, moment=recorded, label=f"version {cs}")
    leaves = state.leaves.assign(code=state.leaves["region_id"].map(state.codes)).sort_values("code")
    return Coverage.of_map(leaves, state.regions.reset_index()), state


def _apply(track: Track, step: Step, db: Database) -> Track:
    change = ChangeSet.from_json(step.change)
    return track.applied(change, change.apply_to(track.coverage))


def _unlock(track: Track, step: Step, db: Database) -> Track:
    return replace(track, unlocked=frozenset(step.operation["unlock"]))


def _rebase(track: Track, step: Step, db: Database) -> Track:
    standing = step.operation["cs"], date.fromisoformat(step.operation["day"])
    base, drawn_on = base_of(db, *standing)
    return track.rebased(base, drawn_on, map(ChangeSet.from_json, step.change["changes"]), standing)


_ACTIONS: dict[str, Callable[[Track, Step, Database], Track]] = {
    "apply": _apply,
    "undo": lambda track, step, db: track.back(),
    "redo": lambda track, step, db: track.forth(),
    "unlock": _unlock,
    "rebase": _rebase,
}
