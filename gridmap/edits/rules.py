"""What an edit may do, and how a refusal is worded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.coverage import Coverage, Site
from gridmap.errors import EditRefused
from gridmap.nesting import Region


@dataclass(frozen=True)
class Rules:
    """Say what an edit may do.

    Parameters
    ----------
    min_area_m2 : no cell may become smaller than this
    sliver_m : no piece that is cut off may be narrower than this everywhere
    reach_m : a place that names a corner or a border may be this far from it
    snap_m : a cut that ends on a fixed border may end at a corner this far away
    locked : levels whose borders stay where they are; "" stands for parents of unknown level
    unlocked : levels, or codes of regions, that a planner with the right has set free
    allow_enclaves : whether a cell may come to lie wholly inside another
    """

    min_area_m2: float = 10.0
    sliver_m: float = 0.5
    reach_m: float = 0.5
    snap_m: float = 10.0
    locked: Collection[str] = ("city", "district", "street", "community")
    unlocked: Collection[str] = ()
    allow_enclaves: bool = False

    def locks(self, region: Region, *, is_leaf: bool) -> bool:
        """Return whether the border of a region must stay where it is."""
        free = region.level in self.unlocked or region.code in self.unlocked
        return not free and (region.level in self.locked or (not region.level and not is_leaf))

    def locked_line(self, coverage: Coverage, code: str) -> tuple[str, ...]:
        """Return which of a cell and the regions above it have a locked border."""
        return tuple(above for above in coverage.line_of(code)
                     if self.locks(coverage.region(above), is_leaf=coverage.is_leaf(above)))  # fmt: skip


DEFAULT = Rules()


def refusal(
    coverage: Coverage,
    reason: str,
    message: str,
    *,
    codes: Sequence[str] = (),
    land: BaseGeometry | None = None,
) -> EditRefused:
    """Word a refusal, with a point inside the land (lattice steps) it is about."""
    if land is None or land.is_empty:
        return EditRefused(reason, message, codes=codes)
    point = shapely.point_on_surface(land)
    lon_lat = Site(coverage.step, coverage.crs).lon_lat(point)
    per_unit = round(1 / coverage.step)
    return EditRefused(
        reason, message, codes=codes, at=(point.x / per_unit, point.y / per_unit), lon_lat=lon_lat
    )


def titled(coverage: Coverage, code: str) -> str:
    """Return a region's code with its name, as people are told of it."""
    name = coverage.region(code).name
    return f"{code} ({name})" if name and name != code else code


def listed(coverage: Coverage, codes: Sequence[str]) -> str:
    """Return at most five regions in words."""
    shown = ", ".join(titled(coverage, code) for code in codes[:5])
    return shown if len(codes) <= 5 else f"{shown} and {len(codes) - 5} more"
