"""Bring a store up to date: in one transaction, and behind a copy of what it was."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import duckdb

from gridmap import sql
from gridmap.errors import StoreError
from gridmap.store.database import Database
from gridmap.store.session import Session

#: Where in the store's folder copies from before a migration are kept.
KEPT = "before-migrations"


def migrate(database: Database) -> None:
    """Run the schema files this store has not seen, and the registers and macros that changed since.

    Before a schema file changes a store that has been in use, a copy of it is put into `before-migrations`.

    Raises
    ------
    StoreError : when a newer gridmap wrote it, or a migration cannot be done: then nothing has changed
    """
    with database.transaction() as tx:
        tx.run("schema/0000_migration")
        applied = _applied(tx)
    _refuse_other(applied, database.folder)
    pending = [name for name in sql.names_in("schema") if name not in applied]
    kept = _kept_aside(database, pending[0]) if applied and pending else None
    try:
        with database.transaction() as tx:
            for name in (*sql.names_in("schema"), *sql.names_in("registers"), *sql.names_in("macros")):
                _apply(tx, name, applied)
    except duckdb.Error as fault:
        raise _not_done(database.folder, pending, kept, fault) from fault
    if pending:
        database.checkpoint()  # a log with changed tables in it is not left to be replayed


def _applied(tx: Session) -> dict[str, str]:
    return dict(tx.query("schema_state/applied").to_numpy().tolist())


def _kept_aside(database: Database, first: str) -> Path:
    folder = database.folder / KEPT
    folder.mkdir(exist_ok=True)
    kept = folder / f"{datetime.now():%Y%m%dT%H%M%S}-{first.rpartition('/')[2]}.duckdb"
    database.copy_to(kept)
    return kept


def _apply(tx: Session, name: str, applied: dict[str, str]) -> None:
    digest = _digest(name)
    if name in applied and (name.startswith("schema/") or applied[name] == digest):
        return
    tx.run(name)
    tx.run("schema_state/record", name=name, sha256=digest)


def _refuse_other(applied: dict[str, str], folder: Path) -> None:
    """Refuse a store of a newer gridmap, and one whose tables were made by another definition."""
    known = sql.names_in("schema")
    ours = {name: digest for name, digest in applied.items() if name.startswith("schema/")}
    newer = sorted(name for name in ours if name not in known)
    if newer:
        raise StoreError(f"The store {folder} was written by a newer gridmap ({newer[-1]}). Update gridmap.")


def _not_done(folder: Path, pending: list[str], kept: Path | None, fault: duckdb.Error) -> StoreError:
    what = ", ".join(pending) or "its registers and macros"
    where = f" A copy from before is {kept}." if kept else ""
    return StoreError(f"The store {folder} could not be brought up to date ({what}): {fault}. "
                      f"It is as it was before.{where}")  # fmt: skip


def _digest(name: str) -> str:
    return hashlib.sha256(sql.load(name).text.encode()).hexdigest()
