"""The ledger of imports: each is recorded with its findings and the rows it set aside.

Nobody declared what in such a row says who somebody is: it is sealed whole, with the key of the month.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from gridmap.access.personal_keys import PersonalKeys, keys_for_sealing, personal_keys
from gridmap.errors import StoreError
from gridmap.findings import Finding
from gridmap.loading.reports import LoadReport
from gridmap.sealing import About, Key
from gridmap.sources.personal import ASIDE, BETWEEN
from gridmap.store import Database, Session

_FINDINGS = pa.schema([
    ("check_name", pa.string()), ("severity", pa.string()), ("level", pa.string()),
    ("codes", pa.list_(pa.string())), ("amount", pa.float64()), ("unit", pa.string()),
    ("message", pa.string()), ("row_no", pa.int64()), ("lon", pa.float64()), ("lat", pa.float64()),
])  # fmt: skip
_SET_ASIDE = pa.schema([
    ("row_no", pa.int64()), ("check_name", pa.string()), ("reason", pa.string()),
    ("key_id", pa.string()), ("sealed", pa.binary()),
])  # fmt: skip


def fingerprint(sha256: str, *how: object) -> str:
    """Return one hash of a file's content and of the way it is read: the same twice means the same import."""
    text = json.dumps([sha256, *how], default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def earlier_import(db: Database, register: str, print_: str) -> int | None:
    """Return the number of the import that loaded this very content, None when there is none."""
    found = db.scalar("load/earlier_import", register=register, sha256=print_)
    return None if found is None else int(found)


def next_import(tx: Session) -> int:
    """Return the number of the import about to be recorded."""
    return int(tx.scalar("load/next_import"))


def key_of_today(db: Database) -> Key | None:
    """Return the key that seals what an import sets aside today; None where the keys are lost."""
    try:
        return keys_for_sealing(db, ASIDE).of_table(ASIDE)[f"{db.now():%Y-%m}"]
    except StoreError:
        return None


def set_aside(db: Database, import_id: int | None = None) -> pd.DataFrame:
    """Return the rows that imports set aside, as they stood in their files.

    Parameters
    ----------
    db : the open store
    import_id : of this import; of all when None

    Returns
    -------
    import_id, register, file, row_no, check_name, reason, raw (JSON; null where it is forgotten, or its key
    is lost), one row per row of a file and reason
    """
    rows = db.query("screens/set_aside", import_id=import_id)
    try:
        keys = personal_keys(db)
    except StoreError:
        keys = PersonalKeys()
    known = {ident: keys.key(ident) for ident in rows["key_id"].dropna().unique()}
    raw = [_opened(row, known.get(row.key_id)) for row in rows.itertuples(index=False)]
    return rows.drop(columns=["key_id", "sealed"]).assign(raw=pd.Series(raw, rows.index, dtype=object))


def record(
    tx: Session,
    report: LoadReport,
    set_aside: pd.DataFrame,
    *,
    import_id: int,
    print_: str,
    mapping: str,
    by: str,
    key: Key | None,
) -> None:
    """Record an import within its transaction.

    Parameters
    ----------
    tx : the open transaction
    report : what the import did
    set_aside : row_no, check_name, reason, raw (the row as JSON), one row per row and reason
    import_id : its number
    print_ : fingerprint of content and reading
    mapping : name of the mapping, or how the columns were chosen
    by : who loaded it
    key : seals the rows that were set aside; None keeps their reasons alone
    """
    tx.run("load/record_import", import_id=import_id, register=report.register, file=report.file,
           sha256=print_, mapping=mapping, rows_read=report.rows_read, rows_kept=report.rows_kept,
           rows_set_aside=report.rows_set_aside, rows_unchanged=report.rows_unchanged,
           imported_at=datetime.now().replace(microsecond=0), imported_by=by)  # fmt: skip
    tx.run("load/record_findings", import_id=import_id, findings=_findings(report.findings))
    tx.run("load/record_set_aside", import_id=import_id, set_aside=_sealed(set_aside, import_id, key))


def _sealed(rows: pd.DataFrame, import_id: int, key: Key | None) -> pa.Table:
    plain = rows.reindex(columns=["row_no", "check_name", "reason", "raw"])
    sealed = [key.sealed(str(row.raw), _about(import_id, row)) if key else None
              for row in plain.itertuples(index=False)]  # fmt: skip
    kept = plain.assign(
        key_id=key.ident if key else None, sealed=pd.Series(sealed, plain.index, dtype=object)
    )
    return pa.Table.from_pandas(kept[_SET_ASIDE.names], schema=_SET_ASIDE, preserve_index=False)


def _opened(row: Any, key: Key | None) -> str | None:
    if key is None or row.sealed is None:
        return row.raw if isinstance(row.raw, str) else None
    return key.opened(bytes(row.sealed), _about(row.import_id, row))


def _about(import_id: int, row: Any) -> About:
    return About(ASIDE, BETWEEN.join((str(import_id), str(int(row.row_no)), row.check_name)), "raw", "text")


def _findings(findings: Sequence[Finding]) -> pa.Table:
    rows = [{"check_name": f.check, "severity": f.severity, "level": f.level, "codes": list(f.codes),
             "amount": f.amount, "unit": f.unit, "message": f.message, "row_no": f.row,
             "lon": f.lon, "lat": f.lat} for f in findings]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_FINDINGS)
