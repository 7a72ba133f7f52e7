"""What a draft does to everyone's load, before it is published.

A baseline is read once and holds every point with the cell it lies in today. After each edit only the
points of the cells that differ are placed again, so that the answer comes while one edits. A figure before
and after is counted in the same way, from the same points.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.coverage import Coverage
from gridmap.planning.balance import BALANCE, balance, outside_band
from gridmap.planning.ground import (
    borders_moved,
    cut_buildings,
    nearest_m,
    road_crossings,
    share_along_roads,
)
from gridmap.planning.loads import Codes, cell_of, land_passed, load, passed
from gridmap.planning.shape import shapes
from gridmap.polygons import Geometries

#: Loads whose spread over the grids is measured, and that are counted where land passes.
SPREAD = ("people", "households", "petitions", "rental_buildings")
#: All that every cell is counted for, besides the rental buildings of each rating.
LOADS = (*SPREAD, "risk_weight", "inspections_due")
#: Distances to the next service centre, in metres.
REACHES_M = (500, 1000)
SHAPES = ("area_m2", "polsby_popper", "reock")

#: A cell whose border learned of a corner and whose land stayed; land narrower than CRUMB_M is none.
CORNERS, CRUMB_M = "corners", 0.003
_SAID = ["code", "name", "parent", "kind", "change"]


@dataclass(frozen=True)
class Ground:
    """Hold what is drawn on the ground, in the CRS of the map.

    Parameters
    ----------
    buildings : footprints
    roads : middle lines
    road_names : name of each road, empty where it has none
    centres : x, y of the service centres
    """

    buildings: Geometries
    roads: Geometries
    road_names: tuple[str, ...]
    centres: pd.DataFrame

    @classmethod
    def empty(cls) -> Ground:
        """Return a ground on which nothing is drawn."""
        nothing = polygons.as_array([])
        return cls(nothing, nothing, (), pd.DataFrame({"x": [], "y": []}, dtype=float))

    def within(self, box: BaseGeometry) -> Ground:
        """Return the buildings and roads whose own box meets a box, and all centres."""
        buildings, roads = (np.sort(tree.query(box)) for tree in self._trees)
        names = tuple(self.road_names[at] for at in roads)
        return Ground(self.buildings[buildings], self.roads[roads], names, self.centres)

    @cached_property
    def _trees(self) -> tuple[shapely.STRtree, shapely.STRtree]:
        return shapely.STRtree(self.buildings), shapely.STRtree(self.roads)


@dataclass(frozen=True)
class Baseline:
    """Hold today's map with everything that lies on it.

    Parameters
    ----------
    base : the map
    points : x, y, the LOADS, and for each rating `rated_LEVEL`, one row per point; where centres are known
        also households_500m and households_1000m, the households that have one so near
    cells : the cell of the map each point lies in
    loads : sums of the points by cell, indexed by code
    ground : what is drawn on the ground
    unplaced : what has no point, by load; no border moves it
    band : fewest and most households of a grid
    """

    base: Coverage
    points: pd.DataFrame
    cells: Codes
    loads: pd.DataFrame
    ground: Ground
    unplaced: Mapping[str, float]
    band: tuple[float, float]

    @classmethod
    def of(
        cls, base: Coverage, points: pd.DataFrame, *, ground: Ground | None = None,
        unplaced: Mapping[str, float] | None = None, band: tuple[float, float] = (300, 500),
    ) -> Baseline:  # fmt: skip
        """Place points on a map.

        Parameters
        ----------
        base : the map
        points : x, y in the CRS of the map, and loads; those of LOADS that are missing count 0
        ground : buildings, roads and centres; nothing when None
        unplaced : what has no point, by load
        band : fewest and most households of a grid
        """
        ground = ground or Ground.empty()
        counted = points.assign(**{name: 0.0 for name in LOADS if name not in points})
        whole = counted if ground.centres.empty else counted.assign(**_near(counted, ground.centres))
        cells = cell_of(whole, base)
        weights = [name for name in whole.columns if name not in ("x", "y")]
        return cls(base, whole, cells, load(whole, base, weights=weights, cells=cells), ground,
                   dict(unplaced or {}), band)  # fmt: skip

    @cached_property
    def shapes(self) -> pd.DataFrame:
        """Return area and compactness of every cell; worked out once."""
        return shapes(self.base, list(self.base.codes))

    @property
    def weights(self) -> list[str]:
        """Return the columns of the points that are summed."""
        return list(self.loads.columns)


@dataclass(frozen=True)
class Impact:
    """Hold what a draft changes.

    Parameters
    ----------
    cells : one row per cell that differs, of both sides: code, name, parent, kind, change (new, ended,
        changed; corners where its border only learned of a corner and its land stays), then for each of
        SHAPES, LOADS, rated_LEVEL, households_500m, households_1000m and buildings_cut the figure
        before and after, such as people_before; null where there is no such cell
    balance : one row per scope (changed: the base cells that differ; plan: all base cells of their level)
        and load of SPREAD: each of BALANCE before and after, such as gini_before
    moves : one row per pair of cells between which land passes: from_code, to_code, area_m2, and the LOADS
        on it. A cell that only changed its code goes by its new one
    outside_band : code, households, side (low, high), when (before, after, both), one row per grid outside
    crossings : road, x, y, when (before, after, both), one row per place where a road crosses a border
        that moved away or is new
    summary : figures of the whole, each _before and _after: buildings_cut (by the cells that differ),
        share_along_roads (of the borders that moved), households_500m_share and households_1000m_share (of
        all households), polsby_popper_mean and reock_mean (of the base cells of the plan); further
        cells_changed (but for those that only learned of a corner) and moved_people_share
    unplaced : what has no point, by load
    """

    cells: pd.DataFrame
    balance: pd.DataFrame
    moves: pd.DataFrame
    outside_band: pd.DataFrame
    crossings: pd.DataFrame
    summary: Mapping[str, float]
    unplaced: Mapping[str, float]

    @property
    def is_empty(self) -> bool:
        """Return whether no cell differs."""
        return self.cells.empty

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values; what cannot be known is None, never 0."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def impact_of(baseline: Baseline, draft: Coverage) -> Impact:
    """Work out what a draft changes against its baseline.

    Parameters
    ----------
    baseline : the map the draft began with, and what lies on it
    draft : the map as drafted
    """
    old, new = differing(baseline.base, draft)
    after, loads = _replaced(baseline, draft, old, new)
    names = successors(baseline.base, draft, old)
    ground = baseline.ground.within(_box(baseline.base, old))
    cut_before, cut_after = (cut_buildings(ground.buildings, coverage, codes)
                             for coverage, codes in ((baseline.base, old), (draft, new)))  # fmt: skip
    drawn = baseline.shapes, pd.concat([baseline.shapes.drop(index=old), shapes(draft, new)])
    sides = (_figures(drawn[0].loc[old], baseline.loads, cut_before),
             _figures(drawn[1].loc[new], loads, cut_after))  # fmt: skip
    crossings, along = _roads(ground, *borders_moved(baseline.base, old, draft, new))
    moves = _moves(baseline, draft, (old, new), after, names)
    balances = _balances(baseline.base, baseline.loads, old, draft, loads, new)
    cells = _cells(baseline.base, draft, names, sides)
    summary = {
        "cells_changed": float((cells["change"] != CORNERS).sum()),
        **_before_after("buildings_cut", cut_before["building"].nunique(), cut_after["building"].nunique()),
        **_before_after("share_along_roads", *along), **_reached(baseline.loads, loads),
        **_compactness(drawn[0].loc[_grids(baseline.base)], drawn[1].loc[_grids(draft)]),
        "moved_people_share": _share(moves["people"].sum(), baseline.loads["people"].sum()),
    }  # fmt: skip
    return Impact(cells, balances, moves,
                  _bands(baseline, draft, loads), crossings, summary, baseline.unplaced)  # fmt: skip


def carried(baseline: Baseline, draft: Coverage) -> Baseline:
    """Carry a baseline on to another state of the map: points in cells that differ are placed again.

    Parameters
    ----------
    baseline : a map and what lies on it
    draft : the map as it is now; few of its cells differ
    """
    cells, loads = _replaced(baseline, draft, *differing(baseline.base, draft))
    return replace(baseline, base=draft, cells=cells, loads=loads)


def _near(points: pd.DataFrame, centres: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the households of each point that have a centre within each reach."""
    away = nearest_m(points, centres)
    return {f"households_{reach}m": points["households"] * (away <= reach) for reach in REACHES_M}


def differing(base: Coverage, draft: Coverage) -> tuple[list[str], list[str]]:
    """Return the cells that differ in land, code or what is said of them, before and after."""
    same = {code for code in base.codes if draft.is_leaf(code) and base.region(code) == draft.region(code)
            and base.land(code) == draft.land(code)}  # fmt: skip
    return [code for code in base.codes if code not in same], [c for c in draft.codes if c not in same]


def successors(base: Coverage, draft: Coverage, old: Iterable[str]) -> dict[str, str]:
    """Return what cells are called after that the store's number says go on."""
    now = {draft.region(code).region_id: code for code in draft.codes}
    numbers = {code: base.region(code).region_id for code in old}
    return {code: now[number] for code, number in numbers.items() if number is not None and number in now}


def _replaced(
    baseline: Baseline, draft: Coverage, old: Sequence[str], new: Sequence[str]
) -> tuple[Codes, pd.DataFrame]:
    """Place the points of the cells that differ again: each point's cell, and the loads of all cells."""
    after = baseline.cells.copy()
    concerned = _lie_in(baseline.cells, old)
    changed = Coverage(tuple(new), polygons.as_array(map(draft.land, new)), draft.step, draft.crs)
    after[concerned] = cell_of(baseline.points[concerned], changed)
    fresh = load(baseline.points[concerned], changed, weights=baseline.weights, cells=after[concerned])
    kept = baseline.loads.drop(index=[code for code in old if code in baseline.loads.index])
    loads = pd.concat([kept, fresh])
    return after, loads.groupby(level=0).sum() if loads.index.has_duplicates else loads


def _lie_in(cells: Codes, codes: Sequence[str]) -> npt.NDArray[np.bool_]:
    return pd.Series(cells, dtype=object).isin(list(codes)).to_numpy(dtype=bool)


def _compactness(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    """Return the mean compactness of the grids of the plan, before and after."""
    found: dict[str, float] = {}
    for name in SHAPES[1:]:
        found |= _before_after(f"{name}_mean", before[name].mean(), after[name].mean())
    return found


def _figures(drawn: pd.DataFrame, loads: pd.DataFrame, cut: pd.DataFrame) -> pd.DataFrame:
    """Return every figure of some cells, indexed by code."""
    held = cut.groupby("code")["building"].nunique().reindex(drawn.index, fill_value=0)
    return drawn.join(loads).assign(buildings_cut=held.astype(float))


def _cells(
    base: Coverage, draft: Coverage, names: Mapping[str, str], sides: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """Put both sides of every cell beside each other."""
    before = sides[0].rename(index=dict(names)).add_suffix("_before")
    both = before.join(sides[1].add_suffix("_after"), how="outer").rename_axis("code")
    ordered = [f"{name}_{side}" for name in sides[1].columns for side in ("before", "after")]
    regions = [draft.region(code) if draft.is_leaf(code) else base.region(code) for code in both.index]
    said = pd.DataFrame({
        "name": [region.name for region in regions], "parent": [region.parent for region in regions],
        "kind": [region.kind for region in regions],
        "change": [_change(base, draft, code, code in before.index) for code in both.index],
    }, index=both.index)  # fmt: skip
    return said.join(both[ordered]).reset_index()[[*_SAID, *ordered]]


def _change(base: Coverage, draft: Coverage, code: str, was: bool) -> str:
    if not draft.is_leaf(code):
        return "ended"
    if not was:
        return "new"
    same = base.is_leaf(code) and base.region(code) == draft.region(code)
    return CORNERS if same and _keeps_its_land(base, draft, code) else "changed"


def _keeps_its_land(base: Coverage, draft: Coverage, code: str) -> bool:
    """Return whether only crumbs of land passed: what rounding a new corner to the lattice moves."""
    before, after = base.land(code), draft.land(code)
    moved = shapely.symmetric_difference(before, after).area * base.metres_per_step
    return bool(moved <= CRUMB_M * shapely.length(before))


def _grids(coverage: Coverage) -> list[str]:
    """Return the base cells of the lowest level there is."""
    regions = {code: coverage.region(code) for code in coverage.codes}
    base = {code: region.rank or 0 for code, region in regions.items() if region.kind == "base"}
    lowest = max(base.values(), default=0)
    return [code for code, rank in base.items() if rank == lowest]


def _balances(
    base: Coverage, before: pd.DataFrame, old: Sequence[str],
    draft: Coverage, after: pd.DataFrame, new: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    grids = _grids(base), _grids(draft)
    scopes = {
        "changed": ([code for code in grids[0] if code in set(old)], [c for c in grids[1] if c in set(new)]),
        "plan": grids,
    }
    return pd.DataFrame([
        {"scope": scope, "load": name, **_both(balance(before.loc[was, name]), balance(after.loc[is_, name]))}
        for scope, (was, is_) in scopes.items() for name in SPREAD
    ])  # fmt: skip


def _both(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {
        key: value
        for name in BALANCE
        for key, value in _before_after(name, before[name], after[name]).items()
    }


def _before_after(name: str, before: float, after: float) -> dict[str, float]:
    return {f"{name}_before": float(before), f"{name}_after": float(after)}


def _moves(
    baseline: Baseline, draft: Coverage, changed: tuple[Sequence[str], Sequence[str]], after: Codes,
    names: Mapping[str, str],
) -> pd.DataFrame:  # fmt: skip
    land = land_passed(baseline.base, draft, *changed)
    land["from_code"] = land["from_code"].map(lambda code: names.get(code, code))
    land = land[land["from_code"] != land["to_code"]]
    concerned = _lie_in(baseline.cells, changed[0])
    called = np.array([names.get(code, code) for code in baseline.cells[concerned]], dtype=object)
    counted = passed(baseline.points[concerned], called, after[concerned], weights=LOADS)
    both = land.merge(counted, on=["from_code", "to_code"], how="outer")
    return both.fillna(0.0).sort_values(["from_code", "to_code"], ignore_index=True)


def _bands(baseline: Baseline, draft: Coverage, loads: pd.DataFrame) -> pd.DataFrame:
    before = _outside(baseline.base, baseline.loads, baseline.band)
    return _when(before, _outside(draft, loads, baseline.band), on=["code", "households", "side"])


def _outside(coverage: Coverage, loads: pd.DataFrame, band: tuple[float, float]) -> pd.DataFrame:
    grids = _grids(coverage)
    counted = dict(zip(grids, loads["households"].reindex(grids).tolist(), strict=True))
    return outside_band(counted, low=band[0], high=band[1])


def _when(before: pd.DataFrame, after: pd.DataFrame, *, on: list[str]) -> pd.DataFrame:
    """Say of equal rows whether they are there before, after or both."""
    joined = before.merge(after, on=on, how="outer", indicator="when")
    when = joined["when"].astype(str).replace({"left_only": "before", "right_only": "after"})
    return joined.assign(when=when)


def _roads(
    ground: Ground, before: BaseGeometry, after: BaseGeometry
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Return where changed borders cross roads, and the share that runs along roads, before and after."""
    found = [road_crossings(ground.roads, border).round(3) for border in (before, after)]
    named = [rows.assign(road=[ground.road_names[at] for at in rows["road"]]) for rows in found]
    along = share_along_roads(ground.roads, before), share_along_roads(ground.roads, after)
    return _when(*named, on=["road", "x", "y"]), along


def _box(coverage: Coverage, codes: Sequence[str]) -> BaseGeometry:
    """Return the box around some cells, in the unit of the CRS."""
    if not codes:
        return shapely.Polygon()
    return shapely.box(
        *(shapely.total_bounds([coverage.land(code) for code in codes]) / round(1 / coverage.step))
    )


def _reached(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    """Return the share of all households with a service centre within reach; nan when no centre is known."""
    found: dict[str, float] = {}
    for name in (f"households_{reach}m" for reach in REACHES_M):
        shares = [_share(side[name].sum(), side["households"].sum()) if name in side else float("nan")
                  for side in (before, after)]  # fmt: skip
        found |= _before_after(f"{name}_share", shares[0], shares[1])
    return found


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _plain(value: Any) -> Any:
    """Return frames as lists of rows and mappings as they are, with None for what cannot be known."""
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(key): _known(held) for key, held in value.items()}
    return value


def _known(value: Hashable) -> Any:
    return None if pd.isna(value) else value  # type: ignore[call-overload]
