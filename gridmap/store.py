"""The store: a folder with one DuckDB file, opened by one process.

The file is ATTACHed to an in-memory instance, so that it can be attached again after a full disk.
Order of locking down: spatial is loaded by path, the file attached, then autoloading and access to
anything outside the store's folder are switched off and the configuration is locked.
No RTREE index is ever stored: after a crash it makes a file of DuckDB 1.5.5 unusable.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from gridmap import settings, sql
from gridmap.errors import StoreError, StoreInUse

FILE_NAME = "gridmap.duckdb"
ALIAS = "g"
STORAGE_VERSION = "v1.5.0"

_SESSION = (
    "set geometry_always_xy = true",
    "set streaming_buffer_size = '100MB'",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    "set wal_autocheckpoint = '64MB'",
)
_LOCK_DOWN = ("set enable_external_access = false", "set lock_configuration = true")


class Session:
    """Run named statements on one cursor.

    Arrow tables given as parameters are readable in the statement under the parameter's name.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def run(self, name: str, /, **params: object) -> None:
        """Run a statement for its effect."""
        with self._result(name, params):
            pass

    def query(self, name: str, /, **params: object) -> pd.DataFrame:
        """Run a statement and return its rows as a frame, columns as its header declares."""
        with self._result(name, params) as result:
            return result.df()

    def arrow(self, name: str, /, **params: object) -> pa.Table:
        """Run a statement and return its rows as an Arrow table."""
        with self._result(name, params) as result:
            return result.to_arrow_table()

    def scalar(self, name: str, /, **params: object) -> Any:
        """Run a statement that returns one value, and return it; None when there is no row."""
        with self._result(name, params) as result:
            row = result.fetchone()
        return row[0] if row else None

    @contextmanager
    def _result(self, name: str, params: dict[str, object]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Run a statement; its rows must be fetched before the block ends, while the tables are known."""
        query = sql.load(name)
        tables = {key: value for key, value in params.items() if isinstance(value, pa.Table)}
        for key, table in tables.items():
            self._cursor.register(key, table)
        try:
            values = {key: value for key, value in params.items() if key not in tables}
            yield self._cursor.execute(query.text, values)
        finally:
            for key in tables:
                self._cursor.unregister(key)


class Database:
    """Give access to one open store; safe to share between threads.

    Reading goes through a cursor of its own for every statement; writing through `transaction`,
    one at a time.
    """

    def __init__(
        self,
        folder: Path,
        instance: duckdb.DuckDBPyConnection,
        only: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        self.folder = folder
        self._instance = instance
        self._only = only
        self._writing = threading.RLock()

    def query(self, name: str, /, **params: object) -> pd.DataFrame:
        """Run a statement of `queries/` and return its rows as a frame."""
        with self._session() as session:
            return session.query(name, **params)

    def arrow(self, name: str, /, **params: object) -> pa.Table:
        """Run a statement of `queries/` and return its rows as an Arrow table."""
        with self._session() as session:
            return session.arrow(name, **params)

    def scalar(self, name: str, /, **params: object) -> Any:
        """Run a statement of `queries/` that returns one value, and return it."""
        with self._session() as session:
            return session.scalar(name, **params)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose statements take effect together when the block ends, or not at all."""
        with self._writing, self._cursor() as cursor:
            cursor.begin()
            try:
                yield Session(cursor)
                cursor.commit()
            except BaseException:
                _roll_back(cursor)
                raise

    @contextmanager
    def aside(self) -> Iterator[Database]:
        """Give the store through one cursor, whose temporary tables hide those of the store till the end."""
        with self._cursor() as cursor:
            yield Database(self.folder, self._instance, cursor)

    def checkpoint(self) -> None:
        """Write what is in the write-ahead log into the file."""
        with self._writing, self._cursor() as cursor:
            cursor.execute("checkpoint")

    def setting(self, key: str, default: str | None = None) -> str | None:
        """Return a setting of this store, or the default when it is not set."""
        value = self.scalar("screens/setting", key=key)
        return default if value is None else str(value)

    def now(self) -> datetime:
        """Return the moment that counts as now: the setting `as_of` of this store, else the wall clock."""
        fixed = self.setting("as_of")
        return datetime.fromisoformat(fixed) if fixed else datetime.now().replace(microsecond=0)

    @property
    def incoming(self) -> Path:
        """Return the folder from which the store reads what an import has prepared."""
        path = self.folder / "incoming"
        path.mkdir(exist_ok=True)
        return path

    def close(self) -> None:
        """Close the store; nothing else can be asked of this object afterwards."""
        self._instance.close()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._cursor() as cursor:
            yield Session(cursor)

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self._only is not None:
            with self._writing:
                yield self._only
            return
        cursor = self._instance.cursor()
        try:
            cursor.execute(f"use {ALIAS}")
            yield cursor
        finally:
            cursor.close()


def open_store(folder: Path, *, create: bool = False) -> Database:
    """Open the store in a folder, bringing its tables up to date.

    Parameters
    ----------
    folder : the store's folder
    create : make a new, empty store when there is none

    Raises
    ------
    StoreInUse : when another process has it open
    StoreError : when there is no store, or a newer gridmap wrote it
    """
    file = folder.resolve() / FILE_NAME
    if not file.exists():
        if not create:
            raise StoreError(f"There is no store in {folder}. Make one with: gridmap init --store {folder}")
        _create(file)
    instance = _attached(file)
    database = Database(file.parent, instance)
    _migrate(database)
    for statement in _LOCK_DOWN:
        instance.execute(statement)
    return database


@cache
def shared_store(folder: Path) -> Database:
    """Return the one open store of this process for a folder, opening it at the first call."""
    return open_store(folder)


def _create(file: Path) -> None:
    """Build a new file under another name first, so that no half-made store is ever found."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    instance = _attached(unfinished)
    _migrate(Database(file.parent, instance))
    instance.execute("use memory")
    instance.execute(f"detach {ALIAS}")
    instance.close()
    unfinished.replace(file)


def _attached(file: Path) -> duckdb.DuckDBPyConnection:
    chosen = settings.from_environment()
    scratch = file.parent / "tmp"
    instance = duckdb.connect(config={
        "threads": chosen.threads or os.cpu_count() or 1,
        "memory_limit": chosen.memory_limit,
        "temp_directory": str(scratch),
    })  # fmt: skip
    # First of all: a slow LOAD would draw DuckDB's own progress bar into the results on stdout.
    instance.execute("set enable_progress_bar = false")
    instance.execute(f"load '{spatial_extension()}'")
    for statement in _SESSION:
        instance.execute(statement)
    try:
        instance.execute(f"attach {_quoted(file)} as {ALIAS} (storage_version '{STORAGE_VERSION}')")
    except duckdb.Error as fault:
        instance.close()
        raise _why_not_open(file, str(fault)) from fault
    instance.execute(f"use {ALIAS}")
    instance.execute(f"set allowed_directories = [{_quoted(file.parent)}]")
    return instance


def _why_not_open(file: Path, fault: str) -> StoreError:
    if "lock" in fault.lower():
        return StoreInUse(f"The store {file.parent} is in use by another gridmap (a running dashboard or "
                          "import). Stop it, or wait until it is done.", folder=file.parent)  # fmt: skip
    return StoreError(f"The store {file} cannot be opened: {fault}")


def _quoted(path: Path) -> str:
    """Write a path as an SQL literal: ATTACH and SET take no parameters."""
    return "'" + str(path).replace("'", "''") + "'"


@cache
def spatial_extension() -> Path:
    """Return the path of the spatial extension that its package brings; nothing is fetched."""
    spec = find_spec("duckdb_extension_spatial")
    if spec is None or spec.origin is None:
        raise StoreError("The package duckdb-extension-spatial is missing. Install gridmap again.")
    found = sorted(Path(spec.origin).parent.rglob("spatial.duckdb_extension"))
    if not found:
        raise StoreError(f"No spatial extension in {Path(spec.origin).parent}. Install gridmap again.")
    return found[0]


def _migrate(database: Database) -> None:
    """Run the schema files this store has not seen, and the registers and macros that changed since."""
    with database.transaction() as tx:
        tx.run("schema/0000_migration")
        applied: dict[str, str] = dict(tx.query("schema_state/applied").to_numpy().tolist())
        _refuse_newer(applied, database.folder)
        for name in (*sql.names_in("schema"), *sql.names_in("registers"), *sql.names_in("macros")):
            _apply(tx, name, applied)


def _apply(tx: Session, name: str, applied: dict[str, str]) -> None:
    digest = hashlib.sha256(sql.load(name).text.encode()).hexdigest()
    if name in applied and (name.startswith("schema/") or applied[name] == digest):
        return
    tx.run(name)
    tx.run("schema_state/record", name=name, sha256=digest)


def _refuse_newer(applied: dict[str, str], folder: Path) -> None:
    newer = sorted(name for name in applied if name.startswith("schema/")
                   and name not in sql.names_in("schema"))  # fmt: skip
    if newer:
        raise StoreError(f"The store {folder} was written by a newer gridmap ({newer[-1]}). Update gridmap.")


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.Error:
        return  # a failed COMMIT has ended the transaction already
