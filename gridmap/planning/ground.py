"""What lies on the ground: buildings that borders cut, roads that borders cross, centres within reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from gridmap import polygons
from gridmap.coverage import Coverage
from gridmap.polygons import Geometries

#: A building counts as cut when a second cell holds more of it than this.
CUT_M2, CUT_SHARE = 1.0, 0.01
#: A border runs along a road when it is no further from its middle line than this.
ALONG_M = 10.0


def cut_buildings(footprints: Geometries, coverage: Coverage, codes: Sequence[str]) -> pd.DataFrame:
    """List the buildings that lie in more than one of some cells.

    A building is cut when cells other than the one with most of it hold more than 1 m2 and 1 % of it each:
    less comes from footprints drawn inexactly.

    Parameters
    ----------
    footprints : polygons in the CRS of the coverage, shape (n,)
    coverage : the map
    codes : the cells to look at

    Returns
    -------
    Frame with building (position in `footprints`) and code, one row per building and cell that holds a part
    """
    cells = polygons.from_lattice(polygons.as_array(map(coverage.land, codes)), step=coverage.step)
    found = pd.DataFrame({"building": [], "code": []}).astype({"building": "int64", "code": object})
    if not len(footprints) or not len(cells):
        return found
    building, cell = shapely.STRtree(cells).query(footprints, predicate="intersects")
    area = shapely.area(footprints)[building] * _m2(coverage)
    part = shapely.area(shapely.intersection(footprints[building], cells[cell])) * _m2(coverage)
    held = part > np.maximum(CUT_M2, CUT_SHARE * area)
    parts = pd.DataFrame({"building": building[held], "code": np.array(codes, dtype=object)[cell[held]]})
    several = parts["building"].duplicated(keep=False)
    return parts[several].sort_values(["building", "code"], ignore_index=True)


def _m2(coverage: Coverage) -> float:
    """Return how many square metres a square unit of the coverage's CRS has."""
    return float((coverage.metres_per_step / coverage.step) ** 2)


def inner_borders(coverage: Coverage, codes: Sequence[str]) -> shapely.MultiLineString:
    """Return the borders of some cells that have a cell on the other side as well, in the CRS's unit."""
    near = {other for code in codes for other in coverage.near(coverage.land(code).bounds)}
    own, _ = polygons.directed_segments(polygons.as_array(coverage.land(code) for code in codes))
    around, _ = polygons.directed_segments(polygons.as_array(coverage.land(code) for code in sorted(near)))
    beside = set(map(tuple, around[:, [2, 3, 0, 1]].tolist()))
    once = {min(side, (*side[2:], *side[:2])) for side in map(tuple, own.tolist()) if side in beside}
    lines = np.array(sorted(once), dtype=float).reshape(-1, 2, 2) / round(1 / coverage.step)
    return shapely.multilinestrings(shapely.linestrings(lines)) if len(lines) else shapely.MultiLineString()


def road_crossings(roads: Geometries, borders: shapely.MultiLineString) -> pd.DataFrame:
    """List where roads pass from one cell into another.

    A road that runs along a border does not cross it, nor does one that ends there.

    Parameters
    ----------
    roads : lines in the unit of the borders, shape (n,)
    borders : borders between cells

    Returns
    -------
    Frame with road (position in `roads`), x, y, one row per crossing
    """
    if not len(roads) or borders.is_empty:
        return pd.DataFrame({"road": [], "x": [], "y": []}).astype({"road": "int64"})
    shapely.prepare(borders)
    touching = np.flatnonzero(shapely.intersects(roads, borders))
    met, road = shapely.get_parts(shapely.intersection(roads[touching], borders), return_index=True)
    points = shapely.get_type_id(met) == shapely.GeometryType.POINT
    ends = shapely.boundary(roads[touching][road[points]])
    inside = shapely.disjoint(met[points], ends)
    at = met[points][inside]
    return pd.DataFrame(
        {"road": touching[road[points][inside]], "x": shapely.get_x(at), "y": shapely.get_y(at)}
    )


def share_along_roads(
    roads: Geometries, borders: shapely.MultiLineString, *, within: float = ALONG_M
) -> float:
    """Return the share of a border's length that is no further than so much from a road.

    Parameters
    ----------
    roads : lines in metres, shape (n,)
    borders : borders between cells
    within : distance in metres

    Returns
    -------
    Share from 0 to 1; nan where there is no border
    """
    if borders.is_empty:
        return float("nan")
    near = roads[shapely.dwithin(roads, borders, within)] if len(roads) else roads
    beside = shapely.intersection(borders, shapely.union_all(shapely.buffer(near, within)))
    return float(beside.length / borders.length)


def nearest_m(points: pd.DataFrame, centres: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return how far each point is from the nearest centre, as the crow flies; inf without any centre.

    Parameters
    ----------
    points, centres : x, y in metres
    """
    if centres.empty or points.empty:
        return np.full(len(points), np.inf)
    return np.asarray(cKDTree(centres[["x", "y"]].to_numpy()).query(points[["x", "y"]].to_numpy())[0])
