"""Check the store: does the land tile exactly, which of it is nobody's, which records have no place."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import shapely

from gridmap import polygons
from gridmap.coverage import METRIC_STEP, Coverage, Site, faults
from gridmap.findings import Finding, gravest_first
from gridmap.levels import LEVELS, level_named
from gridmap.regions import crs_of, leaves_on, map_of
from gridmap.registers import placed_registers
from gridmap.responsibility import duty_findings
from gridmap.store import Database

_NOUN = {register.table: register.title_en.lower() or register.name for register in placed_registers()}


def check(db: Database, *, level: str | None = None, on: date | None = None) -> list[Finding]:
    """Check the boundaries of a day and the placement of the records in them.

    The leaves must tile the land exactly (errors when not). Holes of the outline, unassigned land and
    regions in several pieces are warnings: they may be meant. So are cells and buildings without a person in
    charge, and records without a place.

    Parameters
    ----------
    db : the open store
    level : look at this level only; at all levels and at the records when None
    on : day; the store's today when None

    Returns
    -------
    Findings, the gravest first
    """
    day = on or db.now().date()
    leaves = leaves_on(db, day)
    if leaves.empty:
        return [
            Finding(
                "store.empty", "info", "The store has no boundaries yet. Load some: gridmap load regions FILE"
            )
        ]
    if level is not None:
        level_named(level)
    levels = [entry.key for entry in LEVELS if level in (None, entry.key)]
    found = faults(Coverage.from_frame(leaves), level=level or "") if level is None else []
    for key in levels:
        found += _of_level(db, key, leaves, day)
    if level is None:
        found += [*duty_findings(db, on=day), *_without_place(db, day)]
    return gravest_first(found)


def _of_level(db: Database, level: str, leaves: gpd.GeoDataFrame, day: date) -> list[Finding]:
    regions = map_of(db, level=level, on=day)
    site = Site(METRIC_STEP, crs_of(db), level)
    nobody = leaves[(leaves["level"] == level) & (leaves["kind"] == "unassigned")]
    found = [_unassigned(cell, site) for cell in nobody.itertuples()]
    if len(regions):
        several = regions[shapely.get_num_geometries(regions.geometry.array) > 1]
        found += _overlapping(regions, level) + [_in_pieces(cell, site) for cell in several.itertuples()]
    return found


def _overlapping(regions: gpd.GeoDataFrame, level: str) -> list[Finding]:
    """Run the coverage check on the regions of a level, leaving out the land between them."""
    return [fault for fault in faults(Coverage.from_frame(regions), level=level)
            if fault.severity == "error"]  # fmt: skip


def _on_lattice(land: object) -> shapely.Geometry:
    return polygons.to_lattice(polygons.as_array([land]), step=METRIC_STEP)[0]


def _unassigned(cell: object, site: Site) -> Finding:
    about = site.about(_on_lattice(cell.geometry))  # type: ignore[attr-defined]
    code, name = str(cell.code), str(cell.name)  # type: ignore[attr-defined]
    return Finding("land.unassigned", "warning", codes=(code,), **about, message=(
        f"{name} ({code}): {about['amount']:,.0f} m2 that nobody has taken charge of, up to "
        f"{about['width_m']:,.0f} m wide. Assign it to a grid."))  # fmt: skip


def _in_pieces(cell: object, site: Site) -> Finding:
    land = cell.geometry  # type: ignore[attr-defined]
    code, name = str(cell.code), str(cell.name)  # type: ignore[attr-defined]
    count = shapely.get_num_geometries(land)
    smallest = min(shapely.get_parts(land), key=lambda part: part.area)
    about = site.about(_on_lattice(smallest))
    return Finding("region.in_pieces", "warning", codes=(code,), **about, message=(
        f"{name} ({code}) lies in {count} pieces, the smallest of {about['amount']:,.0f} m2. "
        "An exclave may be meant; if not, give the piece to its neighbour."))  # fmt: skip


def _without_place(db: Database, day: date) -> list[Finding]:
    """Warn about records without a place, one finding per register and reason."""
    summary = db.query("placing/summary", on_day=day)
    lost = summary[summary["placed_by"] == "none"]
    return [
        Finding(
            "record.not_placed",
            "warning",
            f"No place for {count:,} of the {_NOUN[kind]}: {reason}. List them: gridmap unplaced",
            amount=float(count),
            unit="rows",
        )
        for kind, count, reason in zip(lost["record_kind"], lost["records"], lost["reason"], strict=True)
    ]
