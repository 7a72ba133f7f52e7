"""Where petitions come from: houses, roads, works, the river, and a few spots that never come to rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from gridmap.demo.noise import Floats, Ints, generator
from gridmap.demo.plan import ARTERIAL, COLLECTOR, RIVER
from gridmap.demo.street import Street

NO_BUILDING = -1
_Place = tuple[float, float, int]


@dataclass(frozen=True)
class Spots:
    """Hold places where something may happen: coordinates, parcel, building and how often."""

    x: Floats
    y: Floats
    parcel: Ints
    building: Ints
    weight: Floats
    scatter_m: float

    def draw(self, count: int, random: np.random.Generator) -> tuple[Floats, Floats, Ints, Ints]:
        """Draw so many places: x, y (metres), parcel, building."""
        at = random.choice(len(self.x), count, p=self.weight / self.weight.sum())
        aside = random.normal(0, self.scatter_m, (2, count))
        return self.x[at] + aside[0], self.y[at] + aside[1], self.parcel[at], self.building[at]


@dataclass(frozen=True)
class HotSpot:
    """Say that petitions of some kinds pile up at one place for some time.

    Parameters
    ----------
    subcategories : what is complained of
    since, until : from when to when
    share : share of these petitions in that time that come from here
    place : where: x, y (metres) and parcel
    scatter_m : how far around
    """

    subcategories: tuple[str, ...]
    since: str
    until: str
    share: float
    place: _Place
    scatter_m: float


def spots_of(street: Street) -> dict[str, Spots]:
    """Return the places by what may happen there: street, village, works, estate, river, centre, people."""
    random = generator(street.seed, street.number, "petition places")
    buildings, use = street.buildings, street.land.use[street.buildings.parcel]
    temper = _temper(street, random)[buildings.parcel]
    lived = (street.people.people + 0.02) * temper
    built = buildings.floor_area_m2 * temper
    by_use = {
        "village": lived * (use == "village"),
        "estate": lived * (buildings.kind == "tower") + 1e-9 * lived,
        "works": built * np.isin(use, ("factory", "construction")) + 1e-9 * built,
        "centre": built * np.where(use == "commerce", 2.0, np.where(buildings.kind == "shop", 1.5, 0.08)),
        "people": lived,
    }
    spots = {name: _at_buildings(street, weight) for name, weight in by_use.items()}
    spots["street"] = _along_roads(street, lived)
    spots["river"] = _along_river(street, spots["street"])
    return spots


def _temper(street: Street, random: np.random.Generator) -> Floats:
    """Return how readily people complain, by parcel: some communities and corners more than others."""
    community = random.lognormal(0, 0.22, len(street.grids.communities) + 1)[street.grids.community]
    return np.asarray(community * random.lognormal(0, 0.45, len(street.land.parcels)), dtype=float)


def _at_buildings(street: Street, weight: Floats) -> Spots:
    buildings = street.buildings
    return Spots(buildings.x, buildings.y, buildings.parcel, np.arange(len(buildings)), weight + 1e-12, 5.0)


def _along_roads(street: Street, lived: Floats) -> Spots:
    """Return the points of the larger roads next to where people live."""
    buildings, roads = street.buildings, street.land.roads
    lines = roads.geometry[np.isin(roads.rank, (ARTERIAL, COLLECTOR))]
    doors = shapely.points(buildings.x, buildings.y)
    line = lines[STRtree(lines).nearest(doors)]
    kerb = shapely.get_coordinates(
        shapely.line_interpolate_point(line, shapely.line_locate_point(line, doors))
    )
    return Spots(
        kerb[:, 0], kerb[:, 1], buildings.parcel, np.full(len(buildings), NO_BUILDING), lived + 1e-9, 4.0
    )


def _along_river(street: Street, fallback: Spots) -> Spots:
    """Return points along the river; a street without one has its roads instead."""
    lines = street.land.roads.geometry[street.land.roads.rank == RIVER]
    if not len(lines):
        return fallback
    points = shapely.get_coordinates(lines)
    parcel = STRtree(street.land.parcels).nearest(shapely.points(points))
    return Spots(
        points[:, 0], points[:, 1], parcel, np.full(len(points), NO_BUILDING), np.ones(len(points)), 12.0
    )


def hot_spots(street: Street, spots: dict[str, Spots]) -> tuple[HotSpot, ...]:
    """Choose the places where petitions pile up: a market, a building site, a broken road, a foul outfall."""
    random = generator(street.seed, street.number, "hot spots")
    land = street.land
    middle = shapely.get_coordinates(shapely.centroid(land.parcels))
    counted = street.grids.community >= 0

    def heart_of(use: str) -> _Place:
        fit = np.flatnonzero((land.use == use) & counted)
        at = int(random.choice(fit if len(fit) else np.flatnonzero(counted)))
        return float(middle[at, 0]), float(middle[at, 1]), at

    return (
        HotSpot(
            ("乱摆卖", "占道经营", "暴露垃圾"), "2023-11-01", "2026-11-01", 0.09, heart_of("commerce"), 70
        ),
        HotSpot(("施工噪声", "工地围挡"), "2025-03-01", "2025-10-15", 0.55, heart_of("construction"), 90),
        HotSpot(
            ("道路破损", "道路积水"), "2024-05-10", "2024-09-20", 0.30, _one_of(spots["street"], random), 45
        ),
        HotSpot(
            ("河道污染", "污水外溢"), "2026-04-01", "2026-08-31", 0.35, _one_of(spots["river"], random), 60
        ),
    )


def _one_of(spots: Spots, random: np.random.Generator) -> _Place:
    x, y, parcel, _ = spots.draw(1, random)
    return float(x[0]), float(y[0]), int(parcel[0])
