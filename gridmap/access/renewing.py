"""New keys for a store: after the old ones are lost, or because they may have been seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa

from gridmap.access import audit, keys
from gridmap.access.personal_keys import PersonalKeys, changed, file_of, personal_keys, write
from gridmap.access.scope import Scope
from gridmap.errors import Refused, StoreError
from gridmap.sealing import About, Key
from gridmap.store import Database

_RESEALED = pa.schema([("record_kind", pa.string()), ("record_key", pa.string()), ("field", pa.string()),
                       ("key_id", pa.string()), ("sealed", pa.binary()), ("mark", pa.string())])  # fmt: skip


def lost(db: Database) -> tuple[bool, int]:
    """Return whether the key of the log is lost, and how many personal values nobody can read any more."""
    try:
        known = personal_keys(db)
    except StoreError:
        known = PersonalKeys()
    return keys.are_lost(db), int(_unreadable(db, known)["sealed_values"].sum())


def renew(db: Database, scope: Scope) -> tuple[bool, int]:
    """Make new keys in place of lost ones; return what was lost with the old, as `lost` does.

    Personal values that no key opens are removed; the log goes on, and says for good that what stands in it
    before cannot be verified. Keys that are there are left as they are.

    Raises
    ------
    Refused : when nothing is lost
    """
    log_lost, values = lost(db)
    if not log_lost and not values:
        raise Refused("The keys of this store are there: nothing is lost. To seal with new ones: "
                      "gridmap keys rotate")  # fmt: skip
    if log_lost:
        keys.make_anew(db)
    if values:
        _remove_unreadable(db)
    audit.note(db, scope, audit.RENEWED if log_lost else "personal_keys_renewed", rows=values,
               detail={"log": log_lost})  # fmt: skip
    return log_lost, values


def rotate(db: Database, scope: Scope, *, forget_old: bool) -> int:
    """Seal every personal value with a new key; return how many there are.

    Parameters
    ----------
    db : the open store
    scope : who does it
    forget_old : destroy the old keys: nobody can read then what backups of before hold of people
    """
    before = personal_keys(db)
    after = changed(db, lambda known: _next_generation(db, known))
    values = pd.concat([db.query("personal/all"), db.query("personal/all_set_aside")])
    resealed = _resealed(values, before, after)
    with db.transaction() as tx:
        tx.run("personal/reseal", resealed=resealed)
        tx.run("personal/reseal_set_aside", resealed=resealed)
    if forget_old:
        old = [ident for ident in after.secrets if int(ident.rpartition("/")[2]) < after.generation]
        changed(db, lambda known: known.without(old))
    db.checkpoint()
    audit.note(db, scope, "personal_keys_rotated", rows=len(values), detail={"forget_old": forget_old})
    return len(values)


def _next_generation(db: Database, known: PersonalKeys) -> PersonalKeys:
    following = replace(known, generation=known.generation + 1)
    for table in sorted({ident.split("/")[0] for ident in known.secrets}):
        following = following.completed(table, db.now().date())
    return following


def _resealed(values: pd.DataFrame, before: PersonalKeys, after: PersonalKeys) -> pa.Table:
    opening = {ident: before.key(ident) for ident in values["key_id"].unique()}
    sealing = {ident: after.key(_following(ident, after)) for ident in opening}
    rows = [_one(row, opening[row.key_id], sealing[row.key_id]) for row in values.itertuples(index=False)]
    return pa.Table.from_pylist(rows, schema=_RESEALED)


def _following(ident: str, after: PersonalKeys) -> str:
    return f"{ident.rpartition('/')[0]}/{after.generation}"


def _one(row: Any, old: Key | None, new: Key | None) -> dict[str, object]:
    table, record, field, kind = (str(getattr(row, name)) for name in
                                  ("record_kind", "record_key", "field", "kind"))  # fmt: skip
    about = About(table, record, field, kind)
    text = old.opened(bytes(row.sealed), about) if old else None
    if text is None or new is None:
        raise StoreError(f"A value of {table} cannot be opened with the keys there are; nothing was changed. "
                         "Put back the copy of them, or remove what is lost: gridmap keys renew")  # fmt: skip
    return {"record_kind": table, "record_key": record, "field": field, "key_id": new.ident,
            "sealed": new.sealed(text, about), "mark": new.mark(text, about)}  # fmt: skip


def _remove_unreadable(db: Database) -> None:
    file = file_of(db)
    known = personal_keys(db) if file.exists() else PersonalKeys()
    idents = sorted(set(_unreadable(db, known)["key_id"]))
    with db.transaction() as tx:
        tx.run("personal/forget", key_ids=idents)
        tx.run("personal/forget_set_aside", key_ids=idents)
    if not file.exists():
        write(file, known)


def _unreadable(db: Database, known: PersonalKeys) -> pd.DataFrame:
    """Return the tally of values whose key is not there; what lies plain needs none."""
    tally = db.query("personal/tally")
    needs_key = ~tally["key_id"].str.endswith("/0")
    return tally[needs_key & ~tally["key_id"].isin(list(known.secrets))]
