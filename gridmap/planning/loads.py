"""What lies in which cell: points with weights, summed by cell, and what passes from cell to cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridmap import polygons
from gridmap.coverage import Coverage
from gridmap.index import PlacementIndex

Codes = npt.NDArray[np.object_]

#: Land narrower than this comes from rounding a new corner to the lattice; it passed to nobody.
CRUMB_M = 0.003


def cell_of(points: pd.DataFrame, coverage: Coverage) -> Codes:
    """Return the code of the cell each point lies in, "" for none.

    Parameters
    ----------
    points : x, y in the CRS of the coverage, one row per point
    coverage : the cells
    """
    if not len(coverage.codes) or points.empty:
        return np.full(len(points), "", dtype=object)
    index = PlacementIndex(coverage.to_frame(), code="code")
    return np.asarray(index.place(points["x"].to_numpy(), points["y"].to_numpy()), dtype=object)


def load(
    points: pd.DataFrame, coverage: Coverage, *, weights: Sequence[str], cells: Codes | None = None
) -> pd.DataFrame:
    """Sum the weights of points by cell.

    Parameters
    ----------
    points : x, y in the CRS of the coverage, and a column for every weight
    coverage : the cells
    weights : the columns to sum
    cells : the cell each point lies in, when it is known already

    Returns
    -------
    Frame with the weights, one row per cell, 0 where nothing lies, indexed by code. A last row with an empty
    code holds what lies in no cell, if anything does
    """
    at = cell_of(points, coverage) if cells is None else cells
    summed = points[list(weights)].groupby(np.asarray(at, dtype=object)).sum()
    known = summed.reindex([*coverage.codes, *([""] if "" in summed.index else [])], fill_value=0.0)
    return known.rename_axis("code").astype(float)


def passed(points: pd.DataFrame, before: Codes, after: Codes, *, weights: Sequence[str]) -> pd.DataFrame:
    """Return the transition matrix, in long form: what lay in one cell before and lies in another after.

    Parameters
    ----------
    points : a column for every weight, one row per point
    before, after : the cell each point lay in and lies in
    weights : the columns to sum

    Returns
    -------
    Frame with from_code, to_code and the weights, one row per pair of different cells
    """
    moved = np.asarray(before != after, dtype=bool)
    keys = [pd.Series(before[moved], name="from_code"), pd.Series(after[moved], name="to_code")]
    return points.loc[moved, list(weights)].reset_index(drop=True).groupby(keys).sum().reset_index()


def land_passed(base: Coverage, draft: Coverage, codes: Sequence[str], now: Sequence[str]) -> pd.DataFrame:
    """Return the land that passes between cells, in square metres.

    Parameters
    ----------
    base, draft : the maps before and after
    codes, now : the cells that differ, before and after

    Returns
    -------
    Frame with from_code, to_code, area_m2, one row per pair of cells that share land
    """
    givers = polygons.as_array(base.land(code) for code in codes)
    receivers = polygons.as_array(draft.land(code) for code in now)
    to, of = shapely.STRtree(givers).query(receivers, predicate="intersects")
    shared = shapely.intersection(givers[of], receivers[to])
    wide = np.array(
        [polygons.mean_width(land) * base.metres_per_step > CRUMB_M for land in shared], dtype=bool
    )
    return pd.DataFrame({
        "from_code": np.array(codes, dtype=object)[of[wide]],
        "to_code": np.array(now, dtype=object)[to[wide]],
        "area_m2": shapely.area(shared[wide]) * base.metres_per_step**2,
    })  # fmt: skip
