"""Who changed this border, and why: the changesets that touched it, with author, approver and document.

A border is named by a point on it, or by the codes of the two regions it lies between. A changeset touched
it when the line between the two is not the same before and after, or when the land beside the point
belongs to another region, or to one with other parents.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.errors import UsageError
from gridmap.levels import LEVELS
from gridmap.store import Database
from gridmap.versions.history import versions
from gridmap.versions.states import STORE_CRS

#: How far from a border a click may be.
REACH_M = 20.0
#: Shorter differences of a border come from rounding.
CRUMB_M = 0.01

#: A leaf and all regions above it.
Chain = tuple[int, ...]

COLUMNS = [
    "cs", "title", "kind", "effective_on", "recorded_at", "author", "approved_by", "document", "reverts",
    "between_before", "between_after", "moved_m2", "geometry",
]  # fmt: skip


def border_between(db: Database, one: str, other: str) -> gpd.GeoDataFrame:
    """List the changesets that touched the border between two regions.

    Parameters
    ----------
    db : the open store
    one, other : codes of the regions, of any level, as they are or once were

    Returns
    -------
    Frame with cs, title, kind, effective_on, recorded_at, author, approved_by, document, reverts,
    between_before, between_after (codes of both sides, such as `A1 | A2`; empty where they did not touch),
    moved_m2 (land that passed between the two), geometry (the border after, or before when it ended), one
    row per changeset, the first one first

    Raises
    ------
    UsageError : when there is no region of such a code, or the two never touched
    """
    past = Past.of(db)
    first, second = past.numbered(one), past.numbered(other)
    box = db.query("versions/extent_of", region_ids=[first, second]).iloc[0]
    past = past.near(db, tuple(float(value) for value in box))
    found = [row for entry in past.changes() if (row := _of_pair(entry, first, second)) is not None]
    if not found:
        raise UsageError(f"{one} and {other} never had a border in common.")
    return _listed(found, past.crs)


def border_at(db: Database, x: float, y: float) -> gpd.GeoDataFrame:
    """List the changesets that touched the border nearest to a point.

    Parameters
    ----------
    db : the open store
    x, y : the point, in the metric CRS of the store

    Returns
    -------
    As of `border_between`; moved_m2 is all land that passed between the leaves beside the point

    Raises
    ------
    UsageError : when no border lies within 20 m of the point
    """
    box = (x - REACH_M, y - REACH_M, x + REACH_M, y + REACH_M)
    past = Past.of(db).near(db, box)
    spot = _on_border(past, shapely.Point(x, y)).buffer(1.0)
    found = [row for entry in past.changes() if (row := _around(entry, spot)) is not None]
    return _listed(found, past.crs)


@dataclass(frozen=True)
class Past:
    """Hold everything that was ever said of the regions, and the land of the leaves near a place.

    Parameters
    ----------
    changesets : as `versions` lists them
    regions : region_id, level, code, name, parent_id and the periods in force and believed
    leaves : region_id, geometry and the periods in force and believed
    crs : metric CRS of the store
    """

    changesets: pd.DataFrame
    regions: pd.DataFrame
    leaves: gpd.GeoDataFrame
    crs: str

    @classmethod
    def of(cls, db: Database) -> Past:
        """Read what was ever said of the regions, without land."""
        crs = db.setting("crs", STORE_CRS) or STORE_CRS
        return cls(versions(db), db.query("versions/region_times"), gpd.GeoDataFrame(), crs)

    def near(self, db: Database, box: tuple[float, ...]) -> Past:
        """Add the land of all leaves that ever lay in a box (min_x, min_y, max_x, max_y)."""
        sides = dict(zip(("min_x", "min_y", "max_x", "max_y"), box, strict=True))
        leaves = polygons.with_geometry(db.query("versions/leaf_times_near", **sides), self.crs)
        return Past(self.changesets, self.regions, leaves, self.crs)

    def numbered(self, code: str) -> int:
        """Return the region that has this code, or had it last.

        Raises
        ------
        UsageError : when no region ever had it
        """
        found = self.regions[self.regions["code"] == code].sort_values(["tx_to", "valid_to"])
        if found.empty:
            raise UsageError(f"No region has or ever had the code '{code}'.")
        return int(found["region_id"].iloc[-1])

    def changes(self) -> Iterator[Change]:
        """Yield what each changeset found and left near the place, the first one first."""
        for entry in self.changesets.to_dict("records"):
            recorded, day = entry["recorded_at"], entry["effective_on"]
            before = self.at(recorded - timedelta(microseconds=1), day)
            yield Change(entry, before, self.at(recorded, day))

    def at(self, moment: datetime, day: date) -> Moment:
        """Return what was believed at a moment to be in force on a day."""
        return Moment(_alive(self.regions, moment, day), _alive(self.leaves, moment, day))


@dataclass(frozen=True)
class Moment:
    """Hold the regions, and the leaves near a place, of one day as believed at one moment."""

    regions: pd.DataFrame
    leaves: pd.DataFrame

    @cached_property
    def parents(self) -> dict[int, int | None]:
        """Return the parent of every region."""
        pairs = zip(self.regions["region_id"], self.regions["parent_id"], strict=True)
        return {int(number): None if pd.isna(parent) else int(parent) for number, parent in pairs}

    @cached_property
    def codes(self) -> dict[int, str]:
        """Return the code of every region."""
        return dict(zip(self.regions["region_id"], self.regions["code"], strict=True))

    def chain(self, region: int) -> Chain:
        """Return a region and all above it."""
        found, at = [region], self.parents.get(region)
        while at is not None and len(found) <= len(LEVELS):
            found.append(at)
            at = self.parents.get(at)
        return tuple(found)

    def land(self, region: int) -> BaseGeometry:
        """Return the land that a region holds near the place."""
        own = [region in self.chain(int(number)) for number in self.leaves["region_id"]]
        return shapely.union_all(polygons.as_array(self.leaves["geometry"][own]))


@dataclass(frozen=True)
class Change:
    """Hold one changeset with what it found and what it left.

    Parameters
    ----------
    entry : its row of the list of versions
    before, after : the regions before and after
    """

    entry: dict[Hashable, Any]
    before: Moment
    after: Moment


def _alive(rows: pd.DataFrame, moment: datetime, day: date) -> pd.DataFrame:
    when, on = pd.Timestamp(moment), pd.Timestamp(day)
    kept = (
        (rows["tx_from"] <= when)
        & (when < rows["tx_to"])
        & (rows["valid_from"] <= on)
        & (on < rows["valid_to"])
    )
    return rows[kept]


def _of_pair(change: Change, one: int, other: int) -> dict[Hashable, Any] | None:
    """Return the row of a changeset that changed the line between two regions, None for any other."""
    before, after = (_line(moment, one, other) for moment in (change.before, change.after))
    if shapely.length(shapely.symmetric_difference(before, after)) <= CRUMB_M:
        return None
    moved = (shapely.area(shapely.intersection(change.before.land(giver), change.after.land(taker)))
             for giver, taker in ((one, other), (other, one)))  # fmt: skip
    return {
        **change.entry,
        "geometry": before if after.is_empty else after, "moved_m2": round(float(sum(moved)), 3),
        "between_before": "" if before.is_empty else _sides((one, other), change.before),
        "between_after": "" if after.is_empty else _sides((one, other), change.after),
    }  # fmt: skip


def _line(moment: Moment, one: int, other: int) -> BaseGeometry:
    """Return the border between two regions as lines, empty when they touch in points at most."""
    first, second = (moment.land(region) for region in (one, other))
    shared = shapely.intersection(first, second)
    lines = [part for part in shapely.get_parts(shared) if shapely.get_dimensions(part) == 1]
    return shapely.line_merge(shapely.MultiLineString(lines)) if lines else shapely.LineString()


def _on_border(past: Past, point: shapely.Point) -> shapely.Point:
    """Return the point of a border nearest to a click."""
    today = (
        past.leaves[past.leaves["tx_to"] == past.leaves["tx_to"].max()] if len(past.leaves) else past.leaves
    )
    borders = shapely.boundary(polygons.as_array(today.geometry)) if len(today) else []
    nearest = min(borders, key=lambda border: border.distance(point), default=None)
    if nearest is None or nearest.distance(point) > REACH_M:
        raise UsageError(f"No border lies within {REACH_M:.0f} m of ({point.x:.1f}, {point.y:.1f}).")
    return shapely.shortest_line(nearest, point).interpolate(0)


def _around(change: Change, spot: shapely.Polygon) -> dict[Hashable, Any] | None:
    """Return the row of a changeset that changed whose land lies around a spot, None for any other."""
    before, after = (_pieces(moment, spot) for moment in (change.before, change.after))
    if {chain: land.wkb for chain, land in before.items()} == {
        chain: land.wkb for chain, land in after.items()
    }:
        return None
    if before.keys() == after.keys() and _passed(before, after) <= CRUMB_M:
        return None
    line = _line_within(change.after if len(after) > 1 else change.before, spot)
    sides = [[chain[0] for chain in found] for found in (before, after)]
    return {**change.entry, "geometry": line, "moved_m2": round(_moved(change, *sides), 3),
            "between_before": _sides(sides[0], change.before),
            "between_after": _sides(sides[1], change.after)}  # fmt: skip


def _passed(before: Mapping[Chain, BaseGeometry], after: Mapping[Chain, BaseGeometry]) -> float:
    """Return how much of the land around a spot lies in another leaf than before."""
    stayed = sum(before[chain].intersection(after[chain]).area for chain in before.keys() & after.keys())
    return float(sum(land.area for land in after.values()) - stayed)


def _moved(change: Change, givers: Sequence[int], takers: Sequence[int]) -> float:
    """Return how much land passed between the leaves on both sides of a border, all of it."""
    pairs = [(giver, taker) for giver in givers for taker in takers if giver != taker]
    shared = (
        shapely.intersection(change.before.land(giver), change.after.land(taker)) for giver, taker in pairs
    )
    return float(sum(shapely.area(land) for land in shared))


def _pieces(moment: Moment, spot: shapely.Polygon) -> dict[Chain, BaseGeometry]:
    """Return the land around a spot by the leaf that holds it and all above."""
    found = {}
    for number, land in zip(moment.leaves["region_id"], moment.leaves["geometry"], strict=True):
        piece = polygons.areas_only(shapely.intersection(land, spot))
        if piece.area > CRUMB_M:
            found[moment.chain(int(number))] = piece.normalize()
    return found


def _line_within(moment: Moment, spot: shapely.Polygon) -> BaseGeometry:
    """Return the borders of the leaves around a spot, as far as they lie within reach of it."""
    borders = shapely.boundary(polygons.as_array(moment.leaves["geometry"]))
    return shapely.intersection(shapely.union_all(borders), spot.buffer(REACH_M))


def _sides(regions: Sequence[int], moment: Moment) -> str:
    return " | ".join(sorted(moment.codes[region] for region in regions if region in moment.codes))


def _listed(found: list[dict[Hashable, Any]], crs: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(found)
    return gpd.GeoDataFrame(frame[COLUMNS], geometry="geometry", crs=crs)
