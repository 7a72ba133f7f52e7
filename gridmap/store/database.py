"""One open store: read by a cursor for every statement, write in transactions, mended when it is lost."""

from __future__ import annotations

import copy
import itertools
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas as pd
import pyarrow as pa

from gridmap.errors import Denied, Refused, StoreFull, StoreLost
from gridmap.store import adding, checkpoints, copying
from gridmap.store.attaching import ALIAS
from gridmap.store.files import FULL
from gridmap.store.holding import Holding
from gridmap.store.session import Check, Session

Answer = TypeVar("Answer")

#: Views of the same name as a table, which hide it; a view takes no parameters, hence the name in the text.
_NO_ROWS = 'create temp view "{table}" as from g."{table}" where false'
_OWN_RECORDS = """create temp view "{table}" as from g."{table}" where record_id in
    (select record_id from own_record where record_kind = '{table}')"""
#: The catalog of the instance itself, and numbers for what is made there.
_MEMORY = "memory"
_ANNEXES = itertools.count()
_NOT_NOW = "other write transactions active"
#: A log longer than this is taken up into the file behind the change that made it so long.
_LONG_LOG = 64 * 1024**2


class Database:
    """Give access to one open store; safe to share between threads.

    Reading goes through a cursor of its own for every statement; writing through `transaction`,
    one at a time. When DuckDB answers nothing any more (a full disk, a fault of its own), the store is
    mended by whoever asks next, once nobody else is inside.

    Parameters
    ----------
    folder : folder of the store
    holding : the instance, and the file attached to it
    only : the one cursor to use
    annex : schema in memory whose tables and macros hide those of the store
    read_only : refuse to write; None for what the file allows
    check : refuses the name of a statement that may not be run; None lets all pass
    is_part : whether only a part of the store is to be seen
    """

    def __init__(
        self,
        folder: Path,
        holding: Holding,
        *,
        only: duckdb.DuckDBPyConnection | None = None,
        annex: str = "",
        read_only: bool | None = None,
        check: Check | None = None,
        is_part: bool = False,
    ) -> None:
        self.folder = folder
        self.read_only = holding.read_only if read_only is None else read_only
        self._holding = holding
        self._born_of = holding.instance
        self._only = only
        self._annex = annex
        self._check = check
        self._is_part = is_part
        self._writing = threading.RLock()
        self._noting = threading.RLock()
        self._copying = threading.Lock()

    @property
    def file(self) -> Path:
        """Return the file that is shown: of a view, it changes."""
        return self._holding.file

    @property
    def instances(self) -> int:
        """Return how many instances have held the file so far; parts of the store end with theirs."""
        return self._holding.replaced + 1

    def query(self, name: str, /, **params: object) -> pd.DataFrame:
        """Run a statement of `queries/` and return its rows as a frame."""
        return self._answered(lambda session: session.query(name, **params))

    def arrow(self, name: str, /, **params: object) -> pa.Table:
        """Run a statement of `queries/` and return its rows as an Arrow table."""
        return self._answered(lambda session: session.arrow(name, **params))

    def scalar(self, name: str, /, **params: object) -> Any:
        """Run a statement of `queries/` that returns one value, and return it."""
        return self._answered(lambda session: session.scalar(name, **params))

    def known(self, name: str, /, **params: object) -> Any:
        """Return what `scalar` returns; it is asked once, until something is committed."""
        return self._known("scalar", name, params)

    def known_rows(self, name: str, /, **params: object) -> pd.DataFrame:
        """Return what `query` returns, to be read only; it is asked once, until something is committed."""
        found: pd.DataFrame = self._known("query", name, params)
        return found

    def _known(self, form: str, name: str, params: dict[str, object]) -> Any:
        ask = partial(getattr(self, form), name, **params)
        if not self.is_itself:
            return ask()
        if self._check is not None:
            self._check(name)
        return self._holding.known((form, name, *sorted(params.items())), ask)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose statements take effect together when the block ends, or not at all.

        Raises
        ------
        Refused : when this is a copy or a snapshot, which nobody changes
        StoreFull : when the disk is full
        """
        with self._writing, self._in_one() as session:
            yield session
        if self._only is None and checkpoints.log_size(self.file) > _LONG_LOG:
            self.checkpoint()

    @contextmanager
    def noting(self) -> Iterator[Session]:
        """Give a session like `transaction`, which does not wait for an import.

        For tables that nothing else writes: accounts and the log of what was done.
        """
        with self._noting, self._in_one() as session:
            yield session

    @contextmanager
    def aside(self) -> Iterator[Database]:
        """Give the store through one cursor, whose temporary tables hide those of the store till the end.

        Raises
        ------
        Denied : when this is a part of the store only: the rows hidden here would show there
        """
        if self._is_part:
            raise Denied("This needs the whole store; the rights of this account are for a part of it.")
        with self._watched(), self._cursor() as cursor:
            yield Database(self.folder, self._holding, only=cursor, read_only=self.read_only)

    @contextmanager
    def annexed(self) -> Iterator[Database]:
        """Give the store with an annex in memory, whose tables hide those of the store till the end.

        What is made there is seen by every thread, each of which asks through a cursor of its own. A view of
        a snapshot has one too: what cannot be changed there is the file.

        Raises
        ------
        Denied : when this is a part of the store only: the rows hidden here would show there
        """
        if self._is_part:
            raise Denied("This needs the whole store; the rights of this account are for a part of it.")
        name = f"annex_{next(_ANNEXES)}"
        with self._watched(), self._cursor() as cursor:
            cursor.execute(f"create schema {_MEMORY}.{name}")
            try:
                yield Database(self.folder, self._holding, annex=name, read_only=False)
            finally:
                cursor.execute(f"drop schema {_MEMORY}.{name} cascade")

    @property
    def is_itself(self) -> bool:
        """Return whether this is the whole store as it stands, with nothing hidden and nothing put aside."""
        return not self._is_part and self._only is None and not self._annex

    def limited(self, check: Check) -> Database:
        """Return the same store, on which only statements are run that the check lets pass."""
        same = copy.copy(self)
        same._check = check
        return same

    def part(
        self,
        draw_curtains: Callable[[Session], None],
        *,
        shown: Collection[str],
        of_records: Collection[str],
        check: Check,
    ) -> Database:
        """Return a part of the store to read: one cursor on which views hide the tables of the store.

        Parameters
        ----------
        draw_curtains : runs the statements that make views of the same names as tables
        shown : tables that such a statement hides, or that are shown whole
        of_records : tables with a record_id, of which the rows in `own_record` are shown; others are hidden
        check : refuses the name of a statement that may not be run
        """
        hidden = sorted(set(self.tables()) - set(shown))
        with self._watched(), self._holding.gate.entered():
            cursor = self._holding.lasting_cursor()
            cursor.execute(f"use {ALIAS}")
            draw_curtains(Session(cursor))
            for table in hidden:
                cursor.execute((_OWN_RECORDS if table in of_records else _NO_ROWS).format(table=table))
        return Database(self.folder, self._holding, only=cursor, read_only=True, check=check, is_part=True)

    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables of the store."""
        return tuple(self.query("copies/tables")["table_name"])

    def checkpoint(self) -> bool:
        """Write what is in the write-ahead log into the file, and return whether that was possible now.

        What is committed is safe in the log already: where the disk is full, or somebody still reads an
        older state, the log goes on growing and the next checkpoint takes it up.
        """
        with self._writing, self._noting:
            return self._settled()

    def copy_to(self, file: Path) -> copying.Sums:
        """Copy the store as it is at this moment into a new file below its folder, and return its sums.

        Others go on reading and writing meanwhile.

        Raises
        ------
        StoreFull : when the disk is full; the unfinished copy is removed
        """
        with self._copying, self._watched(), self._cursor() as cursor:
            return copying.copy(cursor, file)

    def sums(self) -> copying.Sums:
        """Return the number of rows of every table, and a sum over its content."""
        return self._answered(copying.sums_of)

    @contextmanager
    def rows_of(self, table: str, *, rows: int) -> Iterator[pa.RecordBatchReader]:
        """Give a whole table in batches; of a copy, for nobody can tidy a store up that is being read."""
        with self._watched(), self._session() as session:
            yield session.rows_of(table, rows=rows)

    def drop_index(self, name: str) -> None:
        """Remove an index from the store."""
        quoted = name.replace('"', '""')  # DROP takes no parameters
        with self._writing, self._watched(), self._cursor() as cursor:
            cursor.execute(f'drop index "{quoted}"')

    def follow(self, file: Path) -> bool:
        """Show another file of the same folder from now on, if nobody is inside; return whether it was done.

        Raises
        ------
        StoreError : when the file cannot be opened; what was shown before is shown on
        """
        return self._holding.follow(file)

    def setting(self, key: str, default: str | None = None) -> str | None:
        """Return a setting of this store, or the default when it is not set."""
        value = self.known("screens/setting", key=key)
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
        """Close the store, its log taken up when that is possible; nothing can be asked of it afterwards."""
        try:
            if not (self.read_only or self._holding.is_lost):
                self._settled()
        except duckdb.ConnectionException:  # closed before
            return
        finally:
            self._holding.instance.close()

    # -- inside -----------------------------------------------------------------------------------

    def _settled(self) -> bool:
        """Take the log up into the file, and return whether that was possible now."""
        try:
            with self._watched(), self._cursor() as cursor:
                checkpoints.checkpoint(cursor, self.file)
        except StoreFull:
            return False
        except OSError as fault:
            if fault.errno not in FULL:
                raise
            return False
        except duckdb.Error as fault:
            if _NOT_NOW not in str(fault).lower():
                raise
            return False
        return True

    def _answered(self, ask: Callable[[Session], Answer]) -> Answer:
        """Ask; when the store was lost, and this is not a cursor that is lost with it, ask once more."""
        try:
            with self._watched(), self._session() as session:
                return ask(session)
        except (StoreFull, StoreLost):
            if not self._holding.is_lost or self._holding.gate.is_inside or self._only is not None:
                raise
        with self._watched(), self._session() as session:
            return ask(session)

    def _watched(self) -> AbstractContextManager[None]:
        return self._holding.watched()

    @contextmanager
    def _in_one(self) -> Iterator[Session]:
        """Give a session whose statements take effect together when the block ends, or not at all."""
        if self._is_part:
            raise Denied("To change something needs rights over the whole store, not over a part of it.")
        if self.read_only:
            raise Refused("This is a view of a snapshot, in which nothing can be changed. "
                          "Change it where the store itself is served.")  # fmt: skip
        with self._watched(), self._cursor() as cursor:
            cursor.begin()
            try:
                session = Session(cursor, self._check)
                yield session
                adding.row_by_row(cursor, session.added_to)
                cursor.commit()
            except BaseException:
                _roll_back(cursor)
                raise
            finally:
                self._holding.changed()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._cursor() as cursor:
            yield Session(cursor, self._check)

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self._only is not None:
            with self._writing, self._holding.gate.entered():
                self._holding.require(self._born_of)
                yield self._only
            return
        self._holding.mend()
        with self._holding.gate.entered():
            cursor = self._holding.instance.cursor()
            try:
                cursor.execute(self._path)
                yield cursor
            finally:
                cursor.close()

    @property
    def _path(self) -> str:
        """Return the statement that says where a cursor looks for tables; SET takes no parameters."""
        return f"set search_path = '{_MEMORY}.{self._annex},{ALIAS}.main'" if self._annex else f"use {ALIAS}"


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.Error:
        return  # a failed COMMIT has ended the transaction already
