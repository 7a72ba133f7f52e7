"""What is to be published: which regions begin, change and end on which day, and the map it makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage import Coverage
from gridmap.versions import Change, Reversal, State

OPENED = ["region_id", "level", "code", "name", "parent_id", "kind"]


@dataclass(frozen=True)
class Proposal:
    """Hold a change to the boundaries that is not in force yet.

    Parameters
    ----------
    change : why, since when, who
    opened : regions that begin or change: region_id (negative for new ones), level, code, name, parent_id,
        kind, geometry (metric CRS; None for parents)
    ended : regions that end
    drawn_on : the boundaries it was worked out on; None when these are the ones in force
    rewrite : whether later versions of these regions stop being believed
    """

    change: Change
    opened: gpd.GeoDataFrame
    ended: tuple[int, ...]
    drawn_on: State | None = None
    rewrite: bool = False

    @cached_property
    def touched(self) -> frozenset[int]:
        """Return the regions of the store that change or end."""
        return frozenset({*self.ended, *(int(n) for n in self.opened["region_id"] if n > 0)})

    @property
    def is_empty(self) -> bool:
        """Return whether nothing would change."""
        return not len(self.opened) and not self.ended

    def stale(self, now: State) -> tuple[str, ...]:
        """Return the codes that are in `now` not as they were when the change was worked out."""
        drawn = self.drawn_on
        if drawn is None:
            return ()
        return tuple(sorted(drawn.codes.get(number, now.codes.get(number, "")) for number in self.touched
                            if _look(drawn, number) != _look(now, number)))  # fmt: skip

    def after(self, state: State) -> State:
        """Return what a map becomes by this change."""
        return state.changed(self.opened, self.ended)

    def replaced(self, state: State) -> gpd.GeoDataFrame:
        """Return the leaves of a map that this change replaces, with region_id and geometry."""
        leaves = state.leaves
        return leaves[leaves["region_id"].isin(self.touched)]


def of_reversal(found: Reversal, change: Change) -> Proposal:
    """Return the proposal that takes changesets back."""
    return Proposal(change, found.opened, found.ended, rewrite=found.void)


def of_coverages(base: Coverage, wanted: Coverage, change: Change, drawn_on: State) -> Proposal:
    """Return the proposal that makes one coverage of another.

    Parameters
    ----------
    base : the map the draft began with
    wanted : the map as drafted
    change : why, since when, who
    drawn_on : the base as a state of the store
    """
    number_of = numbers_of(wanted)
    known = dict(_rows(base, numbers_of(base)))
    rows = [row for number, row in _rows(wanted, number_of) if not _same(known.get(number), row)]
    ended = tuple(sorted(known.keys() - set(number_of.values())))
    frame = pd.DataFrame(rows, columns=[*OPENED, "geometry"])
    land = gpd.GeoSeries(list(frame["geometry"]), index=frame.index, crs=base.crs)
    opened = gpd.GeoDataFrame(frame.drop(columns="geometry").astype({"parent_id": "Int64"}), geometry=land)
    return Proposal(change, opened, ended, drawn_on)


def state_of(wanted: Coverage, label: str) -> State:
    """Return a coverage as a state that can be compared with others; new regions have negative numbers."""
    rows = pd.DataFrame([row for _, row in _rows(wanted, numbers_of(wanted))], columns=[*OPENED, "geometry"])
    is_leaf = rows["geometry"].notna()
    regions = rows.drop(columns="geometry").assign(is_leaf=is_leaf).set_index("region_id")
    land = gpd.GeoSeries(list(rows.loc[is_leaf, "geometry"]), crs=wanted.crs)
    numbers = rows.loc[is_leaf, "region_id"].to_list()
    return State(label, regions, gpd.GeoDataFrame({"region_id": numbers}, geometry=land))


def _look(state: State, number: int) -> object:
    return state.entries.get(number), state.prints.get(number)


def numbers_of(coverage: Coverage) -> dict[str, int]:
    """Return the number of every region by code, in the order of codes.

    A new one gets a negative number made of its code, so that two drafts agree on it.
    """
    codes = sorted({*coverage.codes, *coverage.regions})
    return {code: int(coverage.region(code).region_id or _number_of_new(code)) for code in codes}


def _number_of_new(code: str) -> int:
    return -int.from_bytes(blake2b(code.encode(), digest_size=6).digest()) - 1


def _rows(coverage: Coverage, number_of: dict[str, int]) -> Iterable[tuple[int, dict[str, object]]]:
    """Yield number and row of every region of a coverage."""
    land = dict(zip(coverage.codes, polygons.from_lattice(coverage.cells, step=coverage.step), strict=True))
    for code, number in number_of.items():
        region = coverage.region(code)
        yield number, {
            "region_id": number, "level": region.level, "code": code, "name": region.name,
            "parent_id": number_of.get(region.parent), "kind": region.kind, "geometry": land.get(code),
        }  # fmt: skip


def _same(one: dict[str, object] | None, other: dict[str, object]) -> bool:
    if one is None or any(one[name] != other[name] for name in OPENED):
        return False
    return _same_land(one["geometry"], other["geometry"])


def _same_land(one: object, other: object) -> bool:
    if not isinstance(one, BaseGeometry) or not isinstance(other, BaseGeometry):
        return one is other
    return bool(shapely.normalize(one).equals_exact(shapely.normalize(other)))
