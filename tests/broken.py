"""Let DuckDB fail inside, as a statement of ours once did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from gridmap import sql
from gridmap.errors import StoreLost
from gridmap.sql import Query
from gridmap.store import Database

#: Fails inside DuckDB 1.5.5 after some dozen runs (its issue 22352): a window over everything, of nothing.
_FAILING = """
    with one as (select i as x from range(1) t(i)),
    nothing as (
        select * from one where x >= 5000
        union all
        select * from one where not exists (select 1 from one where x >= 5000)
    )
    select x, count() over () from nothing order by x desc limit 5
"""
_TRIES = 20_000


def break_down(db: Database) -> None:
    """Let the store's instance fail and be given up."""
    with pytest.raises(StoreLost, match="failed inside at the statement failing"), _failing():
        ask_until_it_fails(db)
    with pytest.raises(duckdb.FatalException):
        db._holding.instance.execute("select 1")


def ask_until_it_fails(db: Database) -> None:
    with db._holding.watched(), db._session() as session:
        for _try in range(_TRIES):
            session.query("failing")


@contextmanager
def _failing() -> Iterator[None]:
    """Let a statement be known that fails."""
    known, failing = sql.load, Query("failing", _FAILING, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql, "load", lambda name: failing if name == "failing" else known(name))
        yield
