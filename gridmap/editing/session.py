"""One drafting session: apply, undo, redo, compare, rebase; every accepted edit is durable at once.

Several sessions may work on one draft. Each edit says on which revision it was drawn; when another planner
was faster, it is refused with who did what, and the session then shows the new state. An edit that says no
revision is made on the newest state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

import pandas as pd

from gridmap import edits, settings, versions
from gridmap.coverage import Coverage
from gridmap.editing import drafts
from gridmap.editing.drafts import Draft, Operation, Step
from gridmap.editing.proposals import Proposal, numbers_of, of_coverages, state_of
from gridmap.editing.publishing import Publication, put_into_force, try_out
from gridmap.editing.track import Track, base_of
from gridmap.edits import ChangeSet, Region, Rules, Snapshot
from gridmap.errors import EditRefused, Refused, UsageError
from gridmap.findings import Finding
from gridmap.periods import Period
from gridmap.store import Database, Session
from gridmap.versions import Change, Diff, State

#: A step to take: its action, what was asked, the change it makes, and the state it leads to.
Taken = tuple[str, Operation, ChangeSet | None, Track]


@dataclass(frozen=True)
class Rebased:
    """Say what rebasing did.

    Parameters
    ----------
    version, day : the base now
    kept : how many edits are left
    dropped : the edits that are not possible any more, each with the reason
    """

    version: int
    day: date
    kept: int
    dropped: tuple[tuple[Operation, str], ...]


class Drafting:
    """Work on one draft.

    Parameters
    ----------
    db : the open store
    draft : the draft
    author : who works on it; the setting GRIDMAP_USER when omitted
    """

    def __init__(self, db: Database, draft: Draft, *, author: str | None = None) -> None:
        self.db, self.draft = db, draft
        self.author = author or settings.from_environment().author
        self._track = Track.begin(db, draft).through(db, drafts.steps(db, draft.name))

    @classmethod
    def open(cls, db: Database, name: str, *, author: str | None = None) -> Drafting:
        """Open a draft.

        Raises
        ------
        UsageError : when there is none of this name
        """
        return cls(db, drafts.draft_named(db, name), author=author)

    @classmethod
    def begin(
        cls,
        db: Database,
        name: str,
        *,
        title: str = "",
        on: date | None = None,
        version: int | None = None,
        author: str | None = None,
    ) -> Drafting:
        """Branch a new draft off the boundaries of a day or of a version, and open it.

        Parameters
        ----------
        db : the open store
        name : its name, never used before
        title : what it is about
        on : day whose boundaries it begins with; the store's today when omitted
        version : version it begins with instead, everything recorded up to it in force
        author : who works on it; the setting GRIDMAP_USER when omitted

        Raises
        ------
        UsageError : when there is no such version, or both a day and a version are given
        Refused : when there is or was a draft of this name, or the store has no boundaries
        """
        who = author or settings.from_environment().author
        begun = drafts.begin(db, name, author=who, title=title, on=on, version=version)
        return cls(db, begun, author=who)

    @property
    def coverage(self) -> Coverage:
        """Return the map as drafted."""
        return self._track.coverage

    @property
    def base(self) -> Coverage:
        """Return the map the draft began with, or was rebased on."""
        return self._track.base

    @property
    def revision(self) -> int:
        """Return the number of the last step this session knows."""
        return self._track.revision

    @property
    def done(self) -> tuple[ChangeSet, ...]:
        """Return the edits that count, in order."""
        return self._track.done

    @property
    def can_redo(self) -> bool:
        """Return whether an undone edit can be redone."""
        return bool(self._track.undone)

    @property
    def rules(self) -> Rules:
        """Return what an edit may do in this draft."""
        return Rules(unlocked=self._track.unlocked)

    def state(self) -> State:
        """Return the map as drafted as a state that can be compared with others."""
        return state_of(self.coverage, f"draft {self.draft.name}")

    def apply(self, operation: Operation, *, expected: int | None = None) -> ChangeSet:
        """Make one edit and record it.

        Parameters
        ----------
        operation : as the editor sends it; see `gridmap.edits.apply`
        expected : revision it was drawn on; the newest counts when omitted

        Raises
        ------
        EditRefused : with the reason, also when the draft went on since `expected`
        Refused : when the draft is not open any more
        """
        return self.apply_all([operation], expected=expected)[0]

    def apply_all(self, operations: Sequence[Operation], *, expected: int | None = None) -> list[ChangeSet]:
        """Make several edits: all of them, or none. `undo` and `redo` are operations as well.

        Returns
        -------
        One change per operation, in order

        Raises
        ------
        EditRefused : what the first refused edit says, its number in the list in front
        Refused : when the draft is not open any more
        """
        taken = self._take(lambda track: _edited(track, operations), expected)
        return [change for _, _, change, _ in taken if change is not None]

    def undo(self, *, expected: int | None = None) -> ChangeSet:
        """Undo the last edit that counts, whoever made it.

        Raises
        ------
        Refused : when there is nothing to undo, or the draft went on since `expected`
        """
        return self.apply({"op": "undo"}, expected=expected)

    def redo(self, *, expected: int | None = None) -> ChangeSet:
        """Redo the edit that was undone last.

        Raises
        ------
        Refused : when there is nothing to redo, or the draft went on since `expected`
        """
        return self.apply({"op": "redo"}, expected=expected)

    def unlock(self, what: Collection[str]) -> None:
        """Set borders free that edits may not move otherwise.

        Parameters
        ----------
        what : levels, or codes of regions
        """
        self._take(lambda track: [_unlocked(track, what)], None)

    def redraw(self, opened: pd.DataFrame, ended: Collection[int], operation: Operation) -> ChangeSet:
        """Take over cells drawn elsewhere as one edit.

        Parameters
        ----------
        opened : region_id (of `state`; another negative number for a new region), level, code, name,
            parent_id, kind, geometry (lattice; None for parents), one row per region that begins or changes
        ended : regions of `state` that end
        operation : what is written into the log, with `op`

        Raises
        ------
        EditRefused : when the draft went on since this session looked at it
        Refused : when nothing would change
        """
        taken = self._take(lambda track: [_redrawn(track, opened, ended, operation)], self.revision)
        return cast(ChangeSet, taken[0][2])

    def refresh(self) -> list[Step]:
        """Take over what others did in the draft meanwhile, and return it."""
        news = drafts.steps(self.db, self.draft.name, after=self.revision)
        self._track = self._track.through(self.db, news)
        self.draft = drafts.draft_named(self.db, self.draft.name)
        return news

    def compare(self, other: str | Drafting = "today", *, period: Period | None = None) -> Diff:
        """Compare a version, a day or another draft with this one, which counts as the later.

        Parameters
        ----------
        other : number of a version, YYYY-MM-DD, `today`, `base`, or another draft
        period : count only petitions received in it
        """
        if isinstance(other, Drafting):
            before = other.state()
        else:
            before = self._track.drawn_on if other == "base" else versions.state_named(self.db, other)
        return versions.compare(self.db, before, self.state(), period=period)

    def stale(self, *, on: date | None = None) -> tuple[str, ...]:
        """Return the codes this draft changes that are not any more as they were when it began.

        Parameters
        ----------
        on : day whose boundaries to compare with; the store's today when omitted
        """
        day = on or self.db.now().date()
        change = Change(self.draft.title, "publish", day, self.author)
        now = State.at(self.db, day)
        return self.proposal(change).stale(now)

    @property
    def standing(self) -> tuple[int, date]:
        """Return the version and the day whose boundaries the draft began with, or was rebased on."""
        return self._track.standing

    def rebase(self, *, on: date | None = None, skip: bool = False) -> Rebased:
        """Carry the edits over to the boundaries of a day as they are now.

        An edit whose regions are as they were is carried over exactly; any other is made again.

        Parameters
        ----------
        on : day whose boundaries become the base; the store's today when omitted
        skip : leave out edits that are not possible any more

        Raises
        ------
        Refused : when edits are not possible any more, unless `skip`; each with its reason
        """
        day = on or self.db.now().date()
        version = int(self.db.query("versions/next_ids").iloc[0]["cs"]) - 1
        base, drawn_on = base_of(self.db, version, day)
        dropped: list[tuple[Operation, str]] = []

        def carried(track: Track) -> list[Taken]:
            changes = _carried_over(base, track, dropped)
            if dropped and not skip:
                raise Refused(_not_possible(dropped, version), findings=list(map(_left_out, dropped)))
            asked = {"cs": version, "day": day.isoformat()}
            return [("rebase", asked, None, track.rebased(base, drawn_on, changes, (version, day)))]

        self._take(carried, None)
        return Rebased(version, day, len(self.done), tuple(dropped))

    def proposal(self, change: Change) -> Proposal:
        """Return what publishing this draft would change."""
        operations = [operation for done in self.done for operation in done.operations]
        told = replace(change, draft=self.draft.name, operations=json.dumps(operations, ensure_ascii=False))
        return of_coverages(self.base, self.coverage, told, self._track.drawn_on)

    def publish(
        self,
        *,
        effective: date,
        title: str = "",
        approved_by: str | None = None,
        document: str | None = None,
        commit: bool = False,
    ) -> Publication:
        """Check this draft for publishing, and put it into force when told to.

        Parameters
        ----------
        effective : first day in force: past, today or future
        title : what changes; the draft's title when omitted
        approved_by, document : who approved it, and under which number
        commit : do it; only say what it would do when False

        Raises
        ------
        Refused : when the draft is not open or changes nothing; with `commit`, when a binding check fails
        """
        drafts.require_open(drafts.draft_named(self.db, self.draft.name))
        self.refresh()
        change = Change(title or self.draft.title, "publish", effective, self.author, approved_by, document)
        proposal = self.proposal(change)
        if not commit:
            return try_out(self.db, proposal)

        done = put_into_force(self.db, proposal, published=[self._close])
        self.draft = drafts.draft_named(self.db, self.draft.name)
        return done

    def _close(self, tx: Session, cs: int) -> None:
        """Note that the draft became a version, unless somebody went on with it meanwhile."""
        news = drafts.steps(tx, self.draft.name, after=self.revision)
        if news:
            raise _overtaken(self.draft.name, self.revision, news)
        drafts.close(tx, self.draft.name, "published", published_cs=cs)

    def _take(self, plan: Callable[[Track], list[Taken]], expected: int | None) -> list[Taken]:
        """Take steps in one transaction, on the newest state or on the revision expected."""
        with self.db.transaction() as tx:
            drafts.require_open(drafts.draft_named(self.db, self.draft.name))
            news = drafts.steps(tx, self.draft.name, after=self.revision)
            track = self._track.through(self.db, news)
            if expected is not None and expected != track.revision:
                self._track = track
                raise _overtaken(self.draft.name, expected, drafts.steps(tx, self.draft.name, after=expected))
            taken = plan(track)
            drafts.append(tx, self.draft.name, [self._step(*entry) for entry in taken])
        self._track = taken[-1][-1]
        return taken

    def _step(self, action: str, asked: Operation, change: ChangeSet | None, track: Track) -> Step:
        done = {"changes": [entry.to_json() for entry in track.done]} if action == "rebase" else {}
        said = change.to_json() if change is not None and action == "apply" else done
        return Step(
            track.revision, action, dict(asked), said, track.coverage.stamp, self.author, datetime.now()
        )


def _edited(track: Track, operations: Sequence[Operation]) -> list[Taken]:
    """Return the steps that some operations are, or refuse all of them."""
    taken: list[Taken] = []
    for number, operation in enumerate(operations, start=1):
        try:
            taken.append(_step_of(track, operation))
        except EditRefused as fault:
            if len(operations) > 1:
                fault.args = (f"Operation {number} of {len(operations)}: {fault}",)
            raise
        track = taken[-1][-1]
    if not taken:
        raise UsageError("There are no operations. Give at least one.")
    return taken


def _step_of(track: Track, operation: Operation) -> Taken:
    name = operation.get("op") if isinstance(operation, Mapping) else None
    if name == "undo":
        return "undo", operation, track.done[-1].inverse() if track.done else None, track.back()
    if name == "redo":
        return "redo", operation, track.undone[-1] if track.undone else None, track.forth()
    coverage, change = edits.apply(track.coverage, operation, rules=Rules(unlocked=track.unlocked))
    return "apply", operation, change, track.applied(change, coverage)


def _redrawn(track: Track, opened: pd.DataFrame, ended: Collection[int], operation: Operation) -> Taken:
    """Return the step that puts regions drawn elsewhere in the place of those of a draft."""
    old = track.coverage
    code_of = {number: code for code, number in numbers_of(old).items()}
    named = code_of | dict(zip(opened["region_id"], opened["code"], strict=True))
    wanted: dict[str, Snapshot | None] = {code_of[number]: None for number in ended}
    for row in opened.to_dict("records"):
        known = old.region(code_of[row["region_id"]]).region_id if row["region_id"] in code_of else None
        parent = "" if pd.isna(row["parent_id"]) else named[int(row["parent_id"])]
        region = Region(row["code"], row["name"], row["level"], parent, row["kind"], known)
        wanted[row["code"]] = Snapshot(region, row["geometry"])
    new = old.changed(wanted)
    if new.stamp == old.stamp:
        raise Refused("The drawing changes nothing: the draft has these cells already.")
    change = ChangeSet.between(old, new, tuple(sorted(wanted)), operation)
    return "apply", operation, change, track.applied(change, new)


def _unlocked(track: Track, what: Collection[str]) -> Taken:
    free = track.unlocked | {*what}
    return (
        "unlock",
        {"unlock": sorted(free)},
        None,
        replace(track, unlocked=free, revision=track.revision + 1),
    )


def _overtaken(name: str, expected: int, news: Sequence[Step]) -> EditRefused:
    """Say that others were faster, and what they did."""
    said = "; ".join(f"{step.author} at {step.recorded_at:%H:%M:%S}: {step.said}" for step in news[-3:])
    return EditRefused("stale_base", f"Draft '{name}' went on since revision {expected} ({said}). "
                       "Look at the new state and edit again.")  # fmt: skip


def _carried_over(base: Coverage, track: Track, dropped: list[tuple[Operation, str]]) -> list[ChangeSet]:
    """Make the edits of a draft on another base, noting those that are not possible there."""
    coverage, kept = base, []
    for change in track.done:
        try:
            coverage, again = _again(coverage, change, track.unlocked)
            kept.append(again)
        except EditRefused as fault:
            dropped.append((change.operations[0] if change.operations else {}, str(fault)))
    return kept


def _again(coverage: Coverage, change: ChangeSet, unlocked: frozenset[str]) -> tuple[Coverage, ChangeSet]:
    """Make an edit on another base: exactly when its regions are as they were, else as it was asked."""
    rules = Rules(unlocked=unlocked)
    if any(operation.get("op") == "draw" for operation in change.operations):
        after = change.apply_to(coverage)  # drawn elsewhere and accepted: it cannot be asked again
        return after, replace(change, base=coverage.stamp, result=after.stamp)
    if not change.conflicts_with(coverage):
        return edits.carry_over(coverage, change, rules=rules)
    asked = [{**operation, "base": None} for operation in change.operations]
    return edits.apply_all(coverage, asked, rules=rules)


def _left_out(dropped: tuple[Operation, str]) -> Finding:
    operation, reason = dropped
    where = operation.get("code") or operation.get("codes") or operation.get("receiver") or ()
    codes = (where,) if isinstance(where, str) else tuple(map(str, where))
    return Finding(f"rebase.{operation.get('op', '')}", "error", reason, codes=codes)


def _not_possible(dropped: Sequence[tuple[Operation, str]], version: int) -> str:
    listed = " ".join(f"{operation.get('op', '')}: {reason}" for operation, reason in dropped[:3])
    return (f"{len(dropped)} edits of the draft are not possible on version {version} any more. {listed} "
            "Undo them, or leave them out: --skip-conflicts.")  # fmt: skip
