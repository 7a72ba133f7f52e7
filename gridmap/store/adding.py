"""Rows that a transaction has added: seen by nobody until its commit has ended, and then all of them.

DuckDB 1.5.5 hangs many new rows behind a table as a whole (as many as a row group, or any where the table was
empty), and only then writes down since when they count. Until that is done everybody sees them, those too who
began to read long before; a million petitions were seen so for as much as two seconds, without their places.
Where one of the new rows was taken away again it adds the others one after the other, each with its
transaction, which is how it keeps every other promise. So the last new row is taken away and added once more.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

#: Rows of the transaction that still runs are numbered from here (MAX_ROW_ID of DuckDB).
_OF_NOW = 36_028_797_018_960_000
_ROW_GROUP = 122_880
#: Asked first: most transactions add a row or two to a table that has some, and need nothing more.
_AS_A_WHOLE = """select count(*) >= {row_group}
        or count(*) > 0 and not exists (from "{table}" where rowid < {of_now})
    from "{table}" where rowid >= {of_now}"""
#: A table takes no parameter, hence its name in the text; it is one that a statement of ours has named.
_HELD = """create or replace temp table last_new_row as
    from "{table}" where rowid = (select max(rowid) from "{table}" where rowid >= {of_now})"""
_TAKEN = 'delete from "{table}" where rowid = (select max(rowid) from "{table}" where rowid >= {of_now})'
_PUT_BACK = 'insert into "{table}" from last_new_row'
_LET_GO = "drop table last_new_row"


def row_by_row(cursor: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """Let the rows added to some tables count one by one, so that they are seen together.

    Parameters
    ----------
    cursor : in the transaction that has added them, before its commit
    tables : to which it may have added rows
    """
    for table in sorted(tables):
        named = {"table": table, "of_now": _OF_NOW, "row_group": _ROW_GROUP}
        (as_a_whole,) = cursor.execute(_AS_A_WHOLE.format(**named)).fetchall()[0]
        for statement in (_HELD, _TAKEN, _PUT_BACK, _LET_GO) if as_a_whole else ():
            cursor.execute(statement.format(**named))
