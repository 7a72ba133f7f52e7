"""Every statement of the screens and interfaces with attacks in its parameters, asked of a small store.

An answer is right when the store afterwards is what it was; a refusal is one when it is the database's word
about a value, and nothing of the statement's own text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from gridmap import sql
from gridmap.errors import Refused
from gridmap.sql import Query
from gridmap.store import Database, open_store
from gridmap.torture import town
from gridmap.torture.inputs import phrases

#: Folders of statements that take what somebody typed or chose; the others get what we made ourselves.
_FOLDERS = ("screens", "measures", "views", "versions", "checks", "excerpt", "planning", "drafts", "watching")
_SEVERAL = 3
_NUMBERS = (0, -1, 1, 2**31, -(2**31), 2**63 - 1, -(2**63))
_DOUBLES = (0.0, -0.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf"))
_DAYS = (date.min, date.max, date(2024, 7, 1), date(1, 12, 31), date(9999, 1, 1))
#: What the database says of a value that does not fit.
_OF_A_VALUE = (
    "Conversion Error",
    "Invalid Input Error",
    "Out of Range Error",
    "Constraint Error",
    "Binder Error: ",
    "Overflow",
    "out of range",
)


class _Undone(Exception):
    """Ends a transaction, so that what a statement did is undone."""


def each(seed: int) -> Callable[[int], dict[str, Any]]:
    """Return what asks the statement of a number, and says how it ended.

    Parameters
    ----------
    seed : of the attacks
    """
    folder = Path.cwd() / "town"
    folder.mkdir()
    town.build(folder / "store")
    db = open_store(folder / "store")
    before = db.sums()
    asked = [
        query for name in _FOLDERS for query in map(sql.load, sql.names_in(name)) if _takes_values(query)
    ]

    def work(number: int) -> dict[str, Any]:
        rng = Random(seed * 1_000_003 + number)
        query = asked[number % len(asked)]
        where = f"statements of {query.name.partition('/')[0]}"
        values = {name: _value(kind, rng) for name, kind in query.params.items()}
        try:
            _ask(db, query, values)
            ended = "read"
        except UnicodeDecodeError:  # DuckDB cuts its own words about a text in mid-character
            ended = "refused"
        except Exception as fault:
            if not any(word in str(fault) for word in _OF_A_VALUE):
                return {
                    "ended": "fault",
                    "where": where,
                    "said": f"{query.name}: {type(fault).__name__}: {str(fault)[:300]}",
                }
            ended = "refused"
        if number % len(asked) == 0 and db.sums() != before:
            return {"ended": "fault", "where": where, "said": "the store is no longer what it was"}
        return {"ended": ended, "where": where}

    return work


def _takes_values(query: Query) -> bool:
    kinds = list(query.params.values())
    return bool(kinds) and not any(kind.startswith("table") for kind in kinds) and "path" not in query.params


def _ask(db: Database, query: Query, values: dict[str, object]) -> None:
    """Run a statement and undo what it did; one of an excerpt where excerpts are made, beside the store."""
    beside = db.annexed() if query.name.startswith("excerpt/") else nullcontext(db)
    try:
        with beside as area, area.transaction() as tx:
            tx.run(query.name, **values)
            raise _Undone
    except _Undone:
        return
    except Refused:
        return


def _value(kind: str, rng: Random) -> object:
    if kind.endswith("[]"):
        return [_value(kind.removesuffix("[]"), rng) for _ in range(rng.randint(0, _SEVERAL))]
    if rng.random() < 0.1:
        return None
    return _BY_KIND[kind](rng)


_BY_KIND: dict[str, Callable[[Random], object]] = {
    "text": phrases.one,
    "varchar": phrases.one,
    "json": phrases.one,
    "integer": lambda rng: rng.choice(_NUMBERS),
    "bigint": lambda rng: rng.choice(_NUMBERS),
    "double": lambda rng: rng.choice(_DOUBLES),
    "boolean": lambda rng: rng.random() < 0.5,
    "date": lambda rng: rng.choice(_DAYS),
    "timestamp": lambda rng: datetime.combine(rng.choice(_DAYS), datetime.min.time()),
    "blob": lambda rng: rng.randbytes(rng.randrange(50)),
}
