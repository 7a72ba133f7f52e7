"""Block councils, visits, hazards and the duty list of one street, as people would bring them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from gridmap.demo.facts import facts
from gridmap.demo.noise import Ints, generator
from gridmap.demo.petition_times import AS_OF
from gridmap.demo.street import Street
from gridmap.demo.tables import table_of
from gridmap.registers import register_named

#: Of 20 blocks (Guanlan report, 2022); other streets have their share by blocks.
MEETINGS, TOPICS, HANDLED, BLOCKS = 145, 272, 231, 20
PRIORITY, REGULAR = 10, 15  # visit targets of a red grid
VISITED, VISITED_REGULAR = 0.92, 0.2
UNRECTIFIED = 0.06
HAZARD_DAYS = 120
_TEAMS = np.array([f"第{n}组" for n in range(1, 5)], dtype=object)
_TODAY = AS_OF.astype("datetime64[D]")


def council_tables(street: Street) -> dict[str, pa.Table]:
    """Return the meetings and topics of one street's block councils.

    Twenty blocks have 145 meetings and 272 topics, of which 231 are handled and 41 tracked.
    """
    blocks = np.array([block.code for block in street.grids.today("block").values()], dtype=object)
    meetings, topics, handled = (round(count * len(blocks) / BLOCKS) for count in (MEETINGS, TOPICS, HANDLED))
    random = generator(street.seed, street.number, "councils")
    held = np.sort(_TODAY - random.integers(5, 365, meetings))
    block = np.arange(meetings) % max(len(blocks), 1)
    meeting_no = _numbers(f"{street.prefix}-H", meetings)
    of = np.sort(random.integers(0, meetings, topics)) if meetings else np.zeros(0, dtype=np.int64)
    done = np.isin(np.arange(topics), random.permutation(topics)[:handled])
    handled_on = np.minimum(held[of] + random.integers(1, 60, topics), _TODAY - 1)
    weight = facts("petitions")["topics"]
    share = np.array(list(weight.values()), dtype=float)
    return {
        "meetings": table_of(register_named("meetings"), {
            "meeting_no": meeting_no, "held_on": held, "kind": np.full(meetings, "街区理事会", dtype=object),
            "attendees": random.integers(7, 24, meetings), "region_code": blocks[block],
        }, meetings),
        "topics": table_of(register_named("topics"), {
            "topic_no": _numbers(f"{street.prefix}-T", topics), "meeting_no": meeting_no[of],
            "category": random.choice(np.array(list(weight), dtype=object), topics, p=share / share.sum()),
            "raised_on": held[of], "status": np.where(done, "handled", "tracking").astype(object),
            "handled_on": np.where(done, handled_on, np.datetime64("NaT")), "region_code": blocks[block[of]],
        }, topics),
    }  # fmt: skip


def visit_tables(street: Street, *, months: int) -> dict[str, pa.Table]:
    """Return whom one street's red grids visit and the visits of the last months; pseudonyms only."""
    grids = np.array([grid.code for grid in street.grids.today("red_grid").values()], dtype=object)
    random = generator(street.seed, street.number, "visits")
    per_grid = PRIORITY + REGULAR
    count = len(grids) * per_grid
    priority = np.arange(count) % per_grid < PRIORITY
    number = _numbers(f"{street.prefix}-K", count)
    since = np.datetime64("2024-01-01") + random.integers(0, 500, count)
    target, day = _visits(priority, since, months, random)
    return {
        "targets": table_of(register_named("targets"), {
            "target_no": number, "tier": np.where(priority, "priority", "regular").astype(object),
            "valid_from": since, "region_code": np.repeat(grids, per_grid),
        }, count),
        "visits": table_of(register_named("visits"), {
            "visit_no": _numbers(f"{street.prefix}-V", len(target)), "target_no": number[target],
            "visited_on": day, "team": random.choice(_TEAMS, len(target)),
            "findings": random.poisson(0.15, len(target)),
        }, len(target)),
    }  # fmt: skip


def hazards_table(street: Street, inspections: pa.Table, *, days: int) -> pa.Table:
    """Return the hazards that the inspections of the last days found, most of them rectified within weeks."""
    moment = inspections["inspected_at"].to_numpy(zero_copy_only=False).astype("datetime64[D]")
    found = inspections["hazards_found"].to_numpy(zero_copy_only=False) > 0
    at = np.flatnonzero(found & (moment >= _TODAY - days))
    random = generator(street.seed, street.number, "hazards")
    done = moment[at] + 1 + random.exponential(9, len(at)).astype(np.int64)
    open_still = (random.random(len(at)) < UNRECTIFIED) | (done > _TODAY)
    return table_of(register_named("hazards"), {
        "hazard_no": _numbers(f"{street.prefix}-Y", len(at)),
        "building_no": inspections["building_no"].take(pa.array(at)),
        "kind": random.choice(np.array(facts("rentals")["hazards"], dtype=object), len(at)),
        "found_on": moment[at], "rectified_on": np.where(open_still, np.datetime64("NaT"), done),
    }, len(at))  # fmt: skip


def duties_table() -> pa.Table:
    """Return the duty list: every subcategory of the demo with its unit, law, time limit and standard."""
    known = facts("petitions")
    rows = [(f"{major:02d}{minor:03d}", group["of"], entry[0])
            for major, group in enumerate(known["sub"], start=1)
            for minor, entry in enumerate(group["rows"], start=1)]  # fmt: skip
    limits = [
        known["item_limit"].get(minor, [known["limit"][major], "working_days"]) for _, major, minor in rows
    ]
    return table_of(register_named("duties"), {
        "item_code": [code for code, _, _ in rows],
        "major": [major for _, major, _ in rows],
        "minor": [minor for _, _, minor in rows],
        "body": [known["handlers"][major][0].format(place="") for _, major, _ in rows],
        "legal_basis": [known["law"][major] for _, major, _ in rows],
        "limit_amount": [float(amount) for amount, _ in limits],
        "limit_unit": [unit for _, unit in limits],
        "standard": [f"{minor}问题消除并回复诉求人" for _, _, minor in rows],
    }, len(rows))  # fmt: skip


def _numbers(prefix: str, count: int) -> np.ndarray:
    return np.array([f"{prefix}{at:06d}" for at in range(1, count + 1)], dtype=object)


def _visits(
    priority: np.ndarray, since: np.ndarray, months: int, random: np.random.Generator
) -> tuple[Ints, np.ndarray]:
    """Draw who is visited on which day: priority targets nearly every month, the others now and then."""
    last = _TODAY.astype("datetime64[M]")
    chance = np.where(priority, VISITED, VISITED_REGULAR)
    targets, days = [], []
    for month in range(months, -1, -1):
        start = (last - month).astype("datetime64[D]")
        day = start + random.integers(0, 27, len(priority))
        seen = np.flatnonzero((random.random(len(priority)) < chance) & (day >= since) & (day <= _TODAY))
        targets.append(seen)
        days.append(day[seen])
    return np.concatenate(targets), np.concatenate(days)
