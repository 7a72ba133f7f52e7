"""Which CRS a file is read in, and whether its numbers can be of that CRS."""

from __future__ import annotations

import numpy as np

from gridmap.crs import Area, Crs, Floats, is_inexact, parse_crs, same_place
from gridmap.errors import UnreadableInput
from gridmap.findings import Finding

#: A contradiction of most numbers is one of the file; a contradiction of fewer is one of those rows.
_MOST = 0.5
_WHOLE_EARTH = Area(-180.0, -90.0, 180.0, 90.0)


def choose_crs(
    shown: str, of_file: Crs | None, stated: bool, declared: str | None
) -> tuple[Crs, tuple[Finding, ...]]:
    """Return the CRS to read a file in, and what there is to say about it.

    The declared CRS wins. When the file itself states another place for the same numbers, that is a
    warning; a CRS that only the format implies (GeoJSON) is overruled without a word.

    Raises
    ------
    UnreadableInput : when the file has no CRS and none is declared
    UsageError : when the declared CRS is unknown
    """
    chosen = parse_crs(declared) if declared else of_file
    if chosen is None:
        raise UnreadableInput(
            f"{shown} does not say which CRS its coordinates are in. Declare it: --crs wgs84, gcj02 (Amap, "
            "Tencent), bd09 (Baidu), cgcs2000 or an EPSG code."
        )
    remarks = []
    if declared and stated and of_file is not None and not same_place(chosen, of_file):
        message = f"{shown} says it is in {of_file.name}; it was read as {chosen.name}, as declared."
        remarks.append(Finding("file.crs_overruled", "warning", message, file=shown))
    if is_inexact(chosen):
        message = (
            f"{shown} is in {chosen.name}, whose datum cannot be tied exactly to WGS-84: places may be off "
            "by some tens to hundreds of metres. Have it converted to CGCS2000 where that matters."
        )
        remarks.append(Finding("file.inexact_datum", "warning", message, file=shown))
    return chosen, tuple(remarks)


def doubts_about(crs: Crs, points: Floats, *, swapped_is_for_rows: bool = False) -> str | None:
    """Return why the numbers cannot be of the CRS, with the way out; None when they can.

    Parameters
    ----------
    crs : CRS that the numbers are said to be in
    points : coordinates, shape (n, 2)
    swapped_is_for_rows : latitude before longitude is told row by row, not here
    """
    finite = points[np.isfinite(points).all(axis=1)]
    if not len(finite):
        return None
    x, y = finite[:, 0], finite[:, 1]
    shown = f"{float(x[0]):.6g}, {float(y[0]):.6g}"
    if crs.is_lonlat:
        swapped = _WHOLE_EARTH.holds(y, x).mean() > _MOST
        return None if swapped and swapped_is_for_rows else _no_degrees(crs, x, y, shown)
    if _looks_like_degrees(crs, x, y):
        return (
            f"the coordinates (such as {shown}) look like longitude and latitude, but the CRS is {crs.name}, "
            "which is in metres or feet. Declare the right one with --crs (wgs84, gcj02, bd09 or cgcs2000)."
        )
    return None


def _no_degrees(crs: Crs, x: Floats, y: Floats, shown: str) -> str | None:
    outside = ~_WHOLE_EARTH.holds(x, y)
    if outside.mean() <= _MOST:
        return None
    if _WHOLE_EARTH.holds(y, x).mean() > _MOST:
        return (
            f"the coordinates (such as {shown}) look like latitude before longitude; {crs.name} is read "
            "longitude first. Swap the two."
        )
    return (
        f"the coordinates (such as {shown}) are no degrees, but the CRS is {crs.name}. Declare the right "
        "one with --crs, such as EPSG:4547."
    )


def _looks_like_degrees(crs: Crs, x: Floats, y: Floats) -> bool:
    """Return whether most points, taken as degrees, lies where a metric CRS is meant to be used."""
    area = crs.proj.area_of_use
    where = Area(area.west, area.south, area.east, area.north).widened(3.0) if area else _WHOLE_EARTH
    return bool(where.holds(x, y).mean() > _MOST)
