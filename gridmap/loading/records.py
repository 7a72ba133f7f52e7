"""Load the rows of a register: file -> canonical rows -> store -> placement, one transaction."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from gridmap import placing, progress, settings
from gridmap.access.personal_keys import keys_for_sealing
from gridmap.errors import StoreError
from gridmap.findings import Finding, gravest_first
from gridmap.loading import courses, ledger
from gridmap.loading.reports import LoadReport, loaded_before
from gridmap.placing import Placer
from gridmap.regions import crs_of
from gridmap.registers import Register, register_named
from gridmap.sealing import Key
from gridmap.settings import Settings
from gridmap.sources import Mapping, Records, load_mapping, read_records
from gridmap.store import Database, Session
from gridmap.store.room import require_room_for

#: Registers whose rows name a building or a region by its number or code.
REFERRING = {
    "rental_rating": "building",
    "inspection": "building",
    "responsibility": "region",
    "petition_event": "petition",
}


@dataclass(frozen=True)
class _Staged:
    """Count what a staged file would do."""

    new: int
    changed: int
    same: int
    personal: int


def load_records(
    db: Database,
    path: Path,
    register: Register,
    *,
    mapping: str = "plain",
    crs: str | None = None,
    dry_run: bool = False,
    silent: bool = False,
    settings: Settings | None = None,
) -> LoadReport:
    """Load a file of records; all of it takes effect, or nothing.

    Rows that cannot be used are set aside in the store with the reason. Rows whose key the store holds
    already replace the earlier state, which is kept. Loading the same file twice changes nothing.

    Parameters
    ----------
    db : the open store
    path : CSV, Excel, Parquet or a geodata file of points
    register : what the rows are
    mapping : shipped profile or TOML file that says which column is which field
    crs : datum or CRS of the coordinates; the mapping's when None
    dry_run : work everything out, change nothing
    silent : show no progress
    settings : limits of reading and the key of hashes; from the environment when None

    Returns
    -------
    What was done; rows_read = rows_kept + rows_unchanged + rows_set_aside

    Raises
    ------
    UsageError, UnreadableInput : when the file, the mapping or a column cannot be read
    StoreFull : when the disk has no room for it
    """
    chosen = load_mapping(mapping, register)
    require_room_for(path, db.folder)
    with progress.bar(None, f"reading {path.name}", silent=silent) as bar:
        read = read_records(path, register=register, mapping=chosen, crs=crs, target_crs=crs_of(db),
                            workdir=db.incoming, progress=bar.update, settings=settings,
                            seal=_seal(db, register, chosen))  # fmt: skip
    try:
        return _put(db, path, register, read, chosen, crs=crs, dry_run=dry_run)
    finally:
        shutil.rmtree(read.parquet.parent, ignore_errors=True)


def _seal(db: Database, register: Register, mapping: Mapping) -> dict[str, object] | None:
    """Return the keys that seal the personal values of a register; None where they are lost."""
    if not register.sealed_fields and not mapping.personal:
        return None
    try:
        keys = keys_for_sealing(db, register.table)
    except StoreError:
        return None  # the values are told to be lost, and everything else is loaded
    known = {period: [key.ident, key.secret.hex()] for period, key in keys.of_table(register.table).items()}
    return {"keys": known, "kept_since": keys.kept_since.get(register.table, "")}


def _put(
    db: Database,
    path: Path,
    register: Register,
    read: Records,
    mapping: Mapping,
    *,
    crs: str | None,
    dry_run: bool,
) -> LoadReport:
    print_ = ledger.fingerprint(read.sha256, register.name, asdict(mapping), crs)
    if (earlier := ledger.earlier_import(db, register.name, print_)) is not None:
        return loaded_before(register.name, path.name, rows_read=read.rows_read,
                             set_aside=read.rows_set_aside, earlier=earlier)  # fmt: skip
    key = ledger.key_of_today(db) if read.rows_set_aside and not dry_run else None
    with db.transaction() as tx:
        staged, strangers = _stage(tx, register, read, path)
        report = LoadReport(
            register=register.name, file=path.name, rows_read=read.rows_read,
            rows_kept=staged.new + staged.changed, rows_unchanged=staged.same,
            rows_set_aside=read.rows_set_aside, findings=gravest_first([*read.findings, *strangers]),
        )  # fmt: skip
        if dry_run:
            return report
        applied = replace(report, applied=report.rows_kept + staged.personal > 0)
        done = _apply(tx, register, applied, read, crs=crs_of(db),
                      on=db.now().date(), print_=print_, mapping=mapping.name, key=key)  # fmt: skip
    db.checkpoint()
    return done


def _kept_in(register: Register) -> str:
    """Return the table that a register's rows are put into: one for all registers that are data only."""
    return "record" if register.described else register.table


def _stage(tx: Session, register: Register, read: Records, path: Path) -> tuple[_Staged, list[Finding]]:
    more = {"record_kind": register.table, "key": list(register.key)} if register.described else {}
    tx.run(f"load/{_kept_in(register)}.stage", path=str(read.parquet), **more)
    tx.run("load/personal_value.stage", path=str(read.personal_parquet), record_kind=register.table)
    counts = tx.query("load/staged_counts").iloc[0]
    staged = _Staged(int(counts["new_rows"]), int(counts["changed_rows"]), int(counts["same_rows"]),
                     int(tx.scalar("load/personal_value.counts")))  # fmt: skip
    return staged, _strangers(tx, register, path)


def _strangers(tx: Session, register: Register, path: Path) -> list[Finding]:
    """Warn about rows that name a building, a region or another record that the store does not hold."""
    if register.table in REFERRING:
        found = tx.query(f"load/{register.table}.strangers")
        return _stranger(found, REFERRING[register.table], path)
    found_in = [(_not_in(tx, entry.name, other), other) for entry in register.fields
                if entry.refers and (other := register_named(entry.refers))]  # fmt: skip
    return [finding for found, other in found_in
            for finding in _stranger(found, other.table.replace("_", " "), path)]  # fmt: skip


def _not_in(tx: Session, field: str, other: Register) -> pd.DataFrame:
    return tx.query("load/record.strangers", field=field, other_kind=other.table)


def _stranger(found: pd.DataFrame, what: str, path: Path) -> list[Finding]:
    if found.empty:
        return []
    codes = tuple(found["code"].drop_duplicates().head(20))
    return [Finding(f"row.unknown_{what.replace(' ', '_')}", "warning",
                    f"{path.name}: {len(found)} rows name a {what} that the store does not hold, "
                    f"such as {codes[0]} in row {found['row_no'].iloc[0]}. "
                    "They are kept and count once it is loaded.",
                    codes=codes, amount=len(found), unit="rows", file=path.name,
                    row=int(found["row_no"].iloc[0]))]  # fmt: skip


def _apply(
    tx: Session,
    register: Register,
    report: LoadReport,
    read: Records,
    *,
    crs: str,
    on: date,
    print_: str,
    mapping: str,
    key: Key | None,
) -> LoadReport:
    import_id = ledger.next_import(tx)
    _write(tx, register, import_id)
    followed = courses.follow(tx, register.table, import_id=import_id, file=report.file)
    placed = _place(tx, register, import_id, crs=crs, on=on) if register.placed and report.rows_kept else None
    lost = _not_placed(placed, register, report.file)
    done = replace(
        report,
        import_id=import_id,
        placed=placed,
        findings=gravest_first([*report.findings, *followed, *lost]),
    )
    ledger.record(tx, done, _set_aside(read), import_id=import_id, print_=print_, mapping=mapping,
                  by=settings.from_environment().author, key=key)  # fmt: skip
    return done


def _write(tx: Session, register: Register, import_id: int) -> None:
    """Put the staged rows into the store, keeping what they replace, and make what is derived from them."""
    table = _kept_in(register)
    tx.run(f"load/{table}.archive", import_id=import_id, replaced_at=datetime.now())
    tx.run(f"load/{table}.remove")
    tx.run(f"load/{table}.insert", import_id=import_id)
    tx.run("load/personal_value.remove")
    tx.run("load/personal_value.insert", import_id=import_id)
    if register.described:
        tx.run(f"registers/{register.name}")


def _place(tx: Session, register: Register, import_id: int, *, crs: str, on: date) -> pd.DataFrame:
    """Place the records of an import, and return how many were placed in which way."""
    loaded = tx.arrow(f"load/{_kept_in(register)}.loaded_ids", import_id=import_id)
    placing.place_records(tx, Placer.of(tx, crs=crs), register.table, loaded)
    return tx.query("placing/import_summary", record_kind=register.table, records=loaded, on_day=on)


def _not_placed(placed: pd.DataFrame | None, register: Register, file: str) -> list[Finding]:
    """Warn about records that lie in no region, one finding per reason."""
    if placed is None:
        return []
    lost = placed[placed["placed_by"] == "none"]
    return [Finding("record.not_placed", "warning", f"{file}: no place for {count:,} of the {register.name}: "
                    f"{reason}. They count in the total only. List them: gridmap unplaced",
                    amount=float(count), unit="rows", file=file)
            for count, reason in zip(lost["records"], lost["reason"], strict=True)]  # fmt: skip


def _set_aside(read: Records) -> pd.DataFrame:
    rows: pd.DataFrame = pq.read_table(read.set_aside_parquet).to_pandas()
    return rows
