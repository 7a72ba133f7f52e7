"""What breaks a coverage, as findings that say where it is and how large."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage.cells import Coverage
from gridmap.coverage.certificate import Certificate, gaps, overlaps
from gridmap.findings import Finding


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
