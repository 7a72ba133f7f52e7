"""Load what is drawn under the data: roads, water, greenery, building footprints, place names."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from gridmap import progress, settings
from gridmap.errors import UnreadableInput
from gridmap.findings import gravest_first
from gridmap.loading import ledger
from gridmap.loading.reports import LoadReport, loaded_before
from gridmap.regions import crs_of
from gridmap.sources import Features, read_features
from gridmap.store import Database
from gridmap.store.room import require_room_for

REGISTER = "base"


def load_features(
    db: Database,
    path: Path,
    *,
    crs: str | None = None,
    layer: str | None = None,
    dry_run: bool = False,
    silent: bool = False,
) -> LoadReport:
    """Load geodata with columns kind, name and rank; it replaces the kinds it holds.

    Rows without a usable shape, kind or rank are set aside in the store with the reason. Loading the same
    file twice changes nothing.

    Parameters
    ----------
    db : the open store
    path : geodata of any known format; kind is one of FEATURE_KINDS, rank 1 is drawn from far away
    crs : datum or CRS of the coordinates; the file's own when None
    layer : layer to read, where there are several
    dry_run : work everything out, change nothing
    silent : show no progress

    Raises
    ------
    UnreadableInput : when the file cannot be read
    UsageError : when a column, layer or CRS does not exist
    """
    require_room_for(path, db.folder)
    with progress.bar(None, f"reading {path.name}", silent=silent) as bar:
        read = read_features(path, workdir=db.incoming, crs=crs, layer=layer, target_crs=crs_of(db),
                             progress=bar.update)  # fmt: skip
    try:
        return _put(db, path, read, crs=crs, layer=layer, dry_run=dry_run)
    finally:
        shutil.rmtree(read.parquet.parent, ignore_errors=True)


def _put(
    db: Database, path: Path, read: Features, *, crs: str | None, layer: str | None, dry_run: bool
) -> LoadReport:
    print_ = ledger.fingerprint(read.sha256, REGISTER, crs, layer)
    if (earlier := ledger.earlier_import(db, REGISTER, print_)) is not None:
        return loaded_before(REGISTER, path.name, rows_read=read.rows_read,
                             set_aside=read.rows_set_aside, earlier=earlier)  # fmt: skip
    kept = read.rows_read - read.rows_set_aside
    if not read.rows_read:
        raise UnreadableInput(f"{path.name} holds no rows. Export it again.")
    report = LoadReport(
        register=REGISTER, file=path.name, rows_read=read.rows_read, rows_kept=kept, rows_unchanged=0,
        rows_set_aside=read.rows_set_aside, findings=gravest_first(list(read.findings)),
        applied=bool(kept) and not dry_run,
    )  # fmt: skip
    return report if dry_run else _written(db, report, read, print_)


def _written(db: Database, report: LoadReport, read: Features, print_: str) -> LoadReport:
    key = ledger.key_of_today(db) if report.rows_set_aside else None
    with db.transaction() as tx:
        import_id = ledger.next_import(tx)
        tx.run("load/base_feature.clear", path=str(read.parquet))
        tx.run("load/base_feature.insert", path=str(read.parquet), import_id=import_id)
        done = replace(report, import_id=import_id)
        aside = pq.read_table(read.set_aside_parquet).to_pandas()
        ledger.record(tx, done, aside, import_id=import_id, print_=print_, mapping=REGISTER,
                      by=settings.from_environment().author, key=key)  # fmt: skip
    db.checkpoint()
    return done
