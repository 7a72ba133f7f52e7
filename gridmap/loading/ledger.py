"""The ledger of imports: each is recorded with its findings and the rows it set aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import pyarrow as pa

from gridmap.findings import Finding
from gridmap.loading.reports import LoadReport
from gridmap.store import Database, Session

_FINDINGS = pa.schema([
    ("check_name", pa.string()), ("severity", pa.string()), ("level", pa.string()),
    ("codes", pa.list_(pa.string())), ("amount", pa.float64()), ("unit", pa.string()),
    ("message", pa.string()), ("row_no", pa.int64()), ("lon", pa.float64()), ("lat", pa.float64()),
])  # fmt: skip
_SET_ASIDE = pa.schema([
    ("row_no", pa.int64()), ("check_name", pa.string()), ("reason", pa.string()), ("raw", pa.string()),
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


def record(
    tx: Session,
    report: LoadReport,
    set_aside: pd.DataFrame,
    *,
    import_id: int,
    print_: str,
    mapping: str,
    by: str,
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
    """
    tx.run("load/record_import", import_id=import_id, register=report.register, file=report.file,
           sha256=print_, mapping=mapping, rows_read=report.rows_read, rows_kept=report.rows_kept,
           rows_set_aside=report.rows_set_aside, rows_unchanged=report.rows_unchanged,
           imported_at=datetime.now().replace(microsecond=0), imported_by=by)  # fmt: skip
    tx.run("load/record_findings", import_id=import_id, findings=_findings(report.findings))
    kept = set_aside.reindex(columns=_SET_ASIDE.names)
    tx.run("load/record_set_aside", import_id=import_id,
           set_aside=pa.Table.from_pandas(kept, schema=_SET_ASIDE, preserve_index=False))  # fmt: skip


def _findings(findings: Sequence[Finding]) -> pa.Table:
    rows = [{"check_name": f.check, "severity": f.severity, "level": f.level, "codes": list(f.codes),
             "amount": f.amount, "unit": f.unit, "message": f.message, "row_no": f.row,
             "lon": f.lon, "lat": f.lat} for f in findings]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_FINDINGS)
