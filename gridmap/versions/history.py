"""The list of changesets: who changed what, when, why, in force from which day."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from gridmap.errors import UsageError
from gridmap.store import Database


@dataclass(frozen=True)
class Changeset:
    """Describe one change to the boundaries.

    Parameters
    ----------
    cs : its number
    title, kind : what changed in a few words; load, publish, restore or void
    effective_on : first day in force
    recorded_at : when it was recorded
    author, approved_by, document : who recorded it, who approved it, under which number
    reverts : changeset it takes back
    draft : draft it was worked out in
    """

    cs: int
    title: str
    kind: str
    effective_on: date
    recorded_at: datetime
    author: str
    approved_by: str | None
    document: str | None
    reverts: int | None
    draft: str | None


def versions(db: Database) -> pd.DataFrame:
    """List all versions, the first one first; each is what its changeset left behind.

    Returns
    -------
    Frame with cs, title, kind, effective_on, recorded_at, author, approved_by, document, reverts,
    reverted_by, draft, created, changed, ended (how many regions), one row per changeset
    """
    return db.query("versions/changesets")


def changeset(db: Database, cs: int) -> Changeset:
    """Return one changeset.

    Raises
    ------
    UsageError : when there is none of this number
    """
    found = versions(db)
    rows = found[found["cs"] == cs].to_dict("records")
    if not rows:
        raise UsageError(f"There is no version {cs}. See: gridmap versions")
    known: dict[Hashable, Any] = {key: None if pd.isna(value) else value for key, value in rows[0].items()}
    return Changeset(
        cs=cs,
        title=known["title"],
        kind=known["kind"],
        effective_on=known["effective_on"].date(),
        recorded_at=known["recorded_at"].to_pydatetime(),
        author=known["author"],
        approved_by=known["approved_by"],
        document=known["document"],
        reverts=None if known["reverts"] is None else int(known["reverts"]),
        draft=known["draft"],
    )


def lineage(db: Database, cs: int) -> pd.DataFrame:
    """List which regions a changeset made out of which.

    Returns
    -------
    Frame with from_region, from_code, from_name, to_region, to_code, to_name, share_area, share_people
    (both of the giver's, 0 to 1; share_people is null where nobody lives), one row per pair
    """
    return db.query("versions/lineage_of", cs=cs)
