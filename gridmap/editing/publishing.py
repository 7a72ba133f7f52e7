"""Publish a change: checked first, put into force in one transaction, and its records placed again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmap import placing, settings, versions
from gridmap.editing.proposals import Proposal, of_reversal
from gridmap.editing.validating import Check, validate
from gridmap.errors import Refused
from gridmap.regions import crs_of
from gridmap.store import Database, Session
from gridmap.versions import Change, Diff, State

#: Records something that belongs to a changeset in its transaction.
Recorder = Callable[[Session, int], None]


@dataclass(frozen=True)
class Publication:
    """Say what publishing did, or would do.

    Parameters
    ----------
    checks : the list of checks
    diff : what differs on the effective day, with the people and petitions that move
    cs : number of the changeset, None in a dry run
    placed_again : how many records were placed again
    """

    checks: tuple[Check, ...]
    diff: Diff
    cs: int | None = None
    placed_again: int = 0

    @property
    def refused(self) -> tuple[Check, ...]:
        """Return the checks for which the change cannot be published."""
        return tuple(check for check in self.checks if check.refuses)


def try_out(db: Database, proposal: Proposal) -> Publication:
    """Say what a change would do if it were published, and change nothing.

    Raises
    ------
    Refused : when it would change nothing
    """
    if proposal.is_empty:
        raise Refused("There is nothing to publish: the boundaries are the same as those in force.")
    now = State.at(db, proposal.change.effective_on)
    checks = validate(db, proposal)
    after = replace(proposal.after(now), label=f"{now.label} as proposed")
    return Publication(checks, versions.compare(db, now, after))


def put_into_force(db: Database, proposal: Proposal, *, published: Sequence[Recorder] = ()) -> Publication:
    """Publish a change in one transaction.

    Parameters
    ----------
    db : the open store
    proposal : the change
    published : called with the transaction and the number of the changeset, to record what belongs to it

    Raises
    ------
    Refused : when a binding check fails, or nothing would change
    """
    with db.transaction() as tx:  # checked while nobody else can write
        tried = try_out(db, proposal)
        if tried.refused:
            raise Refused("Not published: " + " ".join(check.message for check in tried.refused))
        now = State.at(db, proposal.change.effective_on)
        change = replace(proposal.change, validation=_as_json(tried.checks))
        cs, again = _publish(tx, replace(proposal, change=change), now, crs_of(db))
        for record in published:
            record(tx, cs)
    db.checkpoint()
    return replace(tried, cs=cs, placed_again=again)


def restore(
    db: Database,
    cs: int,
    *,
    effective: date | None = None,
    void: bool = False,
    with_later: bool = False,
    approved_by: str | None = None,
    document: str | None = None,
    author: str | None = None,
    commit: bool = False,
) -> Publication:
    """Take a version back: the regions it touched become what they were before it.

    Parameters
    ----------
    db : the open store
    cs : number of the version
    effective : first day on which the earlier boundaries are in force again
    void : the version is never to have been in force; then its own first day counts
    with_later : also take back the later versions that changed the same regions
    approved_by, document : who approved it, and under which number
    author : who takes it back; the setting GRIDMAP_USER when omitted
    commit : do it; only say what it would do when False

    Raises
    ------
    UsageError : when there is no such version
    Refused : when later versions built on it, its day lies later, or a binding check fails
    """
    found = versions.reversal(db, cs, effective=effective, void=void, with_later=with_later)
    titles = ", ".join(f"{entry.cs} ({entry.title})" for entry in found.taken_back)
    change = Change(f"{'Void' if void else 'Taken back'}: {titles}", "void" if void else "restore",
                    found.effective_on, author or settings.from_environment().author, approved_by, document,
                    reverts=cs)  # fmt: skip
    proposal = of_reversal(found, change)
    return put_into_force(db, proposal) if commit else try_out(db, proposal)


def _publish(tx: Session, proposal: Proposal, now: State, crs: str) -> tuple[int, int]:
    """Publish and place again; return the number of the changeset and how many records were placed."""
    day, before = proposal.change.effective_on, proposal.replaced(now)
    touched = [int(number) for number in before["region_id"]]
    lived = versions.people_on(tx, touched, day)
    cs = versions.publish(tx, proposal.change, ended=proposal.ended, opened=proposal.opened, before=before,
                          rewrite=proposal.rewrite)  # fmt: skip
    again = placing.place_changed(tx, cs, crs=crs)
    versions.share_people(tx, cs, before=lived, day=day)
    return cs, again


def _as_json(checks: Sequence[Check]) -> str:
    return json.dumps([check.to_json() for check in checks], ensure_ascii=False)
