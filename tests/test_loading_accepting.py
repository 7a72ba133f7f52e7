"""Taking over a part of a drawing: every group of cells that change together, alone, keeps the map whole."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from gridmap import edits
from gridmap.bench.edits import made_up_map
from gridmap.coverage import Coverage, certify
from gridmap.errors import EditRefused, Refused
from gridmap.loading.accepting import accepted, groups
from gridmap.loading.boundaries import Map, Plan, leaves_after

EDITS = 12


def as_map(coverage: Coverage) -> Map:
    codes = sorted({*coverage.codes, *coverage.regions})
    number = {code: n for n, code in enumerate(codes, start=1)}
    said = [coverage.region(code) for code in codes]
    regions = pd.DataFrame({
        "level": [one.level for one in said], "code": codes, "name": [one.name for one in said],
        "parent_id": pd.array([number.get(one.parent) for one in said], dtype="Int64"),
        "kind": [one.kind for one in said],
    }, index=[number[code] for code in codes])  # fmt: skip
    return Map(regions, {number[code]: coverage.land(code) for code in coverage.codes})


def drawn(base: Coverage, wanted: Coverage, today: Map) -> Plan:
    """Return the plan of a drawing in which some cells of a map have another land, are new or gone."""
    number = dict(zip(today.regions["code"], today.regions.index, strict=True))
    rows = [{"region_id": number.get(code, -n - 1), "level": "red_grid", "code": code, "name": code,
             "parent_id": number[wanted.region(code).parent], "kind": "base", "geometry": wanted.land(code),
             "change": "changed", "changed_m2": 0.0}
            for n, code in enumerate(wanted.codes)
            if not base.is_leaf(code) or base.land(code) != wanted.land(code)]  # fmt: skip
    gone = tuple(number[code] for code in base.codes if not wanted.is_leaf(code))
    return Plan(pd.DataFrame(rows), gone, 0, ())


@pytest.mark.parametrize("seed", range(3))
def test_every_group_alone_leaves_a_map_without_gap_or_overlap(seed: int) -> None:
    base = wanted = made_up_map(60)
    chance = random.Random(seed)
    done = 0
    while done < EDITS:
        code = chance.choice(wanted.codes)
        x, y = chance.choice(list(wanted.land(code).exterior.coords))
        step = wanted.step
        asked = {"op": "move_vertex", "at": [x * step, y * step], "to": [x * step + 1.5, y * step - 0.7]}
        try:
            wanted, _ = edits.apply(wanted, asked)
        except EditRefused:
            continue
        done += 1
    today = as_map(base)
    plan = drawn(base, wanted, today)
    found = groups(plan, today)
    assert len(set(found.values())) > 2
    for group in set(found.values()):
        codes = [code for code, own in found.items() if own == group]
        part = accepted(plan, today, codes)
        assert set(part.opened["code"]) == set(codes)
        assert certify(*leaves_after(part, today)).exact
        if len(codes) > 1:
            with pytest.raises(Refused, match="change together"):
                accepted(plan, today, codes[:1])
    assert certify(*leaves_after(accepted(plan, today, list(found)), today)).exact
