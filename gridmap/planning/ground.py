"""What lies on the ground: buildings that borders cut, roads that borders cross, centres within reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

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
    several = pd.Series(building).duplicated(keep=False).to_numpy()
    building, cell = building[several], cell[several]
    area = shapely.area(footprints)[building] * _m2(coverage)
    part = shapely.area(shapely.intersection(footprints[building], cells[cell])) * _m2(coverage)
    held = part > np.maximum(CUT_M2, CUT_SHARE * area)
    parts = pd.DataFrame({"building": building[held], "code": np.array(codes, dtype=object)[cell[held]]})
    still = parts["building"].duplicated(keep=False)
    return parts[still].sort_values(["building", "code"], ignore_index=True)


def _m2(coverage: Coverage) -> float:
    """Return how many square metres a square unit of the coverage's CRS has."""
    return float((coverage.metres_per_step / coverage.step) ** 2)


def inner_borders(coverage: Coverage, codes: Sequence[str]) -> BaseGeometry:
    """Return the borders of some cells that have a cell on the other side as well, in the CRS's unit."""
    return _as_lines(_inner_sides(coverage, codes), coverage)


def borders_moved(
    base: Coverage, old: Sequence[str], draft: Coverage, new: Sequence[str]
) -> tuple[BaseGeometry, BaseGeometry]:
    """Return the borders between cells that are no longer there, and those that were not.

    Parameters
    ----------
    base, draft : the maps before and after
    old, new : the cells that differ, before and after
    """
    before, after = _inner_sides(base, old), _inner_sides(draft, new)
    return _as_lines(before - after, base), _as_lines(after - before, draft)


def _inner_sides(coverage: Coverage, codes: Sequence[str]) -> set[tuple[int, ...]]:
    near = {other for code in codes for other in coverage.near(coverage.land(code).bounds)}
    own, _ = polygons.directed_segments(polygons.as_array(coverage.land(code) for code in codes))
    around, _ = polygons.directed_segments(polygons.as_array(coverage.land(code) for code in sorted(near)))
    beside = set(map(tuple, around[:, [2, 3, 0, 1]].tolist()))
    return {min(side, (*side[2:], *side[:2])) for side in map(tuple, own.tolist()) if side in beside}


def _as_lines(sides: set[tuple[int, ...]], coverage: Coverage) -> BaseGeometry:
    lines = np.array(sorted(sides), dtype=float).reshape(-1, 2, 2) / round(1 / coverage.step)
    return shapely.multilinestrings(shapely.linestrings(lines)) if len(lines) else shapely.MultiLineString()


def road_crossings(roads: Geometries, borders: BaseGeometry) -> pd.DataFrame:
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
    sides = shapely.get_parts(borders)
    side, touching = shapely.STRtree(roads).query(sides, predicate="intersects")
    road = np.unique(touching)
    met = [shapely.intersection(roads[at], shapely.union_all(sides[side[touching == at]])) for at in road]
    parts, of = shapely.get_parts(met, return_index=True)
    points = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    inside = points & shapely.disjoint(parts, shapely.boundary(roads[road[of]]))
    at, road = parts[inside], road[of][inside]
    return pd.DataFrame({"road": road, "x": shapely.get_x(at), "y": shapely.get_y(at)})


def share_along_roads(roads: Geometries, borders: BaseGeometry, *, within: float = ALONG_M) -> float:
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
    sides = shapely.get_parts(borders)
    _, near = shapely.STRtree(roads).query(sides, predicate="dwithin", distance=within)
    strips = shapely.buffer(roads[np.unique(near)], within, quad_segs=4)
    return float(shapely.intersection(borders, shapely.union_all(strips)).length / borders.length)


def nearest_m(points: pd.DataFrame, centres: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return how far each point is from the nearest centre, as the crow flies; inf without any centre.

    Parameters
    ----------
    points, centres : x, y in metres
    """
    if centres.empty or points.empty:
        return np.full(len(points), np.inf)
    from scipy.spatial import cKDTree  # here, for scipy takes long to read and most commands need none of it

    return np.asarray(cKDTree(centres[["x", "y"]].to_numpy()).query(points[["x", "y"]].to_numpy())[0])
