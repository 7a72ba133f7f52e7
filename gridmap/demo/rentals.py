"""Rental buildings of one street: which they are, how they are rated over time, when they are inspected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gridmap.demo.facts import facts
from gridmap.demo.noise import Bools, Floats, Ints, generator, only_where
from gridmap.demo.petition_times import AS_OF
from gridmap.demo.regions import NOBODY
from gridmap.demo.street import Street, building_codes, lonlat
from gridmap.demo.tables import table_of
from gridmap.registers import BUILDINGS, INSPECTIONS, POPULATION, RATINGS, SCHEMES

#: Share of buildings let, by kind.
LET = {"house": 0.86, "dormitory": 0.92, "tower": 0.22}
#: Share of rental buildings that are rated, by category: urban villages first.
RATED = {"urban_village": 0.95, "dormitory": 0.55, "estate": 0.15, "public_housing": 0.3, "other": 0.4}
FIRST_RATINGS = np.datetime64("2023-09-01")
TODAY = AS_OF.astype("datetime64[D]")


@dataclass(frozen=True)
class Rentals:
    """Hold one street's rental buildings: position among its buildings, number, category, risk."""

    building: Ints
    number: np.ndarray
    category: np.ndarray
    risk: Floats
    rated: Bools


def rentals_of(street: Street) -> Rentals:
    """Choose the buildings that are let."""
    random = generator(street.seed, street.number, "rentals")
    buildings, use = street.buildings, street.land.use[street.buildings.parcel]
    chance = np.array([LET.get(kind, 0.0) for kind in buildings.kind]) * (street.people.people > 0)
    chosen = np.flatnonzero(random.random(len(buildings)) < chance)
    kind, use = buildings.kind[chosen], use[chosen]
    category = np.full(len(kind), "other", dtype=object)
    category[kind == "dormitory"] = "dormitory"
    category[kind == "tower"] = "estate"
    category[(kind == "house") & (use == "village")] = "urban_village"
    category[(kind == "tower") & (buildings.parcel[chosen] % 9 == 0)] = "public_housing"
    corner = random.normal(0, 0.6, len(street.land.parcels))[buildings.parcel[chosen]]
    rough = random.normal(0, 0.35, len(street.community_names) + 1)[street.community_of_building[chosen]]
    risk = rough + corner + random.normal(0, 0.8, len(chosen))
    number = np.array([f"{street.prefix}-B{at + 1:06d}" for at in chosen.tolist()], dtype=object)
    rated = random.random(len(chosen)) < np.array([RATED[name] for name in category])
    return Rentals(chosen, number, category, risk, rated)


def buildings_table(street: Street, rentals: Rentals) -> pa.Table:
    """Return the rental buildings with their places (WGS-84)."""
    random = generator(street.seed, street.number, "rental table")
    at = rentals.building
    lon, lat = lonlat(street.buildings.x[at], street.buildings.y[at])
    people = street.people.people[at]
    units = np.maximum(1, np.round(people / random.uniform(1.2, 2.2, len(at)))).astype(np.int64)
    registered = np.datetime64("2016-01-01") + random.integers(0, 2800, len(at)).astype("timedelta64[D]")
    region = street.region_names_of(street.buildings.parcel[at])
    named = street.grids.community[street.buildings.parcel[at]] != NOBODY
    serial = at % 200 + 1
    name = [f"{place or ''}{number}栋" for place, number in zip(region, serial.tolist(), strict=True)]
    return table_of(
        BUILDINGS,
        {
            "building_no": rentals.number,
            "name": name,
            "category": rentals.category,
            "rental_units": units,
            "tenants": people,
            "registered_on": registered,
            "x": lon,
            "y": lat,
            "building_code": building_codes(street)[at],
            "region_name": region,
            "parent_name": only_where(named, street.grids.name),
        },
        len(at),
    )


def schemes_table() -> pa.Table:
    """Return the rating schemes: the one of the demo's ratings first, others beside it."""
    schemes = facts("rentals")["scheme"]
    levels = [(scheme["name"], level) for scheme in schemes for level in scheme["level"]]
    names = ("level", "rank", "title_zh", "title_en", "colour", "interval_days", "weight")
    columns = {name: [level[name] for _, level in levels] for name in names}
    return table_of(SCHEMES, {"scheme": [scheme for scheme, _ in levels], **columns}, len(levels))


def _steps(street: Street, rentals: Rentals) -> tuple[Ints, np.ndarray, Ints, np.ndarray]:
    """Let every rated building go through up to five ratings: building, from when, level (0-3), reason."""
    random = generator(street.seed, street.number, "ratings")
    reasons = facts("rentals")["reasons"]
    at = np.flatnonzero(rentals.rated)
    since = FIRST_RATINGS + (random.exponential(150, len(at))).astype("timedelta64[D]")
    level = np.digitize(rentals.risk[at] + random.normal(0, 0.3, len(at)), (0.35, 1.25, 2.35))
    rows = [(at, since, level, np.full(len(at), reasons["first"][0], dtype=object))]
    for _ in range(4):
        stays = random.random(len(at)) < np.where(level >= 2, 0.25, 0.45)
        since = since + (60 + random.exponential(230, len(at))).astype("timedelta64[D]")
        down = random.random(len(at)) < np.array([0.0, 0.55, 0.75, 0.95])[level]
        next_level = np.clip(level + np.where(down, -1, 1), 0, 3)
        moves = ~stays & (since <= TODAY) & (next_level != level)
        at, since, worse, level = at[moves], since[moves], (next_level > level)[moves], next_level[moves]
        reason = random.choice(reasons["better"], len(at)).astype(object)
        reason[worse] = random.choice(reasons["worse"], int(worse.sum()))
        rows.append((at, since, level, reason))
    building, since, level, reason = (np.concatenate(column) for column in zip(*rows, strict=True))
    kept = since <= TODAY
    order = np.lexsort((since[kept], building[kept]))
    return building[kept][order], since[kept][order], level[kept][order], reason[kept][order]


def ratings_table(street: Street, rentals: Rentals) -> pa.Table:
    """Return all ratings; the last one of a building has no end."""
    building, since, level, reason = _steps(street, rentals)
    scheme = facts("rentals")["scheme"][0]
    until = np.append(since[1:], np.datetime64("NaT"))
    until[np.append(building[1:] != building[:-1], True)] = np.datetime64("NaT")
    names = np.array([entry["level"] for entry in scheme["level"]], dtype=object)
    return table_of(
        RATINGS,
        {
            "building_no": rentals.number[building],
            "scheme": [scheme["name"]] * len(building),
            "level": names[level],
            "valid_from": since,
            "valid_to": until,
            "reason": reason,
        },
        len(building),
    )


def inspections_table(street: Street, rentals: Rentals, *, days: int) -> pa.Table:
    """Return the inspections of the last `days` days: mostly in the rhythm of the rating, some too late."""
    random = generator(street.seed, street.number, "inspections")
    building, _, level, _ = _steps(street, rentals)
    last = np.append(building[1:] != building[:-1], True)
    building, level = building[last], level[last]
    interval = np.array([entry["interval_days"] for entry in facts("rentals")["scheme"][0]["level"]])[level]
    slack = np.where(
        random.random(len(building)) < _neglect(street, random)[rentals.building[building]],
        random.uniform(1.1, 3.5, len(building)),
        random.uniform(0.02, 0.96, len(building)),
    )
    visits = np.maximum(0, (days - slack * interval) // interval + 1).astype(np.int64)
    owner = np.repeat(np.arange(len(building)), visits)
    turn = np.arange(visits.sum()) - np.repeat(np.cumsum(visits) - visits, visits)
    ago = (slack[owner] + turn * random.normal(1.0, 0.02, len(owner)).clip(0.94, 1.06)) * interval[owner]
    moment = (AS_OF - (ago * 86400).astype("timedelta64[s]")).astype("datetime64[D]") + random.integers(
        9 * 3600, 17 * 3600, len(owner)
    ).astype("timedelta64[s]")
    hazards = random.poisson(np.array([0.05, 0.35, 0.9, 1.8])[level[owner]])
    order = np.lexsort((owner, moment))
    owner, moment, hazards = owner[order], moment[order], hazards[order]
    number = [f"{street.prefix}-V{at + 1:07d}" for at in range(len(owner))]
    return table_of(
        INSPECTIONS,
        {
            "inspection_no": number,
            "building_no": rentals.number[building[owner]],
            "inspected_at": moment,
            "result": np.where(hazards > 0, "发现隐患", "正常").astype(object),
            "hazards_found": hazards,
        },
        len(owner),
    )


def _neglect(street: Street, random: np.random.Generator) -> Floats:
    """Return for every building of the street the chance that its inspection is overdue, by community."""
    by_community = random.uniform(0.03, 0.24, len(street.community_names) + 1)
    return np.asarray(by_community[street.community_of_building], dtype=float)


def population_table(street: Street) -> pa.Table:
    """Return people and households of every inhabited building, with their places (WGS-84)."""
    at = np.flatnonzero(street.people.people > 0)
    lon, lat = lonlat(street.buildings.x[at], street.buildings.y[at])
    return table_of(
        POPULATION,
        {
            "population_no": [f"{street.prefix}-P{n + 1:06d}" for n in at.tolist()],
            "people": street.people.people[at],
            "households": street.people.households[at],
            "counted_on": np.full(len(at), np.datetime64("2026-06-30")),
            "x": lon,
            "y": lat,
            "building_code": building_codes(street)[at],
        },
        len(at),
    )
