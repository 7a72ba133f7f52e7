"""The base map of one street: water, greenery, industry, roads, building footprints, labels."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from gridmap.demo.noise import Ints
from gridmap.demo.plan import ARTERIAL, COLLECTOR, EXPRESSWAY, LANE, RIVER
from gridmap.demo.street import METRIC, Street
from gridmap.demo.tables import geo_schema, geo_table

BASE_SCHEMA = geo_schema({"kind": pa.string(), "name": pa.string(), "rank": pa.int64()}, METRIC)
RIVER_HALF_WIDTH_M = 24.0
_ROAD_RANK = {EXPRESSWAY: 1, ARTERIAL: 2, COLLECTOR: 3, LANE: 4}

Row = tuple[str, str | None, int, shapely.Geometry]


def base_table(street: Street, *, footprints: float | None) -> pa.Table:
    """Return the base map of a street.

    Parameters
    ----------
    footprints : least area of a building to be drawn, m2; None = no buildings

    Returns
    -------
    GeoParquet table: kind (road, water, green, industry, building, label), name, rank, geometry
    """
    rows = _land(street) + _roads(street) + _labels(street)
    if footprints is not None:
        large = shapely.area(street.buildings.footprint) >= footprints
        rows += [("building", None, 5, plan) for plan in street.buildings.footprint[large]]
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [row[3] for row in rows]
    columns = {"kind": [r[0] for r in rows], "name": [r[1] for r in rows], "rank": [r[2] for r in rows]}
    return geo_table(BASE_SCHEMA, columns, geometry)


def _land(street: Street) -> list[Row]:
    """Return the areas: hills and parks, works, reservoirs and the river."""
    land = street.land
    rows: list[Row] = []
    for kind, uses, rank in (
        ("green", ("hill",), 1),
        ("green", ("park",), 2),
        ("industry", ("factory",), 2),
        ("water", ("water",), 1),
    ):
        chosen = land.parcels[np.isin(land.use, uses)]
        rows += [(kind, None, rank, part) for part in shapely.get_parts(shapely.coverage_union_all(chosen))]
    river = land.roads.geometry[land.roads.rank == RIVER]
    if len(river):
        water = shapely.intersection(shapely.union_all(river).buffer(RIVER_HALF_WIDTH_M), land.outline)
        rows.append(
            (
                "water",
                str(land.roads.name[land.roads.rank == RIVER][0]) or None,
                1,
                shapely.set_precision(water, 0.001),
            )
        )
    return rows


def _roads(street: Street) -> list[Row]:
    """Return the roads, each name as one line."""
    roads = street.land.roads
    rows: list[Row] = []
    for rank, drawn in _ROAD_RANK.items():
        for name in sorted(set(roads.name[roads.rank == rank])):
            chosen = roads.geometry[(roads.rank == rank) & (roads.name == name)]
            merged = shapely.line_merge(shapely.multilinestrings(list(chosen)))
            rows += [("road", name or None, drawn, line) for line in shapely.get_parts(merged)]
    return rows


def _labels(street: Street) -> list[Row]:
    """Return place names at their points: reservoirs, hills, parks, villages, estates, works."""
    names = street.names.places
    rows: list[Row] = []
    for use, key, rank in (
        ("water", "reservoirs", 1),
        ("hill", "hills", 1),
        ("village", "villages", 2),
        ("park", "parks", 2),
        ("factory", "works", 3),
        ("estate", "estates", 3),
    ):
        sites = _largest_sites(street, use, len(names[key]))
        rows += [("label", name, rank, site) for name, site in zip(names[key], sites, strict=False)]
    return rows


def _largest_sites(street: Street, use: str, count: int) -> list[shapely.Geometry]:
    """Return points inside the largest connected pieces of one use."""
    land = street.land
    chosen = np.flatnonzero(land.use == use)
    if not len(chosen):
        return []
    pieces = (
        _by_place(street, chosen)
        if use in ("village", "estate", "factory")
        else shapely.get_parts(shapely.coverage_union_all(land.parcels[chosen]))
    )
    order = np.argsort(-shapely.area(pieces), kind="stable")[:count]
    return list(shapely.set_precision(shapely.point_on_surface(pieces[order]), 0.001))


def _by_place(street: Street, chosen: Ints) -> np.ndarray:
    place = street.land.place[chosen]
    pieces = [shapely.coverage_union_all(street.land.parcels[chosen[place == at]]) for at in np.unique(place)]
    return np.array(pieces, dtype=object)
