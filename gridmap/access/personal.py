"""Personal data for who may see it: masked in lists, whole for one case, for a reason that is logged.

Statements bring sealed values only; they are opened here and nowhere else. Of people in charge the name is
shown, for it stands on the notice boards of their blocks; of everybody else only what a mask leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from gridmap.access import audit
from gridmap.access.personal_keys import PersonalKeys, personal_keys
from gridmap.access.scope import Scope
from gridmap.errors import Denied, Refused, StoreError, UsageError
from gridmap.masking import masked
from gridmap.registers import REGISTERS, Register
from gridmap.sealing import About, Key
from gridmap.sources.personal import BETWEEN
from gridmap.store import Database

PEOPLE = "responsibility"
#: A reason has at least so many letters.
SHORTEST_REASON = 6


class Note(Protocol):
    """Write a row into the log."""

    def __call__(
        self, action: str, *, object_: str, reason: str, rows: int, detail: dict[str, object]
    ) -> None:
        """Write it; when this returns, the row is safe."""


@dataclass(frozen=True)
class Value:
    """Hold one value of a record as it may be shown; None where it cannot be opened."""

    record: str
    field: str
    kind: str
    text: str | None


def with_people(db: Database, listed: pd.DataFrame, *, in_full: bool = False) -> pd.DataFrame:
    """Return people in charge with their names and telephones.

    Parameters
    ----------
    db : the store as whoever asks may see it
    listed : rows with person_no
    in_full : telephones whole, for a board on the street; else only their ends

    Returns
    -------
    The rows with person_name and phone; both are null where nothing is known, or the keys are lost
    """
    numbers = listed["person_no"].drop_duplicates().tolist()
    rows = db.query("personal/people", keys=numbers) if numbers else pd.DataFrame()
    values = _opened(db, rows, PEOPLE, whole={"name", "phone"} if in_full else {"name"})
    texts = {(value.record, value.field): value.text for value in values}
    found = {field: [texts.get((number, field)) for number in listed["person_no"]]
             for field in ("person_name", "phone")}  # fmt: skip
    return listed.assign(**{name: pd.Series(texts_, index=listed.index, dtype=object)
                            for name, texts_ in found.items()})  # fmt: skip


def names_of_people(db: Database) -> dict[str, str]:
    """Return the names of all people in charge by their numbers; empty when the keys are lost."""
    values = _opened(db, db.query("personal/names_of_people"), PEOPLE, whole={"name"})
    return {value.record: value.text for value in values if value.text}


def shown(db: Database, register: Register, keys: Sequence[str]) -> list[Value]:
    """Return what a list may show of records: names and numbers masked, texts scrubbed.

    Parameters
    ----------
    db : the store as whoever asks may see it
    register : what the records are
    keys : keys of the records, their parts joined as `record_key` joins them
    """
    return _opened(db, _of_records(db, register, keys), register.table, whole=())


def reveal(
    db: Database, scope: Scope, note: Note, register: Register, key: str, *, reason: str
) -> list[Value]:
    """Return the personal data of one record whole, after the log says who sees them and why.

    Parameters
    ----------
    db : the store as whoever asks may see it
    scope : who asks
    note : writes into the log
    register, key : the record
    reason : why, in words

    Raises
    ------
    Denied : when they may not see personal data
    UsageError : when no reason is given, or there is no such record where they may look
    Refused : in a snapshot, which has no log to write into; see `noting`
    """
    why = _permitted(scope, reason)
    rows = _of_records(db, register, [key])
    if rows.empty:  # what was typed as a number may be anything: it is not logged
        note("reveal_nothing", object_=register.name, reason=why, rows=0, detail={})
        raise UsageError(f"Nothing personal is known of '{key}' in {register.name}, or it lies elsewhere.")
    fields: dict[str, object] = {"fields": rows["field"].tolist()}
    note("reveal", object_=f"{register.name} {key}", reason=why, rows=len(rows), detail=fields)
    return _opened(db, rows, register.table, whole={"name", "phone", "id", "address", "text"})


def found_by_number(
    db: Database, scope: Scope, note: Note, number: str, *, reason: str
) -> list[tuple[Register, str]]:
    """Return the records that hold a telephone or identity number, after the log says who looked and why.

    The number itself is not logged.

    Raises
    ------
    Denied, UsageError : as `reveal`
    """
    why = _permitted(scope, reason)
    marks = [key.mark(number, About("", "", "", kind)) for key in _all(personal_keys(db))
             for kind in ("phone", "id")]  # fmt: skip
    found = db.query("personal/marked", marks=marks)
    note("find_by_number", object_="", reason=why, rows=len(found), detail={})
    rows = found[["record_kind", "record_key"]].drop_duplicates().itertuples(index=False)
    return [(register, str(row.record_key)) for row in rows
            if (register := _of_table(str(row.record_kind))) is not None]  # fmt: skip


def key_of(register: Register, text: str) -> str:
    """Return the key of a record as it is stored: of several parts, with / between them.

    >>> key_of(REGISTERS[0], "N1")
    'N1'
    """
    names = register.person_key or register.key
    parts = [part.strip() for part in text.split("/")] if len(names) > 1 else [text.strip()]
    if len(parts) != len(names):
        raise UsageError(f"A record of {register.name} is named by {' / '.join(names)}.")
    return BETWEEN.join(parts)


def noting(whole: Database, scope: Scope) -> Note:
    """Return what writes into the log for somebody; a snapshot has no log, so nothing is revealed there.

    Parameters
    ----------
    whole : the open store, not narrowed
    scope : for whom it writes
    """

    def note(action: str, *, object_: str, reason: str, rows: int, detail: dict[str, object]) -> None:
        if whole.read_only:
            raise Refused("This is a view of a snapshot, where nothing is logged. "
                          "Ask where the store itself is served.")  # fmt: skip
        audit.note(whole, scope, action, object_=object_, reason=reason, rows=rows, detail=detail)

    return note


def _permitted(scope: Scope, reason: str) -> str:
    """Return the reason of somebody who may see personal data; refuse others, and one that says nothing."""
    if not scope.sees_personal_data:
        raise Denied(f"'{scope.user or 'nobody'}' may not see personal data.", action="reveal")
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON or len(set(said)) < 3:
        raise UsageError(f"Say why, in at least {SHORTEST_REASON} letters: the reason stands in the log.")
    return said[:500]


def _of_records(db: Database, register: Register, keys: Sequence[str]) -> pd.DataFrame:
    if register.table == PEOPLE:
        return db.query("personal/people", keys=list(keys))
    return db.query("personal/of_records", record_kind=register.table, keys=list(keys))


def _opened(db: Database, rows: pd.DataFrame, table: str, *, whole: Collection[str]) -> list[Value]:
    if rows.empty:
        return []
    keys = _keys_or_none(db)
    known = {ident: keys.key(ident) for ident in map(str, rows["key_id"].unique())}
    return [_value(row, known[str(row.key_id)], table, whole) for row in rows.itertuples(index=False)]


def _value(row: Any, key: Key | None, table: str, whole: Collection[str]) -> Value:
    record, field, kind = str(row.record_key), str(row.field), str(row.kind)
    if kind == "text" and kind not in whole:
        scrubbed = row.shown
        return Value(record, field, kind, scrubbed if isinstance(scrubbed, str) else None)
    text = key.opened(bytes(row.sealed), About(table, record, field, kind)) if key else None
    return Value(record, field, kind, text if kind in whole else masked(text, kind))


def _keys_or_none(db: Database) -> PersonalKeys:
    """Return the keys; none where they are lost: then nothing opens, and everything else is shown."""
    try:
        return personal_keys(db)
    except StoreError:
        return PersonalKeys()


def _all(keys: PersonalKeys) -> list[Key]:
    return [key for ident in keys.secrets if (key := keys.key(ident)) is not None]


def _of_table(table: str) -> Register | None:
    return next((register for register in REGISTERS if register.table == table), None)
