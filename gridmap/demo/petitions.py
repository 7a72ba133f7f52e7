"""Petitions of one street: three years of them, with the faults that real ones have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridmap.demo.facts import facts
from gridmap.demo.noise import Bools, Floats, Ints, generator, only_where
from gridmap.demo.petition_places import NO_BUILDING, HotSpot, Spots, hot_spots, spots_of
from gridmap.demo.petition_times import STAMPS, Course, received, run_course, share_late
from gridmap.demo.street import Street, building_codes, lonlat
from gridmap.demo.tables import table_of
from gridmap.registers import PETITIONS

MERGED, SPLIT, REJECTED, VOID = 0.025, 0.004, 0.008, 0.003
LATE, STUCK = 0.088, 0.008
BACKWARDS = 0.0003  # closed before received
WITHOUT_POINT, CODE_ONLY, PLACELESS, BAD_POINT = 0.030, 0.008, 0.0012, 0.010
NO_FAULT = 6  # position behind the six shares above
NAMED = 0.7  # share of petitions with a point that name their community as well
MISNAMED = 0.015


@dataclass(frozen=True)
class _Topics:
    """Hold what petitions are about, one row per subcategory."""

    category: np.ndarray
    name: np.ndarray
    weight: Floats
    season: np.ndarray
    where: np.ndarray
    rhythm: np.ndarray


@dataclass(frozen=True)
class _Scene:
    """Hold where petitions come from: metres, parcel, building (NO_BUILDING = none)."""

    x: Floats
    y: Floats
    parcel: Ints
    building: Ints

    def at(self, position: Ints) -> _Scene:
        """Return the places at some positions."""
        return _Scene(self.x[position], self.y[position], self.parcel[position], self.building[position])


def petitions_of(street: Street, count: int) -> pa.Table:
    """Return one street's petitions in order of arrival.

    Parameters
    ----------
    street : the street
    count : how many

    Returns
    -------
    table with the columns of `registers.PETITIONS`; x, y are WGS-84 longitude and latitude
    """
    random = generator(street.seed, street.number, "petitions")
    topics = _topics()
    topic = random.choice(len(topics.weight), count, p=topics.weight)
    moment = received(topics.season[topic], topics.rhythm[topic], random)
    order = np.argsort(moment, kind="stable")
    topic, moment = topic[order], moment[order]
    spots = spots_of(street)
    scene = _scene(topics, topic, moment, spots, hot_spots(street, spots), random)
    split_from = _split(count, random)
    scene = scene.at(np.where(split_from >= 0, split_from, np.arange(count)))
    merged_into = _merged(moment, topic, scene, split_from, random)
    kind, limit = _kind_and_limit(topics.category[topic], random)
    handler = _handlers(street, topics.category[topic], scene, random)
    burden = _burden(street, handler, scene)
    late = random.random(count) < share_late(LATE * burden, moment)
    course = run_course(moment, limit, burden, late, _stuck(count, random), random)
    course = _ended_otherwise(course, merged_into, split_from, random)
    number = _numbers(street.prefix, moment)
    columns: dict[str, Any] = {
        "petition_no": number,
        "channel": _choice(_channels(street.demo_name), count, random),
        "kind": kind,
        "category": topics.category[topic],
        "subcategory": topics.name[topic],
        "handler": handler,
        "status": course.status,
        **course.stamps,
        "due_at": course.due_at,
        "closed_on_time": _on_time(course),
        "merged_into": _number_of(number, merged_into),
        "split_from": _number_of(number, split_from),
        **_places(street, scene, random),
    }
    return table_of(PETITIONS, columns, count)


def _topics() -> _Topics:
    """Read the subcategories; each gets its share of its category's weight."""
    known = facts("petitions")
    total = sum(known["category"].values())
    rows = [
        (group["of"], row, known["category"][group["of"]] / total * row[1] / sum(r[1] for r in group["rows"]))
        for group in known["sub"]
        for row in group["rows"]
    ]
    weight = np.array([row[2] for row in rows])

    def column(at: int) -> np.ndarray:
        return np.array([row[1][at] for row in rows], dtype=object)

    return _Topics(
        np.array([row[0] for row in rows], dtype=object),
        column(0),
        weight / weight.sum(),
        column(2),
        column(3),
        column(4),
    )


def _channels(place: str) -> dict[str, int]:
    weights: dict[str, int] = facts("petitions")["channel"]
    return {name.format(place=place): weight for name, weight in weights.items()}


def _choice(weights: dict[str, int], count: int, random: np.random.Generator) -> np.ndarray:
    weight = np.array(list(weights.values()), dtype=float)
    return np.array(list(weights), dtype=object)[random.choice(len(weight), count, p=weight / weight.sum())]


def _kind_and_limit(category: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, Ints]:
    """Draw the kinds, and return the working days that kind and category allow."""
    known = facts("petitions")
    kind = _choice(known["kind"], len(category), random)
    limit = np.zeros(len(category), dtype=np.int64)
    for name, days in known["limit"].items():
        limit[category == name] = days
    for name, days in known["kind_limit"].items():
        limit[kind == name] = days
    return kind, limit


def _scene(
    topics: _Topics,
    topic: Ints,
    moment: np.ndarray,
    spots: dict[str, Spots],
    hot: tuple[HotSpot, ...],
    random: np.random.Generator,
) -> _Scene:
    """Draw where each petition comes from."""
    x, y = np.empty(len(topic)), np.empty(len(topic))
    parcel, building = np.empty(len(topic), dtype=np.int64), np.empty(len(topic), dtype=np.int64)
    where = topics.where[topic]
    for name, places in spots.items():
        chosen = np.flatnonzero(where == name)
        x[chosen], y[chosen], parcel[chosen], building[chosen] = places.draw(len(chosen), random)
    for spot in hot:
        here = np.isin(topics.name[topic], spot.subcategories)
        here &= (moment >= np.datetime64(spot.since)) & (moment < np.datetime64(spot.until))
        here &= random.random(len(topic)) < spot.share
        aside = random.normal(0, spot.scatter_m, (2, int(here.sum())))
        x[here], y[here] = spot.place[0] + aside[0], spot.place[1] + aside[1]
        parcel[here], building[here] = spot.place[2], NO_BUILDING
    return _Scene(x, y, parcel, building)


def _split(count: int, random: np.random.Generator) -> Ints:
    """Return for each petition the one it was split from (-1 = none): one that came in shortly before."""
    whole_of = np.full(count, -1)
    whole = np.sort(random.choice(count - 20, round(count * SPLIT), replace=False))
    whole = whole[np.diff(whole, prepend=-100) > 8]
    for step in (2, 5):
        whole_of[whole + step] = whole
    return whole_of


def _merged(
    moment: np.ndarray, topic: Ints, scene: _Scene, split_from: Ints, random: np.random.Generator
) -> Ints:
    """Merge some petitions into an earlier one on the same matter, near by, within ten days."""
    cell = np.floor(scene.x / 250).astype(np.int64) * 1_000_000 + np.floor(scene.y / 250).astype(np.int64)
    order = np.lexsort((np.arange(len(topic)), topic, cell))
    same = (topic[order][1:] == topic[order][:-1]) & (cell[order][1:] == cell[order][:-1])
    earlier, later = order[:-1][same], order[1:][same]
    soon = (moment[later] - moment[earlier]) < np.timedelta64(10 * 86400, "s")
    busy = np.zeros(len(topic), dtype=bool)
    busy[split_from[split_from >= 0]] = True
    busy |= split_from >= 0
    fit = soon & ~busy[earlier] & ~busy[later]
    earlier, later = earlier[fit], later[fit]
    into = np.full(len(topic), -1)
    chosen = random.random(len(later)) < min(1.0, MERGED * len(topic) / max(len(later), 1) * 1.02)
    into[later[chosen]] = earlier[chosen]
    return _followed(into)


def _followed(into: Ints) -> Ints:
    """Let what was merged into a merged petition point to the last one of the chain."""
    while True:
        further = np.where(into >= 0, into[into], -1)
        if not np.any(further >= 0):
            return into
        into = np.where(further >= 0, further, into)


def _stuck(count: int, random: np.random.Generator) -> Bools:
    """Let a few petitions lie unattended for months, at any time: a year ago no fewer than today."""
    return np.asarray(random.random(count) < STUCK, dtype=bool)


def _ended_otherwise(
    course: Course, merged_into: Ints, split_from: Ints, random: np.random.Generator
) -> Course:
    """Let some petitions end by rejection, merging, splitting or as void, and some with impossible dates."""
    count = len(course.status)
    status, due, stamps = (
        course.status.copy(),
        course.due_at.copy(),
        {k: v.copy() for k, v in course.stamps.items()},
    )
    dice = random.random(count)
    plain = (merged_into < 0) & (split_from < 0)
    plain[split_from[split_from >= 0]] = False
    plain[merged_into[merged_into >= 0]] = False
    ends = {
        "merged": merged_into >= 0,
        "split": np.isin(np.arange(count), split_from),
        "rejected": plain & (dice < REJECTED),
        "void": plain & (dice >= REJECTED) & (dice < REJECTED + VOID),
    }
    keeps = {"merged": 3, "split": 3, "rejected": 2, "void": 1}
    for state, chosen in ends.items():
        status[chosen] = state
        due[chosen] = np.datetime64("NaT")
        for name in STAMPS[keeps[state] :]:
            stamps[name][chosen] = np.datetime64("NaT")
    wrong = plain & (course.status == "closed") & (dice > 1 - BACKWARDS)
    stamps["closed_at"][wrong] = stamps["received_at"][wrong] - (dice[wrong] * 86400 * 1.5).astype(
        "timedelta64[s]"
    )
    return Course(stamps, due, status)


def _on_time(course: Course) -> pa.Array:
    """Return what the source says of each closed petition: closed in time or not; null while open."""
    closed = course.stamps["closed_at"]
    return pa.array(closed <= course.due_at, mask=np.isnat(closed) | np.isnat(course.due_at))


def _numbers(prefix: str, moment: np.ndarray) -> pa.Array:
    """Number petitions by day of arrival and position."""
    day = moment.astype("datetime64[D]")
    year, month = day.astype("datetime64[Y]"), day.astype("datetime64[M]")
    date = (
        ((year.astype(int) + 1970) * 100 + month.astype(int) % 12 + 1) * 100 + (day - month).astype(int) + 1
    )
    digits = pc.cast(pa.array(date * 1_000_000 + np.arange(len(moment)) + 1), pa.string())
    return pc.binary_join_element_wise(pa.scalar(f"{prefix}-"), digits, "")


def _number_of(number: pa.Array, position: Ints) -> pa.Array:
    return number.take(pa.array(position, mask=position < 0))


def _handlers(street: Street, category: np.ndarray, scene: _Scene, random: np.random.Generator) -> np.ndarray:
    """Draw the unit that handles each petition; a few have none yet."""
    chosen = np.empty(len(category), dtype=object)
    place = street.grids.name.removesuffix("街道")
    for name, units in facts("petitions")["handlers"].items():
        mine = np.flatnonzero(category == name)
        weight = 1 / (1 + np.arange(len(units)))
        named = np.array([unit.format(place=place) for unit in units], dtype=object)
        chosen[mine] = named[random.choice(len(units), len(mine), p=weight / weight.sum())]
    local = np.flatnonzero(chosen == "社区工作站")
    names = street.region_names_of(scene.parcel[local])
    chosen[local] = [f"{name}工作站" if name else "街道党政办" for name in names]
    chosen[random.random(len(category)) < 0.006] = None
    return chosen


def _burden(street: Street, handler: np.ndarray, scene: _Scene) -> Floats:
    """Return how slowly petitions are handled, 1 on average: some units and communities are slow."""
    units = np.unique(handler[~pd.isna(handler)])
    by_unit = {unit: generator(street.seed, street.number, "unit", unit).lognormal(0, 0.35) for unit in units}
    random = generator(street.seed, street.number, "burden")
    by_community = random.lognormal(0, 0.3, len(street.community_names) + 1)
    of_unit = np.array([by_unit.get(unit, 1.0) for unit in handler])
    factor = of_unit * by_community[street.grids.community[scene.parcel]]
    return np.asarray(factor / factor.mean(), dtype=float)


def _places(street: Street, scene: _Scene, random: np.random.Generator) -> dict[str, Any]:
    """Return the place columns, with the shares of bad and missing ones that real tables have."""
    count = len(scene.x)
    lon, lat = lonlat(scene.x, scene.y)
    name = street.region_names_of(scene.parcel)
    dice, named = random.random(count), random.random(count) < NAMED
    edges = np.cumsum([WITHOUT_POINT, CODE_ONLY, PLACELESS, BAD_POINT / 3, BAD_POINT / 3, BAD_POINT / 3])
    fault = np.searchsorted(edges, dice, side="right")
    code = only_where(scene.building != NO_BUILDING, building_codes(street)[scene.building])
    fault[(fault == 1) & pd.isna(code)] = NO_FAULT
    fault[(fault == 0) & pd.isna(name)] = NO_FAULT
    lon, lat = _spoilt(lon, lat, fault, random)
    region = only_where((fault == 0) | ((fault >= 3) & named), name)
    wrong = (fault == NO_FAULT) & named & (random.random(count) < MISNAMED)
    region[wrong] = random.choice(street.community_names, int(wrong.sum()))
    return {
        "x": lon,
        "y": lat,
        "building_code": only_where(
            (fault == 1) | ((fault == NO_FAULT) & (random.random(count) < 0.1)), code
        ),
        "region_name": region,
        "parent_name": only_where(~pd.isna(region), street.grids.name),
    }


def _spoilt(lon: Floats, lat: Floats, fault: Ints, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return coordinates with the faults: none at all (0-2), zeros (3), swapped (4), far away (5)."""
    lon, lat = lon.copy(), lat.copy()
    lon[fault <= 2] = lat[fault <= 2] = np.nan
    lon[fault == 3] = lat[fault == 3] = 0.0
    swapped = fault == 4
    lon[swapped], lat[swapped] = lat[swapped], lon[swapped].copy()
    away = fault == 5
    lon[away] = np.round(lon[away] + random.uniform(0.9, 3.0, int(away.sum())), 7)
    return lon, lat
