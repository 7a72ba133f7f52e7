"""Many polygons that tile land: the integer lattice, the certificate, and what breaks it.

The certificate is a statement about integers. Take all ring segments of all cells, shells
counter-clockwise. If (a) no directed segment occurs twice, (b) the segments without a twin in the
other direction are exactly the boundary of one valid area, the outline, and (c) every ring is valid,
then every point inside the outline lies in exactly one cell: there is no gap and no overlap. (The sum
of the cells' indicator functions has the same boundary as the outline's, hence equals it.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.errors import UsageError
from gridmap.findings import Finding
from gridmap.polygons import Geometries, Integers

METRIC_STEP = 0.001
DEGREE_STEP = 1e-9
METRES_PER_DEGREE = 111_320.0

#: Narrower holes in a coverage are gaps between neighbours, not lakes.
SLIVER_M = 1.0


@dataclass(frozen=True)
class Certificate:
    """Hold the outcome of the exact test; it is true when the cells tile their land exactly.

    Parameters
    ----------
    exact : whether (a), (b) and (c) hold, holes being taken as outline
    slivers : holes nowhere as wide as SLIVER_M, which no lake or missing cell explains: gaps
    repeated : directed segments that occur more than once (two cells on the same side)
    unmatched : segments without a twin that are not on the outline
    invalid : codes of cells with an invalid ring
    outline : the land covered, in lattice steps; its holes are lakes, missing cells or gaps
    """

    exact: bool
    slivers: int
    repeated: int
    unmatched: int
    invalid: tuple[str, ...]
    outline: BaseGeometry

    @property
    def holds(self) -> bool:
        """Return whether the cells tile their land exactly, without overlap and without gap."""
        return self.exact and not self.slivers

    def __bool__(self) -> bool:
        return self.holds


@dataclass(frozen=True)
class Coverage:
    """Hold the cells of one level on the integer lattice.

    Parameters
    ----------
    codes : code of each cell, unique
    cells : polygons in lattice steps, whole numbers, shells counter-clockwise
    step : size of a step in the unit of the CRS
    crs : CRS of the cells, empty where unknown
    """

    codes: tuple[str, ...]
    cells: Geometries
    step: float = METRIC_STEP
    crs: str = ""

    @classmethod
    def from_frame(cls, frame: gpd.GeoDataFrame, *, code: str = "code") -> Coverage:
        """Put the polygons of a frame on the lattice: 1 mm in a projected CRS, 1e-9 degree otherwise.

        Parameters
        ----------
        frame : polygons or multipolygons, in any CRS
        code : column with the code of each cell

        Raises
        ------
        UsageError : when the column is missing, a code occurs twice or a geometry is not an area
        """
        codes = _unique_codes(frame, code)
        _require_areas(frame, codes)
        step = step_of(frame.crs)
        cells = polygons.to_lattice(np.asarray(frame.geometry.array), step=step)
        return cls(codes, cells, step, frame.crs.to_string() if frame.crs else "")

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the cells as a frame with columns code and geometry, in the CRS they came in."""
        geometry = polygons.from_lattice(self.cells, step=self.step)
        return gpd.GeoDataFrame({"code": list(self.codes)}, geometry=geometry, crs=self.crs or None)

    def certificate(self) -> Certificate:
        """Decide by comparing integers whether the cells tile their outline exactly."""
        return certify(self.codes, self.cells, step=self.step)


def step_of(crs: pyproj.CRS | None) -> float:
    """Return the lattice step for a CRS, in its own unit."""
    return DEGREE_STEP if crs is not None and crs.is_geographic else METRIC_STEP


def certify(codes: Sequence[str], cells: Geometries, *, step: float = METRIC_STEP) -> Certificate:
    """Run the exact test of this module on lattice polygons.

    Without an outline from elsewhere a hole may be a lake. One nowhere as wide as SLIVER_M is not: it counts
    as a gap, so that a corner moved by a millimetre is noticed whichever way it moved.

    Parameters
    ----------
    codes : code of each cell
    cells : polygons in lattice steps, shells counter-clockwise
    step : size of a lattice step in the unit of the CRS
    """
    segments, _ = polygons.directed_segments(cells)
    repeated = len(segments) - len(np.unique(segments, axis=0))
    border = without_twin(segments)
    outline = area_within(border)
    own, _ = polygons.directed_segments(polygons.oriented(polygons.as_array([outline])))
    unmatched = _differing(border, own)
    invalid = tuple(code for code, valid in zip(codes, shapely.is_valid(cells), strict=True) if not valid)
    exact = not repeated and not unmatched and not invalid and bool(shapely.is_valid(outline))
    widest = SLIVER_M / (step if step == METRIC_STEP else step * METRES_PER_DEGREE)
    slivers = sum(
        polygons.width(hole) < widest for hole in gaps(outline) if polygons.mean_width(hole) < widest
    )
    return Certificate(exact, slivers, repeated, unmatched, invalid, outline)


def without_twin(segments: Integers) -> Integers:
    """Return the directed segments whose reverse is not among them."""
    keys, reverse = _keys(segments), _keys(segments[:, [2, 3, 0, 1]])
    return segments[~np.isin(keys, reverse)]


def area_within(border: Integers) -> BaseGeometry:
    """Return the area on the left of directed segments that form closed rings."""
    faces, is_land = _faces(border)
    return polygons.areas_only(shapely.MultiPolygon(list(faces[is_land])))


def _faces(border: Integers) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    """Cut the plane by directed segments into bounded faces, and say which of them are land.

    Land are the faces whose own boundary runs the same way as the segments. (An even-odd rule would be
    wrong where rings touch in points.)
    """
    lines = shapely.linestrings(border.reshape(-1, 2, 2).astype(float))
    faces = polygons.oriented(shapely.get_parts(shapely.polygonize(lines)))
    segments, face = polygons.directed_segments(faces)
    is_land = np.zeros(len(faces), dtype=bool)
    is_land[face[np.isin(_keys(segments), _keys(border))]] = True
    return faces, is_land


def overlaps(codes: Sequence[str], cells: Geometries) -> list[tuple[str, str, BaseGeometry]]:
    """Return every pair of cells that share land, with the land they share, in code order."""
    first, second = shapely.STRtree(cells).query(cells, predicate="intersects")
    pairs = first < second
    shared = shapely.intersection(cells[first[pairs]], cells[second[pairs]])
    found = zip(first[pairs], second[pairs], shared, strict=True)
    return [(codes[a], codes[b], polygons.areas_only(land)) for a, b, land in found if land.area > 0]


def gaps(outline: BaseGeometry) -> list[BaseGeometry]:
    """Return the land an outline encloses without holding it, also where it touches the outside in points."""
    border, _ = polygons.directed_segments(polygons.oriented(polygons.as_array([outline])))
    faces, is_land = _faces(border)
    return list(faces[~is_land])


def dissolve(cells: Geometries) -> BaseGeometry:
    """Return the sum of lattice cells; exact, since shared borders cancel segment by segment."""
    segments, _ = polygons.directed_segments(cells)
    return cast(BaseGeometry, polygons.oriented(polygons.as_array([area_within(without_twin(segments))]))[0])


def faults(coverage: Coverage, *, level: str = "") -> list[Finding]:
    """List what breaks a coverage: invalid rings, overlaps, gaps, borders that do not match.

    Parameters
    ----------
    coverage : the cells to look at
    level : level to name in the findings

    Returns
    -------
    Findings with area (m2), greatest width (m) and a point inside each fault; gaps are warnings,
    since a lake or a missing cell may be meant, everything else is an error
    """
    site = Site(coverage.step, coverage.crs, level)
    certificate = coverage.certificate()
    drawn = zip(coverage.codes, coverage.cells, strict=True)
    found = [_invalid_ring(code, cell, site) for code, cell in drawn if not cell.is_valid]
    sound = polygons.as_array(cell if cell.is_valid else shapely.make_valid(cell) for cell in coverage.cells)
    found += [site.overlap((a, b), land) for a, b, land in overlaps(coverage.codes, sound)]
    found += [site.gap(hole) for hole in gaps(certificate.outline)]
    if certificate.unmatched and not found:
        found.append(_unmatched(coverage, certificate, site))
    return found


@dataclass(frozen=True)
class Site:
    """Know how to say where a piece of lattice land is and how large.

    Parameters
    ----------
    step : size of a lattice step in the CRS's unit
    crs : CRS of the lattice, empty where unknown
    level : level to name in the findings
    """

    step: float
    crs: str
    level: str = ""

    def area_m2(self, land: BaseGeometry) -> float:
        """Return the area of lattice land; in square metres when the CRS is metric."""
        return float(land.area * self.step**2)

    def lon_lat(self, land: BaseGeometry) -> tuple[float | None, float | None]:
        """Return a point inside the land in WGS-84 degrees, (None, None) when the CRS is unknown."""
        if not self.crs or land.is_empty:
            return None, None
        point = shapely.point_on_surface(land)
        lon, lat = _to_degrees(self.crs).transform(point.x * self.step, point.y * self.step)
        return round(lon, 6), round(lat, 6)

    def about(self, land: BaseGeometry) -> dict[str, Any]:
        """Return the fields of a finding that say how much land it concerns and where it is."""
        lon, lat = self.lon_lat(land)
        return {
            "level": self.level,
            "amount": round(self.area_m2(land), 3),
            "unit": "m2",
            "lon": lon,
            "lat": lat,
            "width_m": round(polygons.width(land) * self.step, 3),
        }

    def overlap(self, codes: tuple[str, ...], land: BaseGeometry) -> Finding:
        """Describe land claimed by two cells."""
        about = self.about(land)
        return Finding("coverage.overlap", "error", codes=codes, **about, message=(
            f"{' and '.join(codes)} both claim {about['amount']:,.2f} m2, "
            f"up to {about['width_m']:.2f} m wide. Mend the drawing, or load with --repair."))  # fmt: skip

    def gap(self, land: BaseGeometry) -> Finding:
        """Describe land inside the outline that no cell covers."""
        about = self.about(land)
        return Finding("coverage.gap", "warning", **about, message=(
            f"No cell covers {about['amount']:,.2f} m2 inside the outline, "
            f"up to {about['width_m']:.2f} m wide. A lake or a missing cell may stay; "
            "a drawing fault is closed with --repair."))  # fmt: skip


@cache
def _to_degrees(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def _invalid_ring(code: str, cell: BaseGeometry, site: Site) -> Finding:
    reason = shapely.is_valid_reason(cell)
    lon, lat = site.lon_lat(cell)
    return Finding("coverage.invalid_ring", "error", f"The ring of {code} is invalid: {reason} (in lattice "
                   "steps). Mend the drawing, or load with --repair.",
                   level=site.level, codes=(code,), amount=1, unit="cells", lon=lon, lat=lat)  # fmt: skip


def _unmatched(coverage: Coverage, certificate: Certificate, site: Site) -> Finding:
    edges = shapely.coverage_invalid_edges(coverage.cells)
    codes = tuple(code for code, edge in zip(coverage.codes, edges, strict=True) if not edge.is_empty)
    length_m = float(shapely.length(edges).sum() * site.step / 2)
    return Finding("coverage.unmatched_border", "error",
                   f"{certificate.unmatched} border segments of {len(codes)} cells have no equal segment "
                   "in the neighbour (a corner that the other side does not know). Load with --repair.",
                   level=site.level, codes=codes[:20], amount=round(length_m, 3), unit="m")  # fmt: skip


def _keys(segments: Integers) -> Any:
    """View each segment as one comparable value."""
    return np.ascontiguousarray(segments).view([("", np.int64)] * 4).ravel()


def _differing(first: Integers, second: Integers) -> int:
    return len(np.setxor1d(_keys(first), _keys(second)))


def _unique_codes(frame: gpd.GeoDataFrame, code: str) -> tuple[str, ...]:
    if code not in frame.columns:
        columns = ", ".join(map(str, frame.columns))
        raise UsageError(f"The frame has no column '{code}'. Its columns: {columns}.")
    codes = frame[code].astype(str)
    twice = sorted(set(codes[codes.duplicated()]))
    if twice:
        raise UsageError(
            f"{len(twice)} codes occur more than once: {', '.join(twice[:10])}. Codes must be unique."
        )
    return tuple(codes)


def _require_areas(frame: gpd.GeoDataFrame, codes: tuple[str, ...]) -> None:
    kinds = pd.Series(frame.geometry.geom_type.to_numpy(), index=list(codes))
    wrong = kinds[~kinds.isin(["Polygon", "MultiPolygon"])]
    if len(wrong):
        raise UsageError(f"{len(wrong)} geometries are not areas: {', '.join(wrong.index[:10])}.")
