"""The cells that tile some land, what they are called and belong to, and how they change."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from hashlib import blake2b
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage.certificate import (
    DEGREE_STEP,
    METRES_PER_DEGREE,
    METRIC_STEP,
    Certificate,
    certify,
    dissolve,
    keys_of,
)
from gridmap.errors import UsageError
from gridmap.nesting import Region, Snapshot, children_of, line_of, regions_of
from gridmap.polygons import Geometries

#: What a frame may say of a cell besides its code.
ATTRIBUTES = ("name", "level", "parent", "kind", "region_id")

_MODULUS = 2**128


@dataclass(frozen=True, eq=False)
class Coverage:
    """Hold the cells that tile some land on the integer lattice, and what they are called and belong to.

    A coverage never changes: an edit makes a new one, which shares with the old what did not change.
    Two are equal when they hold the same regions and rings, in whatever order.

    Parameters
    ----------
    codes : code of each cell, unique
    cells : polygons in lattice steps, whole numbers, shells counter-clockwise
    step : size of a step in the unit of the CRS
    crs : CRS of the cells, empty where unknown
    regions : what is said of the cells and of everything above them, by code; may be silent on cells
    ranks : where each code stood before the first edit, so that undoing restores the order; by position when
        empty
    """

    codes: tuple[str, ...]
    cells: Geometries
    step: float = METRIC_STEP
    crs: str = ""
    regions: Mapping[str, Region] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict, repr=False)

    @classmethod
    def from_frame(
        cls, frame: gpd.GeoDataFrame, *, code: str = "code", above: pd.DataFrame | None = None, **columns: str
    ) -> Coverage:
        """Put the polygons of a frame on the lattice: 1 mm in a projected CRS, 1e-9 degree otherwise.

        Parameters
        ----------
        frame : polygons or multipolygons, in any CRS
        code : column with the code of each cell
        above : the regions above, with columns code, name, level, parent and kind as far as known
        columns : columns with name, level, parent (its code), kind and region_id of each cell, where known

        Raises
        ------
        UsageError : when a column is missing, a code occurs twice or a geometry is not an area
        """
        codes = _unique_codes(frame, code)
        _require_areas(frame, codes)
        step = step_of(frame.crs)
        cells = polygons.to_lattice(np.asarray(frame.geometry.array), step=step)
        regions = _described(frame, code, columns) if columns or above is not None else {}
        if above is not None:
            known = {name: name for name in ATTRIBUTES if name in above.columns}
            regions = {**_described(above, "code", known), **regions}
        return cls(codes, cells, step, frame.crs.to_string() if frame.crs else "", regions)

    @classmethod
    def of_map(cls, leaves: gpd.GeoDataFrame, regions: pd.DataFrame) -> Coverage:
        """Put the map of a day on the lattice, with everything above the leaves.

        Parameters
        ----------
        leaves : region_id, code, geometry (metric CRS), one row per leaf
        regions : region_id, level, code, name, parent_id, kind of all regions, leaves among them
        """
        return replace(cls.from_frame(leaves), regions=regions_of(regions))

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the cells as a frame with columns code and geometry, in the CRS they came in."""
        geometry = polygons.from_lattice(self.cells, step=self.step)
        return gpd.GeoDataFrame({"code": list(self.codes)}, geometry=geometry, crs=self.crs or None)

    def to_map(self) -> gpd.GeoDataFrame:
        """Return the cells as a frame: code, name, level, parent, kind, region_id, geometry."""
        said = pd.DataFrame([self.region(code) for code in self.codes], columns=["code", *ATTRIBUTES])
        geometry = polygons.from_lattice(self.cells, step=self.step)
        typed = said.assign(region_id=said["region_id"].astype("Int64"))
        return gpd.GeoDataFrame(typed, geometry=geometry, crs=self.crs or None)

    def certificate(self) -> Certificate:
        """Decide by comparing integers whether the cells tile their outline exactly."""
        return certify(self.codes, self.cells, step=self.step)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coverage) and (self.stamp, self.crs) == (other.stamp, other.crs)

    def __hash__(self) -> int:
        return hash(self.stamp)

    @cached_property
    def metres_per_step(self) -> float:
        """Return the size of a lattice step in metres; near the equator's for degrees."""
        return self.step * _metres_per_unit(self.crs)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Return where each cell stands, by code."""
        return {code: position for position, code in enumerate(self.codes)}

    @cached_property
    def bounds(self) -> npt.NDArray[np.float64]:
        """Return the bounding box of each cell in steps, shape (n, 4)."""
        return np.asarray(shapely.bounds(self.cells)).reshape(-1, 4)

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Return the codes directly below each region."""
        return children_of(self.regions)

    def __contains__(self, code: object) -> bool:
        return code in self.positions or code in self.regions

    def is_leaf(self, code: str) -> bool:
        """Return whether a region has land of its own."""
        return code in self.positions

    def region(self, code: str) -> Region:
        """Return what is said of a region; only its code for a cell nothing is said of."""
        return self.regions.get(code) or Region(code)

    def land(self, code: str) -> BaseGeometry:
        """Return the polygon of a cell in lattice steps."""
        return self.cells[self.positions[code]]

    def land_of(self, code: str) -> BaseGeometry:
        """Return the land of a region in lattice steps: its own, or the exact sum of its leaves."""
        if self.is_leaf(code):
            return self.land(code)
        return dissolve(polygons.as_array(self.land(leaf) for leaf in self.leaves_below(code)))

    def leaves_below(self, code: str) -> list[str]:
        """Return the cells a region consists of; a cell consists of itself."""
        if self.is_leaf(code):
            return [code]
        return [leaf for child in self.children.get(code, ()) for leaf in self.leaves_below(child)]

    def line_of(self, code: str) -> tuple[str, ...]:
        """Return a region and those above it, the nearest first."""
        return line_of(code, self.regions)

    def near(self, box: Sequence[float]) -> list[str]:
        """Return the cells whose bounding box meets a box (west, south, east, north; steps)."""
        west, south, east, north = box
        low_x, low_y, high_x, high_y = self.bounds.T
        meets = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
        return [self.codes[position] for position in np.flatnonzero(meets)]

    def neighbours(self, code: str) -> tuple[str, ...]:
        """Return the cells that share a border with a cell; a point in common is not enough."""
        near = [other for other in self.near(self.land(code).bounds) if other != code]
        segments, owner = polygons.directed_segments(polygons.as_array(self.land(other) for other in near))
        own, _ = polygons.directed_segments(polygons.as_array([self.land(code)]))
        shared = np.isin(keys_of(segments), keys_of(own[:, [2, 3, 0, 1]]))
        return tuple(near[position] for position in np.unique(owner[shared]))

    def snapshot(self, code: str) -> Snapshot:
        """Return a region as it is now."""
        return Snapshot(self.region(code), self.land(code) if self.is_leaf(code) else None)

    @cached_property
    def stamp(self) -> str:
        """Name what the coverage holds: equal for equal regions and rings, whatever their order.

        It is a sum of one digest per region, so that an edit only takes away the old and adds the new.
        """
        return f"{sum(_digest(self.snapshot(code)) for code in {*self.codes, *self.regions}) % _MODULUS:032x}"

    def changed(self, after: Mapping[str, Snapshot | None]) -> Coverage:
        """Return a coverage in which some regions are different, new, or gone (None).

        Nothing is checked here; edits go through `gridmap.edits`. What did not change is shared.
        """
        before = {code: self.snapshot(code) for code in after if code in self}
        made = self._with_land(
            {code: snapshot.land if snapshot else None for code, snapshot in after.items()}
        )
        said = {code: snapshot.region for code, snapshot in after.items() if snapshot}
        kept = self.regions
        if any(code in kept for code in after if code not in said):
            kept = {code: region for code, region in kept.items() if code in said or code not in after}
        made = replace(made, regions={**kept, **said})
        made.__dict__["stamp"] = _restamped(self.stamp, before.values(), after.values())
        if len(said) == len(after) == len(before) and not _moves_house(before, said):
            made.__dict__["children"] = self.children
        if made.codes is self.codes:
            made.__dict__.update(positions=self.positions, bounds=self._bounds_after(after))
        return made

    def _with_land(self, lands: Mapping[str, BaseGeometry | None]) -> Coverage:
        if all((code in self.positions) == (land is not None) for code, land in lands.items()):
            cells = self.cells.copy()
            for code, land in lands.items():
                if land is not None:
                    cells[self.positions[code]] = land
            return replace(self, cells=cells)
        return self._reordered(lands)

    def _reordered(self, lands: Mapping[str, BaseGeometry | None]) -> Coverage:
        """Put in new cells and take out old ones.

        Those that come back stand where they stood, new ones at the end by code: the order depends on
        which cells there are, not on how they came about.
        """
        ranks = self.ranks or self.positions
        land_of = dict(zip(self.codes, self.cells, strict=True)) | dict(lands)
        there = (code for code, land in land_of.items() if land is not None)
        codes = tuple(sorted(there, key=lambda code: (ranks.get(code, len(ranks)), code)))
        cells = polygons.as_array(land_of[code] for code in codes)
        return replace(self, codes=codes, cells=cells, ranks=ranks)

    def _bounds_after(self, after: Mapping[str, Snapshot | None]) -> npt.NDArray[np.float64]:
        bounds = self.bounds.copy()
        for code, snapshot in after.items():
            if snapshot and snapshot.land is not None:
                bounds[self.positions[code]] = snapshot.land.bounds
        return bounds


def _moves_house(before: Mapping[str, Snapshot], said: Mapping[str, Region]) -> bool:
    return any(before[code].region.parent != region.parent for code, region in said.items())


def _digest(snapshot: Snapshot) -> int:
    """Return a number of 128 bits that names a region as it is."""
    region = snapshot.region
    said = repr(
        (region.code, region.name, region.level, region.parent, region.kind, region.region_id)
    ).encode()
    drawn = shapely.to_wkb(snapshot.land) if snapshot.land is not None else b""
    return int.from_bytes(blake2b(said + b"|" + drawn, digest_size=16).digest(), "big")


def _restamped(stamp: str, gone: Iterable[Snapshot | None], come: Iterable[Snapshot | None]) -> str:
    lost = sum(_digest(snapshot) for snapshot in gone if snapshot)
    won = sum(_digest(snapshot) for snapshot in come if snapshot)
    return f"{(int(stamp, 16) - lost + won) % _MODULUS:032x}"


@cache
def _metres_per_unit(crs: str) -> float:
    if not crs:
        return 1.0
    system = pyproj.CRS.from_user_input(crs)
    return METRES_PER_DEGREE if system.is_geographic else float(system.axis_info[0].unit_conversion_factor)


def _described(frame: pd.DataFrame, code: str, columns: Mapping[str, str]) -> dict[str, Region]:
    """Read what a frame says of its regions; nothing said is empty, or the default."""
    unknown = sorted({*columns} - {*ATTRIBUTES})
    missing = sorted(column for column in columns.values() if column not in frame.columns)
    if unknown or missing:
        raise UsageError(f"{', '.join([*unknown, *missing])}: not a column that describes a cell. A cell has "
                         f"{', '.join(ATTRIBUTES)}; the frame has "
                         f"{', '.join(map(str, frame.columns))}.")  # fmt: skip
    said = frame[list(columns.values())].set_axis(list(columns), axis=1).to_dict("records")
    return {str(key): _as_region(str(key), row) for key, row in zip(frame[code], said, strict=True)}


def _as_region(code: str, said: Mapping[Hashable, Any]) -> Region:
    known = {str(name): value for name, value in said.items() if not pd.isna(value)}
    number = known.pop("region_id", None)
    return Region(code, **{name: str(value) for name, value in known.items()},
                  region_id=None if number is None else int(number))  # fmt: skip


def step_of(crs: pyproj.CRS | None) -> float:
    """Return the lattice step for a CRS, in its own unit."""
    return DEGREE_STEP if crs is not None and crs.is_geographic else METRIC_STEP


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
