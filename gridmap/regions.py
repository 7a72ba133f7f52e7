"""The map of a day: which regions are in force, and the land of each as the sum of its leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from gridmap import polygons
from gridmap.coverage import METRIC_STEP, dissolve
from gridmap.levels import LEVELS
from gridmap.store import Database

#: Wider than so many km, only features of the base map down to this rank are drawn.
_BASE_RANKS = ((15.0, 5), (40.0, 3), (80.0, 2))
_ROAD_WIDTHS_M = {1: 32.0, 2: 22.0, 3: 11.0, 4: 6.0}


def crs_of(db: Database) -> str:
    """Return the metric CRS of the store."""
    return db.setting("crs", "EPSG:4547") or "EPSG:4547"


def leaves_on(db: Database, day: date) -> gpd.GeoDataFrame:
    """Return the leaf cells in force on a day.

    Returns
    -------
    Frame with region_id, level, code, name, parent_id, kind, geometry (metric CRS of the store), one
    row per leaf, ordered by code
    """
    return polygons.with_geometry(db.query("versions/leaves_on", on_day=day), crs_of(db))


def regions_on(db: Database, day: date) -> pd.DataFrame:
    """Return all regions in force on a day, without polygons.

    Returns
    -------
    Frame with region_id, level, code, name, parent_id, kind, is_leaf, valid_from, valid_to
    """
    return db.query("versions/regions_on", on_day=day)


def levels_in_use(db: Database, day: date) -> tuple[str, ...]:
    """Return the levels that have regions on a day, the uppermost first."""
    present = set(regions_on(db, day)["level"])
    return tuple(level.key for level in LEVELS if level.key in present)


def map_of(
    db: Database, *, level: str, on: date | None = None, within: int | None = None
) -> gpd.GeoDataFrame:
    """Return the polygons of a level on a day; parents are exact sums of their leaves.

    Parameters
    ----------
    db : the open store
    level : level of the regions
    on : day; the store's today when omitted
    within : only regions below this region

    Returns
    -------
    Frame with region_id, code, name, parent_id, kind, geometry (metric CRS of the store), one row per
    region, ordered by code
    """
    day = on or db.now().date()
    rows = db.query("versions/leaves_of_level", level=level, on_day=day, within=within)
    leaves = polygons.with_geometry(rows, crs_of(db))
    single = ~leaves["region_id"].duplicated(keep=False)
    summed = [leaves[single], *(_summed(group) for _, group in leaves[~single].groupby("region_id"))]
    together = pd.concat(summed, ignore_index=True).sort_values("code", ignore_index=True)
    return gpd.GeoDataFrame(together, geometry="geometry", crs=leaves.crs)


def base_features(db: Database, kind: str, *, box: Sequence[float], margin: float) -> gpd.GeoDataFrame:
    """Return the base features of a kind in a box and around it, the fewer the larger it is.

    Parameters
    ----------
    db : the open store
    kind : as in the store (road, water, green, ...)
    box : west, south, east, north in metres
    margin : land around the box, as a share of its longer side

    Returns
    -------
    Frame with name, width_m (of roads) and geometry in the metric CRS of the store; one row per feature
    """
    west, south, east, north = box
    side_m = max(east - west, north - south)
    around_m = side_m * margin
    max_rank = next((rank for limit_km, rank in _BASE_RANKS if side_m / 1000 <= limit_km), 1)
    rows = db.query(
        "screens/base_features", kind=kind, max_rank=max_rank, min_x=west - around_m,
        min_y=south - around_m, max_x=east + around_m, max_y=north + around_m,
    )  # fmt: skip
    widths = rows["rank"].map(_ROAD_WIDTHS_M).fillna(3.0)
    return polygons.with_geometry(rows.assign(width_m=widths), crs_of(db))


def _summed(leaves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Make one row of the leaves of one region, its land their exact sum."""
    on_lattice = polygons.to_lattice(np.asarray(leaves.geometry.array), step=METRIC_STEP)
    land = polygons.from_lattice(polygons.as_array([dissolve(on_lattice)]), step=METRIC_STEP)
    return leaves.head(1).assign(geometry=gpd.GeoSeries(land, index=leaves.index[:1], crs=leaves.crs))
