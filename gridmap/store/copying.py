"""Copies of a store: consistent while others write, with sums that show whether a copy is the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from gridmap.store.attaching import ALIAS, COPY_ALIAS, attach, detach
from gridmap.store.files import log_of, synced
from gridmap.store.session import Session

#: By table: the number of its rows and a sum over their content, whatever their order.
Sums = Mapping[str, tuple[int, str]]

#: Inside a transaction DuckDB 1.5.5 refuses it where the configuration is locked: rows are copied by table.
_COPY_TABLES = f"copy from database {ALIAS} to {COPY_ALIAS} (schema)"


def sums_of(session: Session) -> Sums:
    """Return the number of rows of every table of the store, and a sum over its content."""
    found = {}
    for name in session.query("copies/tables")["table_name"]:
        row = session.query("copies/sum", table_name=name).iloc[0]
        found[str(name)] = (int(row["row_count"]), str(row["content"]))
    return found


def copy(cursor: duckdb.DuckDBPyConnection, file: Path) -> Sums:
    """Copy the attached store into a new file, and return the sums of what was copied.

    Sums and copy are taken in one transaction: both see one moment.
    """
    _remove(file)
    attach(cursor, file, alias=COPY_ALIAS)
    try:
        sums = _copied(cursor)
    except BaseException:
        _give_up(cursor)
        _remove(file)
        raise
    detach(cursor, alias=COPY_ALIAS)
    synced(file)
    return sums


def _copied(cursor: duckdb.DuckDBPyConnection) -> Sums:
    cursor.execute(_COPY_TABLES)
    cursor.begin()
    sums = sums_of(Session(cursor))
    for name in sums:
        cursor.table(f"{ALIAS}.main.{name}").insert_into(f"{COPY_ALIAS}.main.{name}")
    cursor.commit()
    cursor.execute(f"checkpoint {COPY_ALIAS}")
    return sums


def _give_up(cursor: duckdb.DuckDBPyConnection) -> None:
    for undo in (cursor.rollback, lambda: detach(cursor, alias=COPY_ALIAS)):
        try:
            undo()
        except duckdb.Error:  # the fault that brought us here has ended it already
            continue


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    log_of(file).unlink(missing_ok=True)
