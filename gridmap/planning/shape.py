"""How compact cells are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridmap.coverage import Coverage
from gridmap.polygons import Geometries, as_array

Floats = npt.NDArray[np.float64]


def polsby_popper(cells: Geometries) -> Floats:
    """Return 4 pi area / perimeter squared of each cell: 1 for a circle, 0.785 for a square.

    It falls with every bend of a border, so compare a plan only with the plan before on the same borders.
    Source: Polsby and Popper 1991.

    Parameters
    ----------
    cells : polygons in any planar unit, shape (n,)
    """
    return np.asarray(4 * np.pi * shapely.area(cells) / shapely.length(cells) ** 2)


def reock(cells: Geometries) -> Floats:
    """Return the area of each cell over that of the smallest circle around it.

    A jagged border hardly changes it. Source: Reock 1961.

    Parameters
    ----------
    cells : polygons in any planar unit, shape (n,)
    """
    radius = shapely.minimum_bounding_radius(cells)
    return np.asarray(shapely.area(cells) / (np.pi * radius**2))


def shapes(coverage: Coverage, codes: list[str]) -> pd.DataFrame:
    """Return area and compactness of some cells.

    Returns
    -------
    Frame with area_m2, polsby_popper, reock, one row per cell, indexed by code
    """
    cells = as_array(coverage.land(code) for code in codes)
    area_m2 = shapely.area(cells) * coverage.metres_per_step**2
    return pd.DataFrame({"area_m2": area_m2, "polsby_popper": polsby_popper(cells), "reock": reock(cells)},
                        index=pd.Index(codes, name="code"))  # fmt: skip
