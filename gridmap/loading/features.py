"""Load what is drawn under the data: roads, water, greenery, building footprints, place names."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from gridmap import crs as datum
from gridmap import settings
from gridmap.errors import UnreadableInput, UsageError
from gridmap.loading import ledger
from gridmap.loading.reports import LoadReport, loaded_before
from gridmap.regions import crs_of
from gridmap.store import Database

KINDS = ("road", "water", "green", "industry", "building", "label")

_FEATURES = pa.schema([
    ("feature_id", pa.int64()), ("kind", pa.string()), ("name", pa.string()), ("rank", pa.int32()),
    ("wkb", pa.binary()), ("min_x", pa.float64()), ("min_y", pa.float64()),
    ("max_x", pa.float64()), ("max_y", pa.float64()),
])  # fmt: skip


def load_features(db: Database, path: Path, *, crs: str | None = None) -> LoadReport:
    """Load a GeoParquet file with columns kind, name and rank; it replaces the kinds it holds.

    Parameters
    ----------
    db : the open store
    path : GeoParquet file; kind is one of KINDS, rank 1 is drawn from far away
    crs : datum or CRS of the coordinates; the file's own when None

    Raises
    ------
    UnreadableInput : when the file is not GeoParquet
    UsageError : when a column is missing or a kind is not known
    """
    frame = _read(path)
    print_ = ledger.fingerprint(hashlib.sha256(path.read_bytes()).hexdigest(), crs)
    earlier = ledger.earlier_import(db, "base", print_)
    if earlier is not None:
        return loaded_before("base", path.name, rows_read=len(frame), set_aside=0, earlier=earlier)
    source = crs or frame.crs.to_string()
    land = datum.convert_geometries(np.asarray(frame.geometry.array), source, crs_of(db))
    report = LoadReport("base", path.name, len(frame), len(frame), 0, 0, applied=True)
    with db.transaction() as tx:
        import_id = ledger.next_import(tx)
        tx.run("load/base_feature.clear", kinds=sorted(set(frame["kind"])))
        first = int(tx.scalar("load/base_feature.next"))
        tx.run("load/base_feature.insert", import_id=import_id, features=_table(frame, land, first))
        ledger.record(tx, report, pd.DataFrame(), import_id=import_id, print_=print_, mapping="base",
                      by=settings.from_environment().author)  # fmt: skip
    db.checkpoint()
    return report


def _read(path: Path) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise UnreadableInput(f"There is no file {path}.")
    try:
        frame = gpd.read_parquet(path)
    except (ValueError, OSError) as fault:
        raise UnreadableInput(f"{path.name} is not a GeoParquet file: {fault}") from fault
    missing = [name for name in ("kind", "name", "rank") if name not in frame.columns]
    if missing:
        raise UsageError(f"{path.name} lacks the columns {', '.join(missing)}.")
    strange = sorted(set(frame["kind"]) - set(KINDS))
    if strange:
        raise UsageError(f"{path.name} holds unknown kinds {', '.join(strange)}. Known: {', '.join(KINDS)}.")
    return frame


def _table(frame: gpd.GeoDataFrame, land: np.ndarray, first: int) -> pa.Table:
    bounds = shapely.bounds(land)
    return pa.Table.from_pandas(pd.DataFrame({
        "feature_id": np.arange(first, first + len(frame)),
        "kind": frame["kind"].to_numpy(), "name": frame["name"].to_numpy(), "rank": frame["rank"].to_numpy(),
        "wkb": shapely.to_wkb(land),
        "min_x": bounds[:, 0], "min_y": bounds[:, 1], "max_x": bounds[:, 2], "max_y": bounds[:, 3],
    }), schema=_FEATURES, preserve_index=False)  # fmt: skip
