"""The boundaries of one day as believed at one moment, so that two of them can be compared.

Version n stands for everything recorded up to changeset n with all of it in force, also what begins
later: the difference between version n - 1 and version n is what changeset n does. A day stands for
what is in force on it as believed today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple, cast

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage import METRIC_STEP, Certificate, certify, dissolve
from gridmap.errors import UsageError
from gridmap.levels import LEVELS
from gridmap.periods import OPEN_FUTURE
from gridmap.store import Database

#: Believed at this moment is what is believed today.
TODAYS_BELIEF = datetime(9999, 12, 30)
#: Nothing was believed at this moment yet.
BEFORE_ALL = datetime(1900, 1, 1)
#: On this day everything recorded is in force.
LAST_DAY = OPEN_FUTURE - timedelta(days=1)
STORE_CRS = "EPSG:4547"


class Entry(NamedTuple):
    """Say what a region is called and what it belongs to."""

    level: str
    code: str
    name: str
    parent_id: int | None
    kind: str


@dataclass(frozen=True)
class State:
    """Hold the boundaries of a day.

    Parameters
    ----------
    label : how it is called when shown, such as `version 7` or a day
    regions : level, code, name, parent_id, kind, is_leaf, one row per region, indexed by region_id
    leaves : region_id and geometry of every leaf, in the metric CRS of the store
    """

    label: str
    regions: pd.DataFrame
    leaves: gpd.GeoDataFrame

    @classmethod
    def at(cls, db: Database, day: date, *, moment: datetime = TODAYS_BELIEF, label: str = "") -> State:
        """Read the boundaries in force on a day, as believed at a moment.

        Parameters
        ----------
        db : the open store
        day : day on which they are in force
        moment : moment of belief; today's when omitted
        label : how the state is called; the day when omitted
        """
        regions = db.query("versions/regions_at", moment=moment, on_day=day).set_index("region_id")
        rows = db.query("versions/leaves_at", moment=moment, on_day=day)
        crs = db.setting("crs", STORE_CRS) or STORE_CRS
        return cls(label or day.isoformat(), regions, polygons.with_geometry(rows, crs))

    def changed(self, opened: gpd.GeoDataFrame, ended: Sequence[int]) -> State:
        """Return the state with some regions opened anew and some ended, as `publish` would leave it.

        Parameters
        ----------
        opened : region_id, level, code, name, parent_id, kind, geometry (None for parents)
        ended : regions that are no more
        """
        gone = {*ended, *opened["region_id"]}
        has_land = opened.geometry.notna().to_numpy()
        described = opened[["region_id", "level", "code", "name", "parent_id", "kind"]].assign(
            is_leaf=has_land
        )
        regions = pd.concat([self.regions[~self.regions.index.isin(gone)],
                             pd.DataFrame(described).set_index("region_id")])  # fmt: skip
        kept = self.leaves[~self.leaves["region_id"].isin(gone)]
        leaves = pd.concat([kept, opened.loc[has_land, ["region_id", "geometry"]]], ignore_index=True)
        return State(self.label, regions, gpd.GeoDataFrame(leaves, geometry="geometry", crs=self.leaves.crs))

    @cached_property
    def land(self) -> dict[int, BaseGeometry]:
        """Return the polygon of every leaf by region_id."""
        numbers = (int(number) for number in self.leaves["region_id"])
        return dict(zip(numbers, self.leaves.geometry.array, strict=True))

    @cached_property
    def entries(self) -> dict[int, Entry]:
        """Return what every region is called and belongs to, by region_id."""
        rows = self.regions[["level", "code", "name", "parent_id", "kind"]].itertuples(name=None)
        return {int(number): Entry(level, code, name, None if pd.isna(parent) else int(parent), kind)
                for number, level, code, name, parent, kind in rows}  # fmt: skip

    @cached_property
    def chains(self) -> dict[int, dict[str, int]]:
        """Return, for every region, the region of each level it belongs to, itself included."""
        return {number: dict(self._climb(number)) for number in self.entries}

    @cached_property
    def codes(self) -> dict[int, str]:
        """Return the code of every region."""
        return {number: entry.code for number, entry in self.entries.items()}

    def _climb(self, number: int) -> Iterator[tuple[str, int]]:
        """Yield level and number of a region and all above it, from below upwards."""
        at: int | None = number
        for _ in LEVELS:
            if at is None or at not in self.entries:
                return
            yield self.entries[at].level, at
            at = self.entries[at].parent_id

    def leaves_below(self, region: int) -> list[int]:
        """Return the leaves that make up a region, itself when it is one."""
        return self._leaves_by_ancestor.get(region, [])

    def land_of(self, region: int) -> BaseGeometry:
        """Return the land of a region in the store's CRS: its own, or the exact sum of its leaves."""
        if region in self.land:
            return self.land[region]
        parts = polygons.as_array(self.land[number] for number in self.leaves_below(region))
        summed = dissolve(polygons.to_lattice(parts, step=METRIC_STEP))
        return cast(BaseGeometry, polygons.from_lattice(polygons.as_array([summed]), step=METRIC_STEP)[0])

    @cached_property
    def prints(self) -> dict[int, bytes]:
        """Return for every leaf what its polygon looks like, wherever its rings begin."""
        looks = shapely.to_wkb(shapely.normalize(polygons.as_array(self.land.values())))
        return dict(zip(self.land, looks, strict=True))

    @cached_property
    def certificate(self) -> Certificate:
        """Return whether the leaves tile their land exactly, and the outline of it, in lattice steps."""
        cells = polygons.to_lattice(polygons.as_array(self.land.values()), step=METRIC_STEP)
        return certify([self.codes.get(number, str(number)) for number in self.land], cells)

    @cached_property
    def areas(self) -> dict[int, float]:
        """Return the area of every region in square metres, of parents as the sum of their leaves."""
        found: dict[int, float] = {}
        for leaf, land in self.land.items():
            for region in self.chains[leaf].values():
                found[region] = found.get(region, 0.0) + float(land.area)
        return found

    @cached_property
    def _leaves_by_ancestor(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for leaf in self.land:
            for ancestor in self.chains[leaf].values():
                found.setdefault(ancestor, []).append(leaf)
        return found

    def levels(self) -> list[str]:
        """Return the levels that have regions, the uppermost first."""
        present = set(self.regions["level"])
        return [level.key for level in LEVELS if level.key in present]


def state_named(db: Database, name: str) -> State:
    """Return the state that a version number, a day or `today` stands for.

    Parameters
    ----------
    db : the open store
    name : number of a changeset, YYYY-MM-DD, or `today`

    Raises
    ------
    UsageError : when it is none of these, or there is no such changeset
    """
    if name == "today":
        return State.at(db, db.now().date(), label="today")
    if name.isdigit():
        return version_state(db, int(name))
    try:
        return State.at(db, date.fromisoformat(name))
    except ValueError as fault:
        raise UsageError(f"'{name}' is no version: say a number (see: gridmap versions), "
                         "a day as YYYY-MM-DD, or today.") from fault  # fmt: skip


def version_state(db: Database, cs: int) -> State:
    """Return everything recorded up to a changeset, as if all of it were in force; nothing for version 0.

    Raises
    ------
    UsageError : when there is no such changeset
    """
    recorded = BEFORE_ALL if cs == 0 else db.scalar("versions/recorded_at", cs=cs)
    if recorded is None:
        raise UsageError(f"There is no version {cs}. See: gridmap versions")
    return State.at(db, LAST_DAY, moment=recorded, label=f"version {cs}")
