"""Named statements on one cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from gridmap import sql

#: Refuses the name of a statement that may not be run.
Check = Callable[[str], None]


class Session:
    """Run named statements on one cursor.

    Arrow tables given as parameters are readable in the statement under the parameter's name.

    Parameters
    ----------
    cursor : where statements are run
    check : refuses the name of a statement that may not be run; None lets all pass
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, check: Check | None = None) -> None:
        self._cursor = cursor
        self._check = check
        self.added_to: set[str] = set()  #: tables that rows may have been added to

    def run(self, name: str, /, **params: object) -> None:
        """Run a statement for its effect."""
        with self._result(name, params):
            pass

    def make_aside(self, name: str, /) -> None:
        """Run a statement that makes a table, for this session only: that of the store stays as it is."""
        text = sql.load(name).text
        self._cursor.execute(text.replace("create or replace table", "create or replace temp table", 1))

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

    def schema_of(self, table: str) -> pa.Schema:
        """Return the columns of a table of the store with their Arrow types."""
        return self._cursor.table(table).limit(0).to_arrow_table().schema

    def rows_of(self, table: str, *, rows: int) -> pa.RecordBatchReader:
        """Return a table of the store in batches; for copies only, as it holds the cursor open."""
        return self._cursor.table(table).to_arrow_reader(rows)

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows, columns in the table's order, to a table of the store."""
        self.added_to.add(table)
        self._cursor.from_arrow(rows).insert_into(table)

    @contextmanager
    def _result(self, name: str, params: dict[str, object]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Run a statement; its rows must be fetched before the block ends, while the tables are known."""
        if self._check is not None:
            self._check(name)
        query = sql.load(name)
        if query.adds_to:
            self.added_to.add(query.adds_to)
        tables = {key: value for key, value in params.items() if isinstance(value, pa.Table)}
        for key, table in tables.items():
            self._cursor.register(key, table)
        try:
            values = {key: value for key, value in params.items() if key not in tables}
            yield self._cursor.execute(query.text, values)
        except (duckdb.InternalException, duckdb.FatalException) as fault:
            fault.add_note(name)
            raise
        finally:
            for key in tables:
                with suppress(duckdb.FatalException):  # it has failed: nothing is known to it any more
                    self._cursor.unregister(key)
