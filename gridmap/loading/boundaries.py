"""What a drawing does to the boundaries of a day: which regions begin, change and end.

The file is the complete list of the cells below every parent it names: cells of the store that it does
not name end. Land of the parent that no cell covers becomes cells of kind `unassigned`. A parent that
is divided already has no border of its own, so the cells of several divided parents under one region
may exchange land; the border of an undivided parent is fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.corners import insertions, with_corners
from gridmap.coverage import METRIC_STEP, Site, certify, dissolve
from gridmap.findings import Finding, has_errors
from gridmap.polygons import Geometries
from gridmap.repair import Rules, Tiling, tile

#: An outline before and after it got corners.
Reshaped = tuple[BaseGeometry, BaseGeometry]

OPENED_COLUMNS = [
    "region_id",
    "level",
    "code",
    "name",
    "parent_id",
    "kind",
    "geometry",
    "change",
    "changed_m2",
]


@dataclass(frozen=True)
class Map:
    """Hold the boundaries of one day on the lattice.

    Parameters
    ----------
    regions : all regions: region_id (index), level, code, name, parent_id, kind, is_leaf
    land : lattice polygon of every leaf, by region_id
    """

    regions: pd.DataFrame
    land: dict[int, BaseGeometry]

    @classmethod
    def of(cls, regions: pd.DataFrame, leaves: gpd.GeoDataFrame) -> Map:
        """Put the leaves of a day on the lattice."""
        cells = polygons.to_lattice(np.asarray(leaves.geometry.array), step=METRIC_STEP)
        numbers = (int(number) for number in leaves["region_id"])
        return cls(regions.set_index("region_id"), dict(zip(numbers, cells, strict=True)))

    def children(self, parent: int | None) -> list[int]:
        """Return the regions directly below one, or at the top."""
        parents = self.regions["parent_id"]
        below = parents.isna() if parent is None else parents == parent
        return [int(number) for number in self.regions.index[below.fillna(False).astype(bool)]]

    def parent(self, region: int) -> int | None:
        """Return the region directly above one, None at the top."""
        above = _known(self.regions.at[region, "parent_id"])
        return None if above is None else int(above)

    def below(self, region: int) -> list[int]:
        """Return all regions below one, itself left out."""
        own = self.children(region)
        return own + [number for child in own for number in self.below(child)]

    def land_of(self, region: int) -> BaseGeometry:
        """Return the land of a region: its own, or the exact sum of the leaves below it."""
        if region in self.land:
            return self.land[region]
        leaves = [self.land[number] for number in self.below(region) if number in self.land]
        return dissolve(polygons.as_array(leaves))

    def divided(self, region: int) -> bool:
        """Return whether a region has anything but unassigned land below it."""
        return any(self.regions.at[child, "kind"] != "unassigned" for child in self.children(region))


@dataclass(frozen=True)
class Plan:
    """Hold what a drawing would do.

    Parameters
    ----------
    opened : regions that begin or get a new version: region_id (negative for new ones), level, code,
        name, parent_id, kind, geometry (lattice; None for parents), change, changed_m2
    ended : regions that end
    unchanged : how many drawn cells are in the store just so
    findings : what is wrong with the drawing or was repaired
    """

    opened: pd.DataFrame
    ended: tuple[int, ...]
    unchanged: int
    findings: tuple[Finding, ...]


def plan(drawing: pd.DataFrame, today: Map, *, level: str, site: Site, rules: Rules) -> Plan:
    """Work out what a drawing of one level does to the boundaries.

    Parameters
    ----------
    drawing : code, name, kind, parent_id (None at the top), geometry (lattice), one row per cell, codes
        unique
    today : the boundaries it is drawn over
    level : level of the drawn cells
    site : names level and place in findings
    rules : whether to repair, and how far
    """
    steps = [_Step.take(group, parents, today, level=level, site=site, rules=rules)
             for parents, group in _groups(drawing, today)]  # fmt: skip
    opened = pd.concat([step.opened for step in steps], ignore_index=True)
    ended = tuple(number for step in steps for number in step.ended)
    numbered = opened.assign(region_id=_negative_where_new(opened["region_id"]))
    reshaped = [pair for step in steps for pair in step.reshaped]
    whole = _knowing_corners(numbered, ended, reshaped, today)
    findings = [finding for step in steps for finding in step.findings]
    return Plan(whole, ended, sum(step.unchanged for step in steps), tuple(findings))


def leaves_after(plan: Plan, today: Map) -> tuple[list[str], Geometries]:
    """Return codes and lattice polygons of all leaves once the plan is in force."""
    replaced = {*plan.ended, *plan.opened["region_id"]}
    kept = [number for number in today.land if number not in replaced]
    fresh = plan.opened[plan.opened["geometry"].notna()]
    codes = [*today.regions.loc[kept, "code"], *fresh["code"]]
    return codes, polygons.as_array([*(today.land[number] for number in kept), *fresh["geometry"]])


def certificate_findings(plan: Plan, today: Map, *, level: str) -> list[Finding]:
    """Run the exact test on the leaves as they would be, and say so if it fails.

    It says nothing when the drawing has faults that explain a failure.
    """
    if has_errors(plan.findings):
        return []
    codes, cells = leaves_after(plan, today)
    certificate = certify(codes, cells)
    if certificate.exact:
        return []  # narrow holes at the top are gaps of the drawing: warnings, listed one by one
    return [Finding("coverage.certificate", "error",
                    "The cells would not tile the land exactly: "
                    f"{certificate.repeated} borders claimed twice, {certificate.unmatched} without a match, "
                    f"{len(certificate.invalid)} invalid rings. Load with --repair.",
                    level=level, codes=certificate.invalid[:20],
                    amount=certificate.repeated + certificate.unmatched, unit="segments")]  # fmt: skip


def _groups(drawing: pd.DataFrame, today: Map) -> list[tuple[tuple[int, ...], pd.DataFrame]]:
    """Group the drawn cells by the land they tile: one undivided parent, or divided ones under one region."""
    if drawing["parent_id"].isna().all():
        return [((), drawing)]
    parents = drawing["parent_id"].astype(int)
    shared = {parent: _shares_with(parent, today) for parent in parents.unique()}
    keys = parents.map(shared)
    return [(tuple(sorted(set(parents[keys == key]))), drawing[keys == key]) for key in sorted(set(keys))]


def _shares_with(parent: int, today: Map) -> tuple[str, int]:
    above = today.parent(parent)
    if today.divided(parent) and above is not None:
        return ("below", above)
    return ("alone", parent)


@dataclass(frozen=True)
class _Step:
    """Hold what the drawing does to one piece of land."""

    opened: pd.DataFrame
    ended: tuple[int, ...]
    unchanged: int
    findings: tuple[Finding, ...]
    reshaped: tuple[Reshaped, ...]

    @classmethod
    def take(cls, drawn: pd.DataFrame, parents: tuple[int, ...], today: Map, *, level: str, site: Site,
             rules: Rules) -> _Step:  # fmt: skip
        existing = _existing(parents, today)
        named = {str(today.regions.at[number, "code"]): number for number in existing}
        known = {code: named[code] for code in drawn["code"] if code in named}
        cells = polygons.as_array(
            _as_in_store(code, land, known, today)
            for code, land in zip(drawn["code"], drawn["geometry"], strict=True)
        )
        within = dissolve(polygons.as_array(today.land_of(p) for p in parents)) if parents else None
        tiling = tile(list(drawn["code"]), cells, within=within, site=site, rules=rules)
        rows = _cell_rows(drawn, tiling, known, today, level)
        rows += _unassigned_rows(tiling, parents, existing, today, level)
        rows += [_parent_row(parent, today) for parent in parents if parent in today.land]
        opened = pd.DataFrame(rows, columns=OPENED_COLUMNS)
        changed = ~opened["change"].isin(["unchanged", "cornered"])
        return cls(
            opened=opened[changed],
            ended=_ended(existing, opened, today),
            unchanged=int((~changed).sum()),
            findings=(*tiling.findings, *_divided(opened[changed], today, level)),
            reshaped=(*_outline(within, tiling), *_cornered(opened, today)),
        )


def _outline(within: BaseGeometry | None, tiling: Tiling) -> list[Reshaped]:
    """Return the parents' outline before and after, which differ by corners on straight borders."""
    if within is None:
        return []
    return [(within, dissolve(polygons.as_array([*tiling.cells, *tiling.unowned])))]


def _cornered(opened: pd.DataFrame, today: Map) -> list[Reshaped]:
    """Return the outlines of divided regions that only got new corners, before and after."""
    rows = opened[opened["change"] == "cornered"]
    drawn = zip(rows["region_id"], rows["geometry"], strict=True)
    return [(today.land_of(int(number)), land) for number, land in drawn]


def _existing(parents: tuple[int, ...], today: Map) -> list[int]:
    if not parents:
        return today.children(None)
    return [child for parent in parents for child in today.children(parent)]


def _as_in_store(code: str, drawn: BaseGeometry, known: dict[str, int], today: Map) -> BaseGeometry:
    """Return the store's own polygon when the drawn one differs only by rounding and extra corners."""
    if code not in known or not drawn.is_valid:
        return drawn
    stored = today.land_of(known[code])
    return stored if _same_but_for_corners(stored, drawn) else drawn


def _same_but_for_corners(stored: BaseGeometry, drawn: BaseGeometry) -> bool:
    """Return whether two polygons differ by no more than rounding and extra corners explain."""
    return bool(shapely.symmetric_difference(stored, drawn).area <= 2 * stored.length)


def _cell_rows(
    drawn: pd.DataFrame, tiling: Tiling, known: dict[str, int], today: Map, level: str
) -> list[dict[str, Any]]:
    rows = []
    for cell, land, changed_m2 in zip(drawn.itertuples(), tiling.cells, tiling.changed_m2, strict=True):
        number = known.get(str(cell.code))
        rows.append({
            "region_id": number, "level": level, "code": cell.code, "name": cell.name, "kind": cell.kind,
            "parent_id": cell.parent_id, "geometry": land, "changed_m2": float(changed_m2),
            "change": "new" if number is None else _change(number, cell, land, today),
        })  # fmt: skip
    return rows


def _change(number: int, cell: Any, land: BaseGeometry, today: Map) -> str:
    """Say what a drawn cell changes about the region of the same code."""
    stored = today.regions.loc[number]
    before = today.land_of(number)
    if number not in today.land and _same_but_for_corners(before, land):
        return "unchanged" if _same(before, land) else "cornered"
    if not _same(before, land):
        return "changed"
    was = (stored["name"], stored["kind"], _known(stored["parent_id"]))
    if (cell.name, cell.kind, _known(cell.parent_id)) != was:
        return "renamed"
    return "unchanged"


def _known(value: Any) -> Any:
    """Return a value, None when it is missing in any of pandas' ways."""
    return None if pd.isna(value) else value


def _unassigned_rows(
    tiling: Tiling, parents: tuple[int, ...], existing: Sequence[int], today: Map, level: str
) -> list[dict[str, Any]]:
    """Make unassigned cells of the land nobody drew a cell over, numbered from west to east."""
    free = [number for number in existing if today.regions.at[number, "kind"] == "unassigned"]
    pieces = sorted(tiling.unowned, key=lambda piece: (piece.bounds[0], -piece.bounds[3]))
    rows, numbers = [], {parent: _last_number(parent, today) for parent in parents}
    for piece in pieces:
        same = next((number for number in free if _same(today.land[number], piece)), None)
        above = None if same is None else today.parent(same)
        parent = _holding(piece, parents, today) if above is None else above
        if same is None:
            numbers[parent] += 1
        rows.append(_unassigned_row(piece, parent, same, numbers[parent], today, level))
    return rows


def _unassigned_row(
    piece: BaseGeometry, parent: int, same: int | None, number: int, today: Map, level: str
) -> dict[str, Any]:
    stored = today.regions.loc[parent] if same is None else today.regions.loc[same]
    code, name = (f"{stored['code']}-U{number:02d}", f"{stored['name']}未划分{number:02d}")
    return {
        "region_id": same, "level": level if same is None else stored["level"], "parent_id": parent,
        "code": code if same is None else stored["code"], "name": name if same is None else stored["name"],
        "kind": "unassigned", "geometry": piece, "changed_m2": 0.0,
        "change": "unassigned" if same is None else "unchanged",
    }  # fmt: skip


def _last_number(parent: int, today: Map) -> int:
    """Return the highest number given to unassigned land below a parent so far."""
    codes = today.regions.loc[today.children(parent), "code"]
    numbers = codes[codes.str.contains("-U")].str.rsplit("-U", n=1).str[-1]
    return int(pd.to_numeric(numbers, errors="coerce").max()) if len(numbers) else 0


def _holding(piece: BaseGeometry, parents: tuple[int, ...], today: Map) -> int:
    """Return the parent in which the piece lies, the one with most of it when it crosses a border."""
    if len(parents) == 1:
        return parents[0]
    return max(parents, key=lambda parent: shapely.intersection(today.land_of(parent), piece).area)


def _parent_row(parent: int, today: Map) -> dict[str, Any]:
    """Let a leaf become a parent: from now on its land is the sum of its cells."""
    return {**_as_stored(parent, today), "geometry": None, "change": "divided", "changed_m2": 0.0}


def _ended(existing: Sequence[int], opened: pd.DataFrame, today: Map) -> tuple[int, ...]:
    gone = [number for number in existing if number not in set(opened["region_id"].dropna())]
    return tuple(gone + [number for region in gone for number in today.below(region)])


def _divided(changed: pd.DataFrame, today: Map, level: str) -> list[Finding]:
    """Refuse to redraw a region whose land is the sum of the cells below it."""
    redrawn = changed[changed["region_id"].notna() & (changed["change"] == "changed")]
    codes = [str(cell.code) for cell in redrawn.itertuples() if cell.region_id not in today.land]
    if not codes:
        return []
    return [Finding("region.divided", "error",
                    f"{len(codes)} regions are divided, so their border is that of the cells "
                    f"below them: {', '.join(codes[:5])}. Load the lower level instead.",
                    level=level, codes=tuple(codes), amount=len(codes), unit="cells")]  # fmt: skip


def _same(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.normalize(one).equals_exact(shapely.normalize(other)))


def _negative_where_new(numbers: pd.Series) -> npt.NDArray[np.int64]:
    fresh = numbers.isna().to_numpy()
    filled = np.array(numbers.fillna(0), dtype=np.int64)
    filled[fresh] = -np.arange(1, fresh.sum() + 1)
    return filled


def _knowing_corners(
    opened: pd.DataFrame, ended: tuple[int, ...], reshaped: Sequence[Reshaped], today: Map
) -> pd.DataFrame:
    """Tell all neighbours about new corners on the borders they share.

    Neighbours that the drawing does not name get a version with the corner as well, marked `noded`.
    """
    missing = insertions(reshaped)
    cornered = with_corners(list(opened["geometry"]), missing)
    inserted = opened.assign(geometry=polygons.as_array(cornered))
    replaced = {*ended, *opened["region_id"]}
    kept = [number for number in today.land if number not in replaced]
    after = with_corners([today.land[number] for number in kept], missing)
    noded = [_noded_row(number, land, today) for number, land in zip(kept, after, strict=True)
             if land is not today.land[number]]  # fmt: skip
    fresh = pd.DataFrame(noded, columns=OPENED_COLUMNS)
    return pd.concat([inserted, fresh], ignore_index=True) if noded else inserted


def _noded_row(number: int, land: BaseGeometry, today: Map) -> dict[str, Any]:
    changed = shapely.symmetric_difference(land, today.land[number]).area * METRIC_STEP**2
    return {**_as_stored(number, today), "geometry": land, "change": "noded", "changed_m2": changed}


def _as_stored(number: int, today: Map) -> dict[str, Any]:
    """Return what the store holds of a region, its land left out."""
    stored = today.regions.loc[number][["level", "code", "name", "parent_id", "kind"]]
    return {**cast(dict[str, Any], stored.to_dict()), "region_id": number}
