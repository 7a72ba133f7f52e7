"""The land as maps draw it: cells, leaf cells with who is in charge, heat; no finer than a screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd

from gridmap import maps, regions
from gridmap.periods import Period
from gridmap.ui.data import answered, ask, database, made, tree
from gridmap.ui.theme import Screen
from gridmap.ui.tree import Cell

_WGS84 = 4326
_DETAIL = Screen().detail
#: Leaf cells are many in little land.
_LEAF_DETAIL = 4000


def inside(level: str, *, day: date, within: Cell, detail: int = _DETAIL) -> gpd.GeoDataFrame:
    """Return the cells of a level inside a cell, for drawing: lon/lat, no finer than a screen shows.

    Parameters
    ----------
    level, within : which cells
    day : day whose boundaries are drawn
    detail : how many dots the longer side of the land is drawn with

    Returns
    -------
    Frame with region_id, code, name, parent_id, kind, geometry; one row per cell
    """
    return _shapes(level, day, within.region_id or None, detail)


@made
def outline(cell: Cell, *, day: date, detail: int = _DETAIL) -> gpd.GeoDataFrame:
    """Return one cell for drawing, or all cells of the highest level for the whole store."""
    if cell.region_id:
        own = _shapes(cell.level, day, cell.parent_id, detail)
        return own[own["region_id"] == cell.region_id]
    levels = tree(day).levels
    return _shapes(levels[0], day, None, detail)


def leaves(day: date, *, detail: int = _DETAIL) -> gpd.GeoDataFrame:
    """Return the leaf cells with `duty` (is anybody in charge?) and `area_m2`, for drawing in lon/lat."""
    return _leaves(day, max(detail, _LEAF_DETAIL) if detail >= _DETAIL else detail)


def heat(
    cell: Cell,
    *,
    period: Period,
    categories: Sequence[str],
    dark: bool,
    bin_m: float = 100.0,
    fewest: int = 1,
) -> tuple[maps.HeatSurface | None, int]:
    """Return the heat surface of the petitions received in a cell, and how many it is made of.

    Parameters
    ----------
    cell, period, categories : which petitions
    dark : whether it is drawn on a dark map
    bin_m : side of the squares they are counted in, in metres
    fewest : squares with fewer petitions are left out
    """
    return _heat(cell.region_id, cell.level, period, tuple(categories), dark, bin_m, fewest)


@answered()
def _shapes(level: str, day: date, within: int | None, detail: int) -> gpd.GeoDataFrame:
    cells = regions.map_of(database(), level=level, on=day, within=within)
    return maps.simplified(cells, pixels=detail).to_crs(_WGS84)


@answered()
def _leaves(day: date, detail: int) -> gpd.GeoDataFrame:
    cells = regions.leaves_on(database(), day)
    duty = ask("coverage_leaves", on_day=day)
    return maps.simplified(cells, pixels=detail).to_crs(_WGS84).merge(duty, on="region_id")


@answered()
def _heat(
    region_id: int,
    level: str,
    period: Period,
    categories: tuple[str, ...],
    dark: bool,
    bin_m: float,
    fewest: int,
) -> tuple[maps.HeatSurface | None, int]:
    bins = ask("heat_bins", region_id=region_id, level=level, since=period.since, until=period.until,
               categories=list(categories), bin_m=bin_m)  # fmt: skip
    bins = bins[bins["n"] >= fewest]
    paint = maps.DARK if dark else maps.LIGHT
    crs, spread_m = regions.crs_of(database()), 1.3 * bin_m if bin_m <= 100 else 0.8 * bin_m
    surface = maps.heat_surface(bins, crs=crs, bin_m=bin_m, spread_m=spread_m, paint=paint)
    return surface, int(bins["n"].sum())
