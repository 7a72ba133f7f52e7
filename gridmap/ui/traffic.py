"""What travels between boundary editor and browser: cells in whole millimetres, and changes of them. Pure.

A ring is a flat list: x, y of its first corner from the origin, then the step to each next one. The whole
map travels once; after that only the cells that have changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.coverage import Coverage
from gridmap.nesting import Region
from gridmap.planning import Baseline
from gridmap.polygons import Geometries

#: What the editor shows of every cell.
LOADS = ("people", "households", "petitions", "rental_buildings", "risk_weight")
#: The origin lies on a whole number of these (1 km), so that it is the same for every state of a draft.
_ORIGIN_STEPS = 1_000_000
#: What lies on the map is told to the browser by squares of this side, in metres.
_BIN_M = 20.0
#: What is drawn on the ground travels in decimetres.
_GROUND_PER_M = 10

Origin = tuple[int, int]


def origin_of(coverage: Coverage) -> Origin:
    """Return the corner that coordinates are counted from, in lattice steps."""
    west, south = (int(value) for value in coverage.bounds[:, :2].min(axis=0))
    return west // _ORIGIN_STEPS * _ORIGIN_STEPS, south // _ORIGIN_STEPS * _ORIGIN_STEPS


def whole(coverage: Coverage, origin: Origin) -> dict[str, Any]:
    """Return all cells and regions of a map, by code."""
    return {
        "cells": {code: rings(coverage.land(code), origin) for code in coverage.codes},
        "regions": {code: _said(coverage.region(code)) for code in {*coverage.regions, *coverage.codes}},
    }


def changes(before: Coverage, after: Coverage, origin: Origin) -> dict[str, Any]:
    """Return the cells and regions that differ between two states, by code; None for those that are gone."""
    lands = (dict(zip(state.codes, state.cells, strict=True)) for state in (before, after))
    was, is_ = lands
    cells = {code: rings(is_[code], origin) if code in is_ else None
             for code in [*is_, *(code for code in was if code not in is_)]
             if was.get(code) is not is_.get(code) and was.get(code) != is_.get(code)}  # fmt: skip
    regions = {code: _said(after.regions[code]) if code in after.regions else None
               for code in {*before.regions, *after.regions}
               if before.regions.get(code) != after.regions.get(code)}  # fmt: skip
    return {"cells": cells, "regions": regions}


def loads_of(baseline: Baseline, codes: Iterable[str]) -> dict[str, list[float]]:
    """Return the LOADS of some cells."""
    known = baseline.loads.reindex(columns=list(LOADS), fill_value=0.0)
    rows = known.loc[[code for code in codes if code in known.index]].round(2)
    return dict(zip(rows.index, rows.to_numpy().tolist(), strict=True))


def points(baseline: Baseline, origin: Origin) -> dict[str, list[float]]:
    """Return what lies on the map by small squares, for totals while a border is dragged.

    Returns
    -------
    x, y in decimetres from the origin, and LOADS; one entry per square
    """
    frame = baseline.points.reindex(columns=["x", "y", *LOADS], fill_value=0.0)
    frame = frame[(frame[list(LOADS)] > 0).any(axis=1)]
    square = [np.floor(frame[axis] / _BIN_M).astype(int).rename(f"{axis}_square") for axis in ("x", "y")]
    grouped = frame.groupby(square)
    place = (grouped[["x", "y"]].mean() - np.array(origin) / 1000) * _GROUND_PER_M
    summed = grouped[list(LOADS)].sum().round(2)
    columns: pd.DataFrame = place.round().astype(int).join(summed)
    return {str(name): _short(columns[name]) for name in columns}


def rings(land: BaseGeometry, origin: Origin) -> list[list[int]]:
    """Return the rings of a polygon as flat lists of steps."""
    return [_flat(line, np.asarray(origin)) for line in shapely.get_rings(shapely.get_parts(land))]


def drawn(shapes: Geometries, origin: Origin) -> list[list[int]]:
    """Return lines, or the outer rings of areas, as flat lists of steps in decimetres.

    Parameters
    ----------
    shapes : lines and polygons in metres
    origin : in lattice steps
    """
    is_area = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    lines = np.where(is_area, shapely.get_exterior_ring(shapes), shapes)
    corner = np.asarray(origin) / 1000
    return [_steps((shapely.get_coordinates(line) - corner) * _GROUND_PER_M) for line in lines]


def _flat(line: BaseGeometry, corner: np.ndarray[Any, Any]) -> list[int]:
    return _steps(shapely.get_coordinates(line)[:-1] - corner)


def _steps(coordinates: np.ndarray[Any, Any]) -> list[int]:
    whole_numbers = np.rint(coordinates).astype(np.int64)
    return [int(n) for n in np.diff(whole_numbers, axis=0, prepend=[[0, 0]]).ravel()]


def _short(values: pd.Series) -> list[float]:
    """Return whole numbers without a point."""
    return [int(value) if value == int(value) else float(value) for value in values]


def _said(region: Region) -> list[str]:
    return [region.name, region.level, region.parent, region.kind]
