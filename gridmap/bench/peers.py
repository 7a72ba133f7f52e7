"""The same question put to the peers: which cell does each point lie in.

Each peer gets its own tables in memory before the clock starts, points as geometries where it wants
them, and answers with a table of point numbers and cell numbers. None of them settles borders:
`within` loses the points on a border, `intersects` gives them twice; the row counts show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import duckdb
import geopandas
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gridmap.errors import StoreError
from gridmap.index import PlacementIndex
from gridmap.store import spatial_extension

Floats = NDArray[np.float64]
Job = Callable[[], int]  #: does the work and returns the number of rows it gave

READ = "select id, x, y from point"
WRITE = "create or replace table placed as select id, leaf from answer"
JOIN = """
create or replace table placed as
select point.id, cell.leaf from place as point join cell on st_intersects(cell.geom, point.geom)
"""
SEDONA_JOIN = "select p.id, c.leaf from point p join cell c on st_intersects(c.geometry, p.geometry)"


@dataclass(frozen=True)
class Bench:
    """Hold the cells and points that every method is asked about.

    Parameters
    ----------
    frame : cells with a column `code`, sorted by it, so that a cell's number is its row
    x, y : points in the CRS of the cells
    index : the index over the cells, raster built
    """

    frame: geopandas.GeoDataFrame
    x: Floats
    y: Floats
    index: PlacementIndex


def kernel(bench: Bench) -> Job:
    """Place the arrays with the index on all processors."""
    return lambda: int((bench.index.locate(bench.x, bench.y).leaf >= 0).sum())


def kernel_alone(bench: Bench) -> Job:
    """Place the arrays with the index on one processor."""

    def job() -> int:
        bench.index.threads = 1
        try:
            return int((bench.index.locate(bench.x, bench.y).leaf >= 0).sum())
        finally:
            bench.index.threads = 0

    return job


def table_to_table(bench: Bench) -> Job:
    """Read a DuckDB table through Arrow, place it with the index, write a DuckDB table."""
    connection = _with_points(bench)

    def job() -> int:
        points = connection.execute(READ).to_arrow_table(1_000_000)
        leaf = [bench.index.locate(*_xy(batch)).leaf for batch in points.to_batches()]
        answer = {"id": points["id"], "leaf": pa.chunked_array(leaf, pa.int32())}
        connection.register("answer", pa.table(answer))
        return _rows(connection.execute(WRITE))

    return job


def copied(bench: Bench) -> Job:
    """Read the table and write one like the answer, without placing: the floor of the above."""
    connection = _with_points(bench)
    leaf = np.zeros(len(bench.x), dtype=np.int32)

    def job() -> int:
        points = connection.execute(READ).to_arrow_table(1_000_000)
        connection.register("answer", pa.table({"id": points["id"], "leaf": leaf}))
        return _rows(connection.execute(WRITE))

    return job


def read(bench: Bench) -> Job:
    """Add up the coordinates: the floor of the kernel."""
    return lambda: int(np.isfinite(bench.x.sum() + bench.y.sum())) * len(bench.x)


def duckdb_join(bench: Bench) -> Job:
    """Join two DuckDB tables with ST_Intersects; refuse to go on when the plan is no spatial join."""
    connection = _with_points(bench)
    connection.execute(f"load '{spatial_extension()}'")
    leaf = np.arange(len(bench.frame))
    wkb = pa.array(shapely.to_wkb(np.asarray(bench.frame.geometry, dtype=object)).tolist(), pa.binary())
    connection.register("raw_cell", pa.table({"leaf": leaf, "wkb": wkb}))
    connection.execute("create table cell as select leaf, st_geomfromwkb(wkb) as geom from raw_cell")
    connection.execute("create table place as select id, st_point(x, y) as geom from point")
    plan = connection.execute("explain " + JOIN).fetchall()
    if "SPATIAL_JOIN" not in str(plan):
        raise StoreError(f"DuckDB does not plan a spatial join here: {plan}")
    return lambda: _rows(connection.execute(JOIN))


def geopandas_join(bench: Bench) -> Job:
    """Join two GeoDataFrames with sjoin(within), its quickest form."""
    cells = bench.frame[["geometry"]]
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(bench.x, bench.y, crs=cells.crs))
    return lambda: len(geopandas.sjoin(points, cells, how="inner", predicate="within"))


def sedona_join(bench: Bench) -> Job:
    """Join two SedonaDB views in memory with ST_Intersects."""
    import pandas as pd
    import sedonadb

    engine = sedonadb.connect()
    cells = bench.frame[["geometry"]].set_crs(None, allow_override=True)
    cells["leaf"] = np.arange(len(cells))
    points = pd.DataFrame({"id": np.arange(len(bench.x)), "x": bench.x, "y": bench.y})
    engine.create_data_frame(cells).to_memtable().to_view("cell", overwrite=True)
    engine.create_data_frame(points).to_view("raw", overwrite=True)
    placed = engine.sql("select id, st_point(x, y) as geometry from raw").to_memtable()
    placed.to_view("point", overwrite=True)
    return lambda: len(pa.table(engine.sql(SEDONA_JOIN)))


def installed() -> dict[str, Callable[[Bench], Job]]:
    """Return the peers that are there, by the name they have in the table."""
    peers: dict[str, Callable[[Bench], Job]] = {
        "geopandas.sjoin(within)": geopandas_join,
        "DuckDB SPATIAL_JOIN(ST_Intersects)": duckdb_join,
    }
    if find_spec("sedonadb"):
        peers["SedonaDB ST_Intersects"] = sedona_join
    return peers


def _with_points(bench: Bench) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.register("raw", pa.table({"id": np.arange(len(bench.x)), "x": bench.x, "y": bench.y}))
    connection.execute("create table point as select * from raw")
    return connection


def _xy(batch: pa.RecordBatch) -> tuple[Floats, Floats]:
    return batch["x"].to_numpy(), batch["y"].to_numpy()


def _rows(done: Any) -> int:
    return int(done.fetchone()[0])
