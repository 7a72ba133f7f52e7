"""The log of what was done: appended to, never changed, each row sealed with the one before it.

The seal of a row is an HMAC (RFC 2104, SHA-256) over its content and the seal of the row before, with a key
that is not in the store. So a changed, moved, inserted or removed row breaks the chain. Rows cut off at the
end leave a whole chain: therefore the last seal is kept outside the store as well, beside the key, for each
folder that holds a copy of the store: what is done in a restored one says nothing of the other. Where the
log is shorter than that says when the next row is written, a row says so first, for good.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from gridmap.access.keys import keys_of
from gridmap.access.scope import Scope
from gridmap.findings import Finding
from gridmap.store import Database, Session

#: What goes into the seal, in this order.
FIELDS = ("seq", "done_at", "account", "role", "action", "object", "reason", "rows_seen", "detail")
#: Says that rows were missing at the end when the log went on.
CONTINUED = "continued_shorter"
#: Says that the key of the log was lost, and that a new one seals this row and those that follow.
RENEWED = "keys_renewed"
#: Commands that put an older log back in the open; each logs itself at once.
PUT_BACK = ("command.restore-backup", "command.load dump")
_ONE_AT_A_TIME = threading.Lock()
_NOBODY = Scope("", "")
_ABOUT: dict[str, object] = {"object": "", "reason": "", "rows_seen": None}

Row = dict[str, object]


@dataclass(frozen=True)
class Anchor:
    """Hold the end of the log as it is known outside the store."""

    seq: int
    seal: str


def note(
    db: Database,
    scope: Scope,
    action: str,
    *,
    object_: str = "",
    reason: str = "",
    rows: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Append one row to the log; when it returns, the row is safe.

    Parameters
    ----------
    db : the open store
    scope : who did it
    action : what was done, such as `sign_in`, `reveal`, `command.load petitions`
    object_ : to what: a case, a cell, a file, an account; no personal data
    reason : why, where somebody had to say so
    rows : how many rows were seen or written
    detail : more of it, as plain values; no personal data
    """
    asked = _entry(scope, action, object=object_, reason=reason, rows_seen=rows, detail=detail)
    with _ONE_AT_A_TIME:
        keys = keys_of(db)
        with db.noting() as tx:
            head = _head(tx)
            end = head or Anchor(0, "")
            for entry in (*_missed(head, anchor_in(keys.anchor, db.folder)), asked):
                row = {"seq": end.seq + 1, **entry}
                end = Anchor(end.seq + 1, sealed(keys.log, row, end.seal))
                tx.run("access/audit.insert", **row, seal=end.seal)
        _anchor(keys.anchor, end, db.folder)


def _entry(scope: Scope, action: str, *, detail: Mapping[str, object] | None, **more: object) -> Row:
    text = json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True, default=str)
    who = {"account": scope.user, "role": scope.role}
    return {"done_at": datetime.now(), **who, "action": action, **_ABOUT, **more, "detail": text}


def _head(tx: Session) -> Anchor | None:
    last = tx.query("access/audit.head")
    return Anchor(int(last["seq"].iloc[0]), str(last["seal"].iloc[0])) if len(last) else None


def _missed(head: Anchor | None, anchor: Anchor | None) -> list[Row]:
    """Return what is to be written first where the log is shorter than it was known to be, or another."""
    end = head or Anchor(0, "")
    if anchor is None or anchor == end or anchor.seq < end.seq:
        return []
    return [_entry(_NOBODY, CONTINUED, detail={"written": anchor.seq, "found": end.seq, "seal": anchor.seal})]


def sealed(key: bytes, row: Mapping[str, Any], before: str) -> str:
    """Return the seal of a row that follows one with the seal `before`.

    >>> row = dict.fromkeys(FIELDS, "x")
    >>> sealed(b"k", row, "") == sealed(b"k", row | {"account": "y"}, "")
    False
    """
    values = [_plain(row[name]) for name in FIELDS]
    text = json.dumps([before, *values], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def verify(db: Database) -> list[Finding]:
    """Return what is wrong with the log; nothing when every row stands as it was written.

    Parameters
    ----------
    db : the open store

    Returns
    -------
    `log.broken` from the first row that is not as it was written; `log.cut_off` where rows are missing at
    the end, or were when the log went on; warnings where an older store was put back by a command
    (`log.put_back`) or its end is known nowhere outside (`log.no_anchor`)
    """
    keys = keys_of(db)
    found = db.query("access/audit.all").astype(object)
    rows = found.where(found.notna(), None).to_dict("records")
    anchor = anchor_in(keys.anchor, db.folder)
    if rows and anchor is None:
        unknown = Finding("log.no_anchor", "warning", f"The end of the log is not known outside the store: "
                          f"{keys.anchor} is missing. Put back the copy of it.")  # fmt: skip
        return [*broken(rows, keys.log, None), unknown]
    return broken(rows, keys.log, anchor)


def broken(rows: Sequence[Mapping[Any, Any]], key: bytes, anchor: Anchor | None) -> list[Finding]:
    """Return the first break of the chain, what is missing at its end, and where rows once were.

    Parameters
    ----------
    rows : FIELDS and seal, ordered by seq
    key : the key of the log
    anchor : its end as known outside the store, None where it is known nowhere
    """
    first = _first_of_key(rows, key)
    before, at_anchor = (str(rows[first]["seal"]) if first >= 0 else ""), None
    for place, row in enumerate(rows[first + 1 :], start=first + 2):
        seal = sealed(key, row, before)
        if row["seq"] != place or not hmac.compare_digest(seal, str(row["seal"])):
            return [Finding("log.broken", "error", f"The log is not as it was written from row {place} on: "
                            "a row was changed, moved, put in or taken out. Compare it with a backup.",
                            amount=float(place), unit="rows")]  # fmt: skip
        before = seal
        if anchor and place == anchor.seq:
            at_anchor = seal
    if anchor and at_anchor != anchor.seal:
        return [Finding("log.cut_off", "error", f"The log ends at row {len(rows)}, but row {anchor.seq} was "
                        "written: its end was cut off, or an older store was put back.",
                        amount=float(len(rows)), unit="rows")]  # fmt: skip
    gaps = [_gap(rows, place) for place, row in enumerate(rows) if row["action"] == CONTINUED]
    return [*([_unverifiable(first + 1)] if first >= 0 else []), *gaps]


def _first_of_key(rows: Sequence[Mapping[Any, Any]], key: bytes) -> int:
    """Return the place of the row before the one with which the key that is there began; -1 = the first."""
    for place in range(len(rows) - 1, 0, -1):
        row, before = rows[place], str(rows[place - 1]["seal"])
        if row["action"] == RENEWED and hmac.compare_digest(sealed(key, row, before), str(row["seal"])):
            return place - 1
    return -1


def _unverifiable(count: int) -> Finding:
    return Finding("log.key_lost", "error", f"The key of the log was lost: its first {count} rows cannot be "
                   "verified. What follows them stands as it was written.",
                   amount=float(count), unit="rows")  # fmt: skip


def _gap(rows: Sequence[Mapping[Any, Any]], place: int) -> Finding:
    """Say that the log once went on shorter than it had been, and whether a command did it."""
    lost = int(json.loads(rows[place]["detail"])["written"])
    told = f"Row {place + 1} was written after row {lost} had been: "
    if rows[place + 1 : place + 2] and rows[place + 1]["action"] in PUT_BACK:
        return Finding("log.put_back", "warning", f"{told}an older store was put back by a command, and the "
                       "log of the time between is in the store kept aside.",
                       amount=float(place + 1), unit="rows")  # fmt: skip
    return Finding("log.cut_off", "error", f"{told}its end was cut off, or an older store was put back by "
                   "hand. Compare it with a backup.", amount=float(place + 1), unit="rows")  # fmt: skip


def listed(
    db: Database,
    *,
    most: int = 200,
    account: str | None = None,
    action: str = "",
    actions: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> pd.DataFrame:
    """Return the last rows of the log, the newest first.

    Parameters
    ----------
    db : the open store
    most : so many rows at most
    account : of this account only; empty stands for what nobody's account did, None for all
    action : of actions that begin like this only
    actions : of these actions only; of all when empty
    since, until : first and last day

    Returns
    -------
    Frame with seq, done_at, account, role, action, object, reason, rows_seen, detail; one row per thing done
    """
    return db.query("access/audit.list", most=most, account=account, action=action, actions=list(actions),
                    since=since, until=until)  # fmt: skip


def kinds(db: Database, *, since: date | None = None, until: date | None = None) -> pd.DataFrame:
    """Return how many rows each account has of each action, on the days from `since` to `until`.

    Returns
    -------
    Frame with account, action, entries; one row per account and action
    """
    return db.query("access/audit.kinds", since=since, until=until)


def anchor_in(file: Path, folder: Path) -> Anchor | None:
    """Read the end of the log as it is known outside the store.

    Parameters
    ----------
    file : one line for each folder: number and seal of the last row, and the folder
    folder : of the store; where its log has not been written before, in a restored or a moved store, the
        longest that is known counts
    """
    known = _anchors(file)
    return known.get(str(folder.resolve())) or max(known.values(), key=lambda one: one.seq, default=None)


def _anchors(file: Path) -> dict[str, Anchor]:
    try:
        lines = [line.split(" ", 2) for line in file.read_text(encoding="utf-8").split("\n")[:-1]]
        return {folder: Anchor(int(seq), seal) for seq, seal, folder in lines}
    except (FileNotFoundError, ValueError):
        return {}


def _anchor(file: Path, end: Anchor, folder: Path) -> None:
    known = _anchors(file) | {str(folder.resolve()): end}
    unfinished = file.with_suffix(".new")
    unfinished.write_text("".join(f"{one.seq} {one.seal} {where}\n" for where, one in known.items()),
                          encoding="utf-8")  # fmt: skip
    unfinished.replace(file)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return int(value) if isinstance(value, int | float) else value
