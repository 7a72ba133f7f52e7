"""Single cases behind the figures: hot issues, and the course of one petition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from gridmap.errors import UsageError
from gridmap.levels import TOTAL, level_named
from gridmap.store import Database


def hot_issues(
    db: Database, *, level: str, until: date | None = None, categories: Sequence[str] = ()
) -> pd.DataFrame:
    """List the hot issues: the same place, or the same matter in one place, again and again.

    How many petitions in how many days and how large a square make an issue are rules of the store
    (hot_cases, hot_matter_cases, hot_days, hot_metres).

    Parameters
    ----------
    db : the open store
    level : level of the cells they are told for, in today's boundaries
    until : first day after the window; the store's now when None
    categories : categories of petitions; all when empty

    Returns
    -------
    Frame with issue (place or matter), region_id, code, name, category, subcategory (null of a place), cases,
    open_cases, first_at, last_at, x, y (middle of the square, metres), petitions (their numbers); one row per
    issue and cell, those with most cases first

    Raises
    ------
    UsageError : when there is no such level
    """
    if level != TOTAL:
        level_named(level)
    now = db.now()
    return db.query("screens/hot_issues", level=level, boundaries=now.date(), until=until, now=now,
                    categories=list(categories))  # fmt: skip


def petition_log(db: Database, petition_no: str) -> pd.DataFrame:
    """Return what happened to a petition: each step with its unit, the level it was escalated to, its hours.

    Returns
    -------
    Frame with happened_at, event, unit, level, until, score, category, subcategory, reason, hours_since; one
    row per event, the oldest first

    Raises
    ------
    UsageError : when the store holds no event of such a petition
    """
    found = db.query("screens/petition_log", petition_no=petition_no)
    if found.empty:
        raise UsageError(
            f"There is no event of a petition '{petition_no}'. Load them: gridmap load events FILE"
        )
    return found


def petition_deadlines(db: Database, petition_no: str) -> pd.DataFrame:
    """Return every deadline that was worked out for a petition, the latest last.

    Returns
    -------
    Frame with item_code, first_due_at, due_at (null while the clock stands still), stopped, imported_at
    """
    return db.query("screens/petition_deadlines", petition_no=petition_no)
