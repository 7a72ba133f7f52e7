"""What is wrong with the data, counted and listed: faults of the sources that figures must be read with."""

from __future__ import annotations

import pandas as pd

from gridmap import sql
from gridmap.errors import UsageError
from gridmap.store import Database

#: Every check is a statement of `queries/checks` that returns the offending rows.
FOLDER = "checks"
_MOST = 1000


def checks() -> tuple[str, ...]:
    """Return the names of the checks."""
    return tuple(name.removeprefix(f"{FOLDER}/") for name in sql.names_in(FOLDER))


def counted(db: Database, *, level: str = "community") -> pd.DataFrame:
    """Count what each check finds.

    Parameters
    ----------
    db : the open store
    level : level at which names and codes are compared with the land

    Returns
    -------
    Frame with check, answers (what it looks for), records, checked (records that could be looked at), share;
    one row per check. Records with a fault count in all figures; they are not changed.
    """
    rows = []
    for check in checks():
        found = _asked(db, check, level, most=1)
        total, of = (int(found[name].iloc[0]) for name in ("total", "checked"))
        rows.append((check, sql.load(f"{FOLDER}/{check}").header["answers"], total, of))
    frame = pd.DataFrame(rows, columns=["check", "answers", "records", "checked"])
    return frame.assign(share=frame["records"] / frame["checked"].where(frame["checked"] > 0))


def listed(db: Database, check: str, *, level: str = "community", most: int = _MOST) -> pd.DataFrame:
    """List what a check finds.

    Parameters
    ----------
    db : the open store
    check : one of checks()
    level : level at which names and codes are compared with the land
    most : rows returned

    Returns
    -------
    Frame with record_kind, record_no, detail, code, name (of the cell it lies in, where that matters), total
    and checked; one row per record

    Raises
    ------
    UsageError : when there is no such check
    """
    if check not in checks():
        raise UsageError(f"There is no check '{check}'. The checks are: {', '.join(checks())}.")
    found = _asked(db, check, level, most)
    return found[found["record_no"].notna()]


def _asked(db: Database, check: str, level: str, most: int) -> pd.DataFrame:
    """Run a check; where nothing is found there is a row without a record, with how many were looked at."""
    return db.query(f"checks/{check}", level=level, now=db.now(), most=most)
