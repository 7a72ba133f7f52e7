"""Inside the child process: coordinates of records, and why some cannot be used. None is ever mended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyproj

from gridmap.crs import Area, Crs, Floats, area_of, parse_crs, to_metric
from gridmap.sources.source import Booleans

Reasons = npt.NDArray[np.object_]

NONE = "no coordinates"
HALF = "one of the two coordinates is missing"
UNREADABLE = "coordinates are no numbers"
ZERO = "coordinates 0,0"
NO_POINT = "not a point"
CONTRADICT = "coordinates are not of the declared CRS"
OUTSIDE = "outside the plausible area"
SWAPPED_LONLAT = "swapped longitude and latitude"
SWAPPED_XY = "swapped x and y"

_MARGIN_DEGREES = 1.0


@dataclass(frozen=True)
class Places:
    """Hold where the rows of a chunk are.

    Parameters
    ----------
    raw_x, raw_y : coordinates as the file has them, nan where there are none
    x, y : metric coordinates, nan where unusable
    reason : why unusable, None where usable
    """

    raw_x: Floats
    raw_y: Floats
    x: Floats
    y: Floats
    reason: Reasons


@dataclass(frozen=True)
class Ground:
    """Hold the CRS of the coordinates, the metric CRS wanted, and the area where records can be.

    The area is that for which the metric CRS is made, with a degree around it, in metric coordinates.
    """

    crs: Crs
    target: str
    area: Area | None


def ground_of(crs: Crs, target: str) -> Ground:
    """Return the ground that coordinates of one CRS stand on."""
    return Ground(crs, target, _area_in(target))


@cache
def _area_in(target: str) -> Area | None:
    """Return the area where records can be; projecting its sides takes a tenth of a second."""
    degrees = area_of(target)
    if degrees is None:
        return None
    project = pyproj.Transformer.from_crs("EPSG:4326", parse_crs(target).proj, always_xy=True)
    bounds = project.transform_bounds(*degrees.widened(_MARGIN_DEGREES))
    return Area(*bounds) if np.isfinite(bounds).all() else None


def nowhere(rows: int) -> Places:
    """Return the places of rows without coordinates."""
    nothing = np.full(rows, np.nan)
    return Places(nothing, nothing, nothing, nothing, np.full(rows, NONE, dtype=object))


def place(x: Floats, y: Floats, unreadable: Booleans, ground: Ground, *, contradict: bool) -> Places:
    """Return the metric places of coordinates, and why some have none.

    Parameters
    ----------
    x, y : coordinates as the file has them, nan where there are none
    unreadable : whether a coordinate is there but is no number
    ground : CRS and area
    contradict : whether the numbers of the whole file contradict its CRS, so that none can be used
    """
    endless = np.isinf(x) | np.isinf(y)
    x, y, unreadable = np.where(endless, np.nan, x), np.where(endless, np.nan, y), unreadable | endless
    reason: Reasons = np.full(len(x), None, dtype=object)
    reason[np.isnan(x) ^ np.isnan(y)] = HALF
    reason[np.isnan(x) & np.isnan(y)] = NONE
    reason[unreadable] = UNREADABLE
    reason[(x == 0) & (y == 0)] = ZERO
    open_ = reason == np.array(None)
    if contradict:
        reason[open_] = CONTRADICT
        open_[:] = False
    east, north = np.full(len(x), np.nan), np.full(len(x), np.nan)
    east[open_], north[open_] = to_metric(x[open_], y[open_], ground.crs, ground.target)
    bad = open_ & ~_plausible(east, north, ground)
    swapped = bad.copy()
    swapped[bad] = _plausible(*to_metric(y[bad], x[bad], ground.crs, ground.target), ground)
    reason[bad] = OUTSIDE
    reason[swapped] = SWAPPED_LONLAT if ground.crs.is_lonlat else SWAPPED_XY
    east[bad], north[bad] = np.nan, np.nan
    return Places(x, y, east, north, reason)


def _plausible(east: Floats, north: Floats, ground: Ground) -> Booleans:
    finite = np.isfinite(east) & np.isfinite(north)
    return finite if ground.area is None else finite & ground.area.holds(east, north)
