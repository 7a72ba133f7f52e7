"""The log of what was done: appended to, never changed, each row sealed with the one before it.

The seal of a row is an HMAC (RFC 2104, SHA-256) over its content and the seal of the row before, with a key
that is not in the store. So a changed, moved, inserted or removed row breaks the chain. Rows cut off at the
end leave a whole chain: therefore the last seal is kept outside the store as well, beside the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from gridmap.access.keys import keys_of
from gridmap.access.scope import Scope
from gridmap.findings import Finding
from gridmap.store import Database

#: What goes into the seal, in this order.
FIELDS = ("seq", "done_at", "account", "role", "action", "object", "reason", "rows_seen", "detail")
_ONE_AT_A_TIME = threading.Lock()


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
    with _ONE_AT_A_TIME:
        keys = keys_of(db)
        with db.noting() as tx:
            last = tx.query("access/audit.head")
            seq, before = (int(last["seq"].iloc[0]), str(last["seal"].iloc[0])) if len(last) else (0, "")
            row = {
                "seq": seq + 1, "done_at": datetime.now(), "account": scope.user, "role": scope.role,
                "action": action, "object": object_, "reason": reason, "rows_seen": rows,
                "detail": json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True, default=str),
            }  # fmt: skip
            seal = sealed(keys.log, row, before)
            tx.run("access/audit.insert", **row, seal=seal)
        _anchor(keys.anchor, Anchor(seq + 1, seal))


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
    """
    keys = keys_of(db)
    rows = db.query("access/audit.all").astype(object)
    return broken(rows.where(rows.notna(), None).to_dict("records"), keys.log, anchor_in(keys.anchor))


def broken(rows: Sequence[Mapping[Any, Any]], key: bytes, anchor: Anchor | None) -> list[Finding]:
    """Return the first break of the chain, and what is missing at its end.

    Parameters
    ----------
    rows : FIELDS and seal, ordered by seq
    key : the key of the log
    anchor : its end as known outside the store, None where it is known nowhere
    """
    before, at_anchor = "", None
    for place, row in enumerate(rows, start=1):
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
    return []


def listed(db: Database, *, most: int = 200, account: str = "", action: str = "") -> pd.DataFrame:
    """Return the last rows of the log, the newest first, of an account or an action where these are given."""
    return db.query("access/audit.list", most=most, account=account, action=action)


def anchor_in(file: Path) -> Anchor | None:
    """Read the end of the log as it is known outside the store."""
    try:
        seq, _, seal = file.read_text(encoding="utf-8").partition(" ")
        return Anchor(int(seq), seal.strip())
    except (FileNotFoundError, ValueError):
        return None


def _anchor(file: Path, end: Anchor) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.write_text(f"{end.seq} {end.seal}\n", encoding="utf-8")
    unfinished.replace(file)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return int(value) if isinstance(value, int | float) else value
