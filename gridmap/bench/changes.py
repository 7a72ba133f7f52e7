"""What it costs to place records again after a change of boundaries, next to placing all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import shapely

from gridmap import measures, placing, versions
from gridmap.bench.coverage_maker import make_coverage, make_points
from gridmap.bench.loading import closed_petitions
from gridmap.bench.placement import timed
from gridmap.loading.founding import found
from gridmap.loading.records import load_records
from gridmap.regions import leaves_on
from gridmap.registers import PETITIONS
from gridmap.store import Database, Session, open_store

CRS = "EPSG:4547"
DIGITS = {"street": 5, "community": 8, "block": 11, "red_grid": 14}  #: of a code, by level
FILE_ROWS = 1_000_000
BY_NAME = 0.02  #: share of the petitions that give a name instead of a point
DAY = date(2024, 1, 1)


def run(*, petitions: int = 10_000_000, cells: int = 20_000, share: float = 0.01, seed: int = 0) -> Any:
    """Join pairs of neighbours all over a made-up city and place again what that concerns.

    Parameters
    ----------
    petitions, cells : size of the city
    share : of the petitions, how many lie in cells that are joined
    seed : the same seed makes the same city

    Returns
    -------
    one dict per step (place all, publish, place again): step, records, seconds, cpu_seconds, share of
    the processor time of placing all
    """
    with TemporaryDirectory() as folder:
        db = make_store(Path(folder) / "store", petitions=petitions, cells=cells, seed=seed)
        try:
            return _steps(db, petitions, share, seed)
        finally:
            db.close()


def make_store(folder: Path, *, petitions: int, cells: int, seed: int = 0) -> Database:
    """Make a store of a nested coverage and petitions spread over it, and return it open."""
    frame = make_coverage(cells, vertices=40, seed=seed).to_crs(CRS)
    found(folder, crs=CRS)
    db = open_store(folder)
    with db.transaction() as tx:
        opened = _regions(frame)
        change = versions.Change("all cells", "load", date(1900, 1, 1), "bench")
        versions.publish(tx, change, ended=[], opened=opened, before=opened.head(0))
    x, y = make_points(frame, petitions, seed=seed)
    names = frame["code"].str[: DIGITS["community"]].unique()
    for first in range(0, petitions, FILE_ROWS):
        some = slice(first, first + FILE_ROWS)
        file = folder / "petitions.csv"
        pa_csv.write_csv(_petitions(x[some], y[some], names, first), file)
        load_records(db, file, PETITIONS, crs=CRS, silent=True)
        file.unlink()
    return db


def _regions(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the regions of all levels, to be published at once; the code of each names those above it."""
    codes = [
        (level, code) for level, digits in DIGITS.items() for code in sorted(set(frame["code"].str[:digits]))
    ]
    number = {pair: -at for at, pair in enumerate(codes, start=1)}
    above = dict(zip(list(DIGITS)[1:], DIGITS, strict=False))
    land = dict(zip(frame["code"], frame.geometry, strict=True))
    rows = pd.DataFrame(codes, columns=["level", "code"]).assign(
        name=[code for _, code in codes], kind="base"
    )
    rows["region_id"] = list(number.values())
    rows["parent_id"] = [
        number[(above[level], code[: DIGITS[above[level]]])] if level in above else None
        for level, code in codes
    ]
    geometry = [land[code] if level == "red_grid" else None for level, code in codes]
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=CRS)


def _petitions(x: Any, y: Any, names: Any, first: int) -> pa.Table:
    """Return petitions at some points, in the order of their time, a few with a name instead of a point."""
    count = len(x)
    chance = np.random.default_rng(first)
    minutes = np.sort(chance.integers(0, 150_000, count)) + first // FILE_ROWS * 150_000
    received = np.datetime64("2022-01-01T00:00:00") + minutes.astype("m8[m]").astype("m8[s]")
    columns = closed_petitions(chance, received, first=first)
    named = chance.random(count) < BY_NAME
    return pa.table({
        **columns, "x": pa.array(x, mask=named), "y": pa.array(y, mask=named),
        "region_name": pa.array(chance.choice(names, count), mask=~named),
    })  # fmt: skip


def _steps(db: Database, petitions: int, share: float, seed: int) -> list[dict[str, Any]]:
    opened, ended, before = _joined(db, petitions * share, seed)
    with db.transaction() as tx:
        steps = [_step("place all", petitions, lambda: placing.place_all(tx, crs=CRS))]
    change = versions.Change("neighbours joined", "publish", DAY, "bench")
    with db.transaction() as tx:

        def publish() -> int:
            return versions.publish(tx, change, ended=ended, opened=opened, before=before)

        steps.append(_step("publish", len(ended), publish))
        steps.append(_step("place again", None, lambda: _place_again(tx)))
    for step in steps:
        step["share"] = round(step["cpu_seconds"] / steps[0]["cpu_seconds"], 4)
    return steps


def _place_again(tx: Session) -> int:
    return placing.place_changed(tx, int(tx.query("versions/next_ids").iloc[0]["cs"]) - 1, crs=CRS)


def _joined(db: Database, wanted: float, seed: int) -> tuple[gpd.GeoDataFrame, list[int], gpd.GeoDataFrame]:
    """Join neighbours of one block, in random order, until enough petitions lie in them.

    Returns the joined regions, the numbers of those that end, and the leaves that are replaced.
    """
    leaves = leaves_on(db, DAY)
    counted = measures.stats(db, ["petition.received"], level="red_grid").set_index("code")[
        "petition.received"
    ]
    shapes = np.asarray(leaves.geometry)
    pairs = shapely.STRtree(shapes).query(shapes, predicate="touches").T
    blocks = leaves["code"].str[: DIGITS["block"]].to_numpy()
    pairs = pairs[(pairs[:, 0] < pairs[:, 1]) & (blocks[pairs[:, 0]] == blocks[pairs[:, 1]])]
    taken: dict[int, int] = {}
    inside = 0.0
    for keeps, ends in np.random.default_rng(seed).permutation(pairs).tolist():
        if inside >= wanted:
            break
        if (
            taken.keys().isdisjoint((keeps, ends))
            and keeps not in taken.values()
            and ends not in taken.values()
        ):
            taken[keeps] = ends
            inside += float(counted.reindex(leaves["code"].iloc[[keeps, ends]]).sum())
    kept, ended = list(taken), list(taken.values())
    opened = leaves.iloc[kept].copy()
    opened.geometry = shapely.union(shapes[kept], shapes[ended])
    return opened, [int(number) for number in leaves["region_id"].iloc[ended]], leaves.iloc[kept + ended]


def _step(step: str, records: int | None, work: Callable[[], Any]) -> dict[str, Any]:
    seconds, cpu_seconds, answer = timed(work)
    return {"step": step, "records": answer if records is None else records,
            "seconds": seconds, "cpu_seconds": cpu_seconds}  # fmt: skip
