"""Taking a changeset back: what it touched becomes again what it was before.

Nothing is erased. Taken back forward, a changeset stays true for the days it was in force and a new one
ends it; taken back as void, it is no longer believed to have ever been in force, and what was believed of
it stays on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import pandas as pd

from gridmap.errors import Refused
from gridmap.store import Database
from gridmap.versions.history import Changeset, changeset, versions
from gridmap.versions.states import LAST_DAY, Entry, State


@dataclass(frozen=True)
class Reversal:
    """Hold what takes changesets back.

    Parameters
    ----------
    taken_back : the changesets, the first one first
    effective_on : first day on which the earlier boundaries are in force again
    opened : regions that are as they were: region_id, level, code, name, parent_id, kind, geometry
    ended : regions that did not exist before
    void : whether the changesets are never to have been in force
    """

    taken_back: tuple[Changeset, ...]
    effective_on: date
    opened: gpd.GeoDataFrame
    ended: tuple[int, ...]
    void: bool


def reversal(
    db: Database, cs: int, *, effective: date | None = None, void: bool = False, with_later: bool = False
) -> Reversal:
    """Work out what takes a changeset back.

    Parameters
    ----------
    db : the open store
    cs : number of the changeset
    effective : first day on which the earlier boundaries are in force again; as void, the changeset's own
    void : whether the changeset is never to have been in force
    with_later : also take back the later changesets that changed the same regions

    Raises
    ------
    UsageError : when there is no such changeset
    Refused : when later changesets built on it and are to stay, when the day lies before its own, when it
        was taken back already, or when it founded the map and nothing was there before
    """
    first = changeset(db, cs)
    before = State.at(db, LAST_DAY, moment=first.recorded_at - timedelta(microseconds=1))
    now = State.at(db, LAST_DAY)
    if before.regions.empty:
        raise Refused(f"Version {cs} is the first: there was no map before it.")
    if not _differing(before, now, _touched(db, cs)):
        raise Refused(
            f"Everything version {cs} changed is again as it was before: it was taken back already."
        )
    chain = _with_those_on_top(db, first)
    if len(chain) > 1 and not with_later:
        raise Refused(_built_on(first, chain[1:]))
    touched = sorted({number for entry in chain for number in _touched(db, entry.cs)})
    differing = _differing(before, now, touched)
    opened = _as_before(before, [number for number in differing if number in before.entries])
    ended = tuple(number for number in differing if number not in before.entries)
    return Reversal(tuple(chain), _day(chain, effective, void=void), opened, ended, void)


def _differing(before: State, now: State, touched: Sequence[int]) -> list[int]:
    return [number for number in touched if _look(before, number) != _look(now, number)]


def _with_those_on_top(db: Database, first: Changeset) -> list[Changeset]:
    """Return a changeset and all later ones that touched the same regions, directly or through another."""
    regions, chain = set(_touched(db, first.cs)), [first]
    for number in versions(db)["cs"]:
        own = set(_touched(db, int(number))) if number > first.cs else set()
        if own & regions:
            regions |= own
            chain.append(changeset(db, int(number)))
    return chain


def _touched(db: Database, cs: int) -> list[int]:
    return [int(number) for number in db.query("versions/touched_by", cs=cs)["region_id"]]


def _built_on(first: Changeset, later: Sequence[Changeset]) -> str:
    listed = ", ".join(f"{entry.cs} ({entry.title})" for entry in later[:5])
    return (f"{len(later)} later versions changed the same regions as version {first.cs}: {listed}. "
            "Take those back first, the last one first, or all of them at once: --with-later.")  # fmt: skip


def _day(chain: Sequence[Changeset], effective: date | None, *, void: bool) -> date:
    """Return the first day the earlier boundaries hold again, refusing one that would rewrite the past."""
    began = min(entry.effective_on for entry in chain)
    if void:
        if effective not in (None, began):
            raise Refused(f"A void version was never in force, so its own day counts: leave --effective out, "
                          f"or say {began}.")  # fmt: skip
        return began
    latest = max(entry.effective_on for entry in chain)
    if effective is None or effective < latest:
        raise Refused(f"Version {chain[0].cs} is in force since {latest}: choose that day or a later one, "
                      "or declare it void: --void.")  # fmt: skip
    return effective


def _look(state: State, number: int) -> object:
    """Return everything a state says of a region, to be compared."""
    return state.entries.get(number), state.prints.get(number)


def _as_before(before: State, numbers: Sequence[int]) -> gpd.GeoDataFrame:
    entries = [before.entries[number] for number in numbers]
    rows = pd.DataFrame(entries, columns=Entry._fields).assign(region_id=list(numbers))
    land = [before.land.get(number) for number in numbers]
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(land, index=rows.index, crs=before.leaves.crs))
