"""The drafts that are open in this process: one for all who look at it or work on it.

Replaying the steps of a draft and reading what lies on its map takes a second; both are done once. The last
states are remembered, so that a browser which knows one of them is told only what has changed since.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from datetime import date
from threading import RLock

import pandas as pd

from gridmap import planning
from gridmap.coverage import Coverage
from gridmap.editing.drafts import Operation
from gridmap.editing.publishing import Publication
from gridmap.editing.session import Drafting, Rebased
from gridmap.periods import Period
from gridmap.planning import Baseline, Impact
from gridmap.ui import data

#: So many states of a draft are remembered, and so many drafts are kept open.
_STATES, _DRAFTS = 100, 12

_OPEN: OrderedDict[tuple[str, str], OpenDraft] = OrderedDict()
_DOOR = RLock()


class OpenDraft:
    """Hold a draft open for everybody in this process.

    Parameters
    ----------
    drafting : the session that works on it
    """

    def __init__(self, drafting: Drafting) -> None:
        self.drafting = drafting
        self.lock = RLock()
        self._states: OrderedDict[int, Coverage] = OrderedDict()
        self._loads: dict[tuple[str, Period, date], tuple[Baseline, Baseline]] = {}
        self._impact: tuple[object, Impact] | None = None
        self._remember()

    @property
    def coverage(self) -> Coverage:
        """Return the map as drafted."""
        return self.drafting.coverage

    @property
    def revision(self) -> int:
        """Return the number of its last step."""
        return self.drafting.revision

    def state(self, revision: int) -> Coverage | None:
        """Return the map as it was at a revision, if it is remembered."""
        return self._states.get(revision)

    def refresh(self) -> None:
        """Take over what others did meanwhile, from other processes too."""
        with self.lock:
            self.drafting.refresh()
            self._remember()

    def do(self, operation: Operation, *, author: str, expected: int | None = None) -> None:
        """Make an edit; `unlock` with `levels` sets borders free.

        Parameters
        ----------
        operation : as the editor sends it
        author : who makes it
        expected : revision it was drawn on

        Raises
        ------
        EditRefused : with the reason, also when the draft went on since `expected`
        Refused : when there is nothing to undo, or the draft is closed
        """
        with self.lock:
            self.drafting.author = author
            try:
                if operation.get("op") == "unlock":
                    self.drafting.unlock(_texts(operation.get("levels")))
                else:
                    self.drafting.apply(operation, expected=expected)
            finally:
                self._remember()
            self._note("draft.edit", op=operation.get("op"), revision=self.revision)

    def redraw(
        self, opened: pd.DataFrame, ended: Collection[int], operation: Operation, *, author: str
    ) -> None:
        """Take over cells drawn elsewhere as one edit; see `Drafting.redraw`."""
        with self.lock:
            self.drafting.author = author
            try:
                self.drafting.redraw(opened, ended, operation)
            finally:
                self._remember()
            self._note("draft.edit", op=operation.get("op"), revision=self.revision)

    def rebase(self, *, author: str, skip: bool) -> Rebased:
        """Carry the edits over to today's boundaries; see `Drafting.rebase`."""
        with self.lock:
            self.drafting.author = author
            done = self.drafting.rebase(skip=skip)
            self._states.clear()  # drawn on another map: every browser asks for the whole again
            self._remember()
            self._note("draft.rebase", revision=self.revision, skip=skip)
            return done

    def publish(
        self,
        *,
        effective: date,
        title: str,
        approved_by: str | None,
        document: str | None,
        commit: bool,
        author: str,
    ) -> Publication:
        """Check the draft for publishing, and put it into force when told to; see `Drafting.publish`."""
        with self.lock:
            self.drafting.author = author
            done = self.drafting.publish(effective=effective, title=title, approved_by=approved_by,
                                         document=document, commit=commit)  # fmt: skip
            if done.cs is not None:
                self._note("draft.publish", version=done.cs, effective=effective, document=document or "")
            return done

    def loads(self, period: Period) -> tuple[Baseline, Baseline]:
        """Return what lies on the map the draft began with, and on the map as drafted.

        Parameters
        ----------
        period : petitions received in it are counted
        """
        with self.lock:
            key = (self.drafting.base.stamp, period, self.drafting.db.now().date())
            if key not in self._loads:
                today = planning.baseline(self.drafting.db, self.drafting.base, period=period)
                self._loads = {key: (today, today)}
            today, before = self._loads[key]
            now = before if before.base is self.coverage else planning.carried(before, self.coverage)
            self._loads[key] = (today, now)
            return today, now

    def impact(self, period: Period) -> Impact:
        """Return what the draft changes against the map it began with; worked out once for each state."""
        with self.lock:
            (today, _), coverage, known = self.loads(period), self.coverage, self._impact
        key = (coverage.stamp, id(today))
        if known is None or known[0] != key:
            # Without the lock: it takes longer than an edit, and who edits is not to wait for it.
            self._impact = known = (key, planning.impact_of(today, coverage))
        return known[1]

    def _note(self, action: str, **detail: object) -> None:
        data.note(action, object_=self.drafting.draft.name, detail=detail)

    def _remember(self) -> None:
        self._states[self.revision] = self.coverage
        while len(self._states) > _STATES:
            self._states.popitem(last=False)


def opened(name: str) -> OpenDraft:
    """Return the open draft of this name, up to date; open it when nobody has.

    Raises
    ------
    UsageError : when there is none of this name
    """
    db = data.desk()
    key = (str(db.folder), name)
    with _DOOR:
        known = _OPEN.get(key)
        if known is None or known.drafting.db is not db:
            known = OpenDraft(Drafting.open(db, name))
        _OPEN[key] = known
        _OPEN.move_to_end(key)
        while len(_OPEN) > _DRAFTS:
            _OPEN.popitem(last=False)
    known.refresh()
    return known


def _texts(value: object) -> Collection[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else []
