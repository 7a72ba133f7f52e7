"""Drafts in the store: named, several at once, each a list of steps of which every one is durable at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from gridmap.errors import Refused, UsageError
from gridmap.store import Database, Session

Operation = Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """Describe a draft.

    Parameters
    ----------
    name, title : what it is called
    base_cs : newest version when it was branched off
    base_day : day whose boundaries it began with
    status : open, published or dropped
    author : who began it
    published_cs : version it became
    """

    name: str
    title: str
    base_cs: int
    base_day: date
    status: str
    author: str
    published_cs: int | None = None


@dataclass(frozen=True)
class Step:
    """Hold one thing done in a draft.

    Parameters
    ----------
    revision : its number; a draft begins at revision 0
    action : apply, undo, redo, unlock or rebase
    operation : what was asked
    change : the regions before and after as plain values
    stamp : names the state after the step
    author, recorded_at : who did it, and when
    """

    revision: int
    action: str
    operation: dict[str, Any]
    change: dict[str, Any]
    stamp: str
    author: str
    recorded_at: datetime

    @property
    def said(self) -> str:
        """Return in a few words what was done."""
        if self.action != "apply":
            return self.action
        asked = self.operation.get("op", "")
        where = self.operation.get("code") or self.operation.get("codes") or self.operation.get("giver") or ""
        listed = where if isinstance(where, str) else ", ".join(map(str, where))
        return f"{asked} {listed}".strip()


def drafts(db: Database) -> pd.DataFrame:
    """List the drafts, the oldest first.

    Returns
    -------
    Frame with draft, title, status, base_cs, base_day, author, created_at, revision, last_author, last_at,
    published_cs, one row per draft
    """
    return db.query("drafts/list")


def draft_named(db: Database, name: str) -> Draft:
    """Return a draft.

    Raises
    ------
    UsageError : when there is none of this name; the message lists the open ones
    """
    rows = db.query("drafts/named", draft=name).to_dict("records")
    if not rows:
        found = drafts(db)
        listed = ", ".join(found.loc[found["status"] == "open", "draft"]) or "none"
        raise UsageError(f"There is no draft '{name}'. Open drafts: {listed}.")
    row = rows[0]
    published = None if pd.isna(row["published_cs"]) else int(row["published_cs"])
    return Draft(row["draft"], row["title"], int(row["base_cs"]), row["base_day"].date(), row["status"],
                 row["author"], published)  # fmt: skip


def begin(
    db: Database,
    name: str,
    *,
    author: str,
    title: str = "",
    on: date | None = None,
    version: int | None = None,
) -> Draft:
    """Branch a new draft off the newest version as it is on a day, or off an earlier one, all of it in force.

    Parameters
    ----------
    db : the open store
    name : its name, never used before
    author : who begins it
    title : what it is about
    on : day whose boundaries it begins with; the store's today when omitted
    version : version it begins with, everything recorded up to it in force; the newest when omitted

    Raises
    ------
    UsageError : when there is no such version, or both a day and a version are given
    Refused : when there is or was a draft of this name, or the store has no boundaries
    """
    if not name.strip() or name != name.strip():
        raise UsageError("A draft needs a name, without spaces around it.")
    if name in set(drafts(db)["draft"]):
        raise Refused(f"There is a draft '{name}' already. Choose another name: names are never used again.")
    base, day = _branched_off(db, on, version)
    with db.transaction() as tx:
        tx.run("drafts/insert", draft=name, title=title or name, base_cs=base, base_day=day, author=author,
               created_at=datetime.now())  # fmt: skip
    return Draft(name, title or name, base, day, "open", author)


def _branched_off(db: Database, on: date | None, version: int | None) -> tuple[int, date]:
    """Return the version a draft begins with, and the day whose boundaries it takes of it."""
    today = db.now().date()
    if version is not None:
        if on is not None:
            raise UsageError("Say the day a draft begins with, or the version, not both.")
        first = db.scalar("versions/all_in_force_on", cs=version)
        if first is None:
            raise UsageError(f"There is no version {version}. See: gridmap versions")
        return version, max(first, today)  # no later version is believed there, so that today is as good
    newest = int(db.query("versions/next_ids").iloc[0]["cs"]) - 1
    if not newest:
        raise Refused("The store has no boundaries yet. Load some first: gridmap load regions FILE")
    return newest, on or today


def steps(asked: Database | Session, name: str, *, after: int = 0) -> list[Step]:
    """Return what was done in a draft after a revision, in order."""
    rows = asked.query("drafts/steps", draft=name, revision=after).to_dict("records")
    return [Step(int(row["revision"]), row["action"], json.loads(row["operation"]), json.loads(row["change"]),
                 row["stamp"], row["author"], row["recorded_at"].to_pydatetime())
            for row in rows]  # fmt: skip


def append(tx: Session, name: str, added: Sequence[Step]) -> None:
    """Record steps within a transaction."""
    for step in added:
        tx.run("drafts/append", draft=name, revision=step.revision, action=step.action,
               operation=_text(step.operation), change=_text(step.change), stamp=step.stamp,
               author=step.author, recorded_at=step.recorded_at)  # fmt: skip


def close(tx: Session, name: str, status: str, *, published_cs: int | None = None) -> None:
    """Note within a transaction that a draft is published or dropped."""
    tx.run("drafts/set_status", draft=name, status=status, published_cs=published_cs)


def drop(db: Database, name: str) -> None:
    """Give a draft up; its steps stay on record.

    Raises
    ------
    UsageError : when there is no such draft
    Refused : when it is published or dropped already
    """
    require_open(draft_named(db, name))
    with db.transaction() as tx:
        close(tx, name, "dropped")


def require_open(draft: Draft) -> None:
    """Refuse to go on with a draft that is published or dropped.

    Raises
    ------
    Refused : when it is not open any more
    """
    if draft.status == "published":
        raise Refused(
            f"Draft '{draft.name}' was published as version {draft.published_cs}. Begin another one."
        )
    if draft.status != "open":
        raise Refused(f"Draft '{draft.name}' was given up. Begin another one.")


def _text(plain: Mapping[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False)
