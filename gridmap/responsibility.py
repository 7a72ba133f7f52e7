"""Who is in charge: what nobody answers for on a day, and how far the chains of responsibility are filled."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gridmap.errors import UsageError
from gridmap.findings import Finding
from gridmap.levels import LEVELS
from gridmap.store import Database

#: Units that have a person in charge and are no level.
BUILDING = "building"
_SHOWN = 5


def duty_holes(
    db: Database, *, on: date | None = None, level: str | None = None, withholds: bool = False
) -> pd.DataFrame:
    """List what nobody is in charge of on a day: land, the regions made of it, and rental buildings.

    Parameters
    ----------
    db : the open store
    on : day; the store's today when None
    level : cells of this level only, or `building`; everything when None
    withholds : leave people and open petitions empty: the reader may not see small cells

    Returns
    -------
    Frame with unit (land: leaf cells; region: what is made of them; building), level, code, name,
    parent_name, kind (base, dedicated, unassigned; the category of a building), duty (expired: the person's
    term is over; no_person: never anybody; unassigned: land of no grid; undivided: a community not divided
    into grids, 属地兜底), ended_on, area_m2, people, open_petitions; one row per hole, regions before land
    before buildings, the largest first

    Raises
    ------
    UsageError : when there is no such level
    """
    known = (*(entry.key for entry in LEVELS), BUILDING)
    if level not in (None, *known):
        raise UsageError(f"There is no level '{level}'. The levels are: {', '.join(known)}.")
    found = db.query("screens/duty_holes", on_day=on or db.now().date(), now=db.now())
    if withholds:
        found = without_counts(found)
    return found if level is None else found[found["level"] == level].reset_index(drop=True)


def without_counts(holes: pd.DataFrame) -> pd.DataFrame:
    """Return holes of duty without what is counted in them, for readers who may not see small cells."""
    return holes.assign(people=np.nan, open_petitions=np.nan)


def duty_chains(db: Database, *, on: date | None = None) -> pd.DataFrame:
    """Say how far each step of the chains of responsibility is filled on a day.

    Parameters
    ----------
    db : the open store; its chains come from `gridmap load chains FILE`
    on : day; the store's today when None

    Returns
    -------
    Frame with chain, step, role, title, unit, units, filled, expired, vacant, persons, units_each (units per
    person: the span of control), span_most (what the chain allows); one row per chain and step
    """
    return db.query("screens/duty_chain", on_day=on or db.now().date())


def duty_findings(db: Database, *, on: date) -> list[Finding]:
    """Warn about cells and buildings without a person in charge, one finding per level and reason.

    Nothing is said of a store that knows no person in charge at all, and nothing of unassigned land, which
    the check of the land names cell by cell.
    """
    if not db.scalar("screens/duty_known"):
        return []
    holes = duty_holes(db, on=on)
    named = holes[holes["duty"] != "unassigned"]
    return [_finding(str(level), str(duty), rows)
            for (level, duty), rows in named.groupby(["level", "duty"], sort=False)]  # fmt: skip


def _finding(level: str, duty: str, rows: pd.DataFrame) -> Finding:
    what, unit = (
        ("rental buildings", "buildings") if level == BUILDING else (f"cells of level {level}", "cells")
    )
    why = "a person in charge whose term is over" if duty == "expired" else "nobody in charge"
    codes = tuple(rows["code"].head(_SHOWN))
    listed = ", ".join(codes) + (" ..." if len(rows) > _SHOWN else "")
    return Finding(
        "duty.expired" if duty == "expired" else "duty.no_person", "warning", level=level, codes=codes,
        amount=float(len(rows)), unit=unit,
        message=f"{len(rows):,} {what} have {why}: {listed}. List them: gridmap duty --level {level}",
    )  # fmt: skip
