"""What follows from an import of petitions, their events or the duty list: courses, faults, deadlines.

Everything here happens in the import's own transaction, so that no figure is ever asked in between.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from gridmap.calendar import Calendar, office_calendar
from gridmap.clocks import Deadlines, deadlines
from gridmap.findings import Finding
from gridmap.store import Session

_SHOWN = 20
_DEADLINES = pa.schema([
    ("case_id", pa.int64()), ("item_code", pa.string()), ("first_due_at", pa.timestamp("us")),
    ("due_at", pa.timestamp("us")), ("stopped", pa.bool_()),
])  # fmt: skip


def follow(tx: Session, table: str, *, import_id: int, file: str) -> list[Finding]:
    """Work out anew what the rows of an import change, and return what is to be said of it.

    Parameters
    ----------
    tx : the transaction of the import
    table : table of the register that was loaded
    import_id : number of the import
    file : name of the file, for the findings
    """
    if table == "duty_item":
        return _set_clocks(tx, tx.arrow("load/petition.clocked_ids"), import_id, file)
    if table not in ("petition", "petition_event"):
        return []
    _write_work_days(tx)
    touched = tx.arrow(f"load/{table}.loaded_ids", import_id=import_id)
    tx.run("load/petition_course.forget", records=touched)
    tx.run("load/petition_course.fill", records=touched)
    told = _impossible(tx, touched, file) if table == "petition_event" else []
    return [*told, *_set_clocks(tx, touched, import_id, file)]


def _write_work_days(tx: Session) -> None:
    """Write the working days known today, which a newer holiday calendar may know better than the store."""
    calendar = office_calendar()
    days = calendar.first + np.arange(len(calendar.worked) + 1)
    table = pa.table({"day": pa.array(days), "worked_before": pa.array(calendar.days_worked, pa.int32())})
    tx.run("load/work_day.clear")
    tx.run("load/work_day.fill", work_days=table)


def _impossible(tx: Session, touched: pa.Table, file: str) -> list[Finding]:
    """Warn about steps that cannot follow one another, one finding per pair of steps."""
    found = tx.query("load/petition_event.impossible", records=touched)
    pairs = found.groupby(["fault", "before", "after"])["petition_no"]
    return [_impossible_pair(*[str(part) for part in pair], numbers=numbers, file=file)
            for pair, numbers in pairs]  # fmt: skip


def _impossible_pair(fault: str, before: str, after: str, *, numbers: pd.Series, file: str) -> Finding:
    codes = tuple(numbers.drop_duplicates().head(_SHOWN))
    said = {
        "event.impossible_step": f"{len(numbers):,} times a petition goes from '{before}' to '{after}', "
        "which it cannot. Correct the events or their times, and load them again",
        "event.before_receipt": f"{len(numbers):,} events '{after}' lie before the petition was received. "
        "Correct their times, and load them again",
    }
    return Finding(fault, "warning", f"{file}: {said[fault]}; they are kept. First: {codes[0]}.",
                   codes=codes, amount=len(numbers), unit="rows", file=file)  # fmt: skip


def _set_clocks(tx: Session, touched: pa.Table, import_id: int, file: str) -> list[Finding]:
    """Work out the deadlines of the petitions that need a clock of ours."""
    cases = tx.query("load/clock.cases", records=touched)
    if cases.empty:
        return []
    moves = tx.query("load/clock.moves", records=touched)
    found = deadlines(cases, moves, calendar=office_calendar())
    table = _table(cases, found)
    tx.run("load/clock.keep", deadlines=table, import_id=import_id)
    tx.run("load/clock.set", deadlines=table)
    return _unknown(int(found.unknown.sum()), office_calendar(), file)


def _table(cases: pd.DataFrame, found: Deadlines) -> pa.Table:
    columns = [cases["case_id"], cases["item_code"], found.first_due_at, found.due_at, found.stopped]
    arrays = [pa.array(column, kind.type, from_pandas=True)
              for column, kind in zip(columns, _DEADLINES, strict=True)]  # fmt: skip
    return pa.Table.from_arrays(arrays, schema=_DEADLINES)


def _unknown(count: int, calendar: Calendar, file: str) -> list[Finding]:
    if not count:
        return []
    last = np.datetime64(calendar.first + np.timedelta64(len(calendar.worked) - 1, "D"))
    message = (
        f"{file}: {count:,} time limits reach past {last}, the last day whose holidays are known, and have "
        "no deadline. Update the package chinesecalendar and load the file again."
    )
    check = "clock.past_known_holidays"
    return [Finding(check, "warning", message, amount=count, unit="rows", file=file)]
