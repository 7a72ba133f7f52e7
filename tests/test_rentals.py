"""Rental buildings between two days: moves between ratings, overdue inspections, hazards."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from gridmap.measures import stats
from gridmap.periods import Period
from gridmap.store import Database
from tests.records import load
from tests.toy import at

JUNE = Period(date(2024, 6, 1), date(2024, 7, 1))
LEVELS = {"lenient": (1, 21), "watch": (2, 14), "strict": (3, 7)}


@pytest.fixture
def rented(toy: Database, tmp_path: Path) -> Database:
    """Load four urban-village buildings in A1 and their ratings: one up, one down, one new, one as it was."""
    x, y = at(0.5, 3.5)
    load(toy, tmp_path, "schemes", [
        {"scheme": "s", "level": level, "rank": rank, "title_zh": level, "title_en": level,
         "colour": "#000000",
         "interval_days": days, "weight": rank} for level, (rank, days) in LEVELS.items()])  # fmt: skip
    load(toy, tmp_path, "buildings", [
        {"building_no": f"H{n}", "category": "urban_village", "x": x, "y": y}
        for n in range(1, 5)])  # fmt: skip
    ratings = [
        ("H1", "strict", "2024-01-01"),
        ("H1", "watch", "2024-06-10"),
        ("H2", "lenient", "2024-01-01"),
        ("H2", "watch", "2024-06-20"),
        ("H3", "strict", "2024-06-05"),
        ("H4", "lenient", "2024-01-01"),
    ]
    load(toy, tmp_path, "ratings", [{"building_no": building, "scheme": "s", "level": level,
                                     "valid_from": day} for building, level, day in ratings])  # fmt: skip
    return toy


def figure(db: Database, key: str, period: Period | None = JUNE) -> tuple[float, float, float]:
    row = stats(db, [key], level="red_grid", period=period).set_index("code").loc["A1"]
    return row[key], row[f"{key}.n"], row[f"{key}.of"]


def test_moves_between_ratings_are_a_matrix_that_holds_every_building(rented: Database) -> None:
    row = stats(rented, ["building.rating_flow"], level="red_grid", period=JUNE).set_index("code").loc["A1"]
    flow = {name.removeprefix("building.rating_flow."): row[name] for name in row.index
            if ">" in name and not name.endswith((".n", ".of")) and row[name]}  # fmt: skip
    assert flow == {"strict>watch": 1, "lenient>watch": 1, "unrated>strict": 1, "lenient>lenient": 1}
    assert sum(flow.values()) == figure(rented, "building.count")[0]


def test_up_is_less_risk_and_down_is_more(rented: Database) -> None:
    assert figure(rented, "building.upgraded") == (1, 1, 3)
    assert figure(rented, "building.downgraded") == (1, 1, 3)
    may = Period(date(2024, 5, 1), date(2024, 6, 1))
    assert figure(rented, "building.downgraded", may) == (0, 0, 3)


def test_overdue_inspections_are_counted_with_their_days(rented: Database, tmp_path: Path) -> None:
    visits = [("H1", "2024-06-25 10:00"), ("H2", "2024-06-28 10:00"), ("H4", "2024-06-05 10:00")]
    load(rented, tmp_path, "inspections", [
        {"inspection_no": str(n), "building_no": building, "inspected_at": when}
        for n, (building, when) in enumerate(visits)])  # fmt: skip
    # H1 watch since 10 June, due; H2 watch since 20 June, not yet; H3 strict, never seen; H4 25 days ago
    assert figure(rented, "inspection.overdue") == (2, 2, 3)
    assert figure(rented, "inspection.median_days_overdue") == (pytest.approx((19 + 5) / 2), 2, 2)
    assert figure(rented, "inspection.compliance")[1:] == (1, 3)


def test_hazards_are_open_until_they_are_rectified(rented: Database, tmp_path: Path) -> None:
    found = [("H1", "2024-05-20", "2024-06-10"), ("H1", "2024-06-02", "2024-06-20"),
             ("H2", "2024-06-10", None), ("H4", "2024-06-25", "2024-07-09")]  # fmt: skip
    load(rented, tmp_path, "hazards", [
        {"隐患编号": str(n), "building_no": building, "发现日期": day, "整改日期": done}
        for n, (building, day, done) in enumerate(found)])  # fmt: skip
    assert figure(rented, "hazard.open") == (2, 2, 4)
    assert figure(rented, "hazard.rectification_rate") == (pytest.approx(1 / 3), 1, 3)
    assert pd.isna(figure(rented, "hazard.rectification_rate", Period(date(2024, 7, 1), date(2024, 7, 1)))[0])


def test_schemes_of_four_and_of_three_levels_stand_side_by_side(toy: Database, tmp_path: Path) -> None:
    schemes = {
        "longgang": ("lenient", "watch", "strict", "banned"),
        "longhua": ("lenient", "strict", "banned"),
    }
    load(toy, tmp_path, "schemes", [
        {"scheme": scheme, "level": level, "rank": rank, "title_zh": level, "title_en": level,
         "colour": "#2e9e5b", "interval_days": 7, "weight": 2 ** rank}
        for scheme, levels in schemes.items() for rank, level in enumerate(levels, start=1)
    ])  # fmt: skip
    x, y = at(0.5, 3.5)
    load(toy, tmp_path, "buildings", [{"building_no": f"H{n}", "category": "urban_village", "x": x, "y": y}
                                      for n in range(3)])  # fmt: skip
    load(toy, tmp_path, "ratings", [
        {"building_no": f"H{n}", "scheme": scheme, "level": "strict", "valid_from": "2024-01-01"}
        for n, scheme in enumerate(schemes)
    ])  # fmt: skip
    row = stats(toy, ["building.risk_index", "building.unrated_share"], level="total").iloc[0]
    assert (row["building.risk_index.n"], row["building.risk_index.of"]) == (2**3 + 2**2, 2)
    assert row["building.unrated_share"] == pytest.approx(1 / 3)
    known = toy.query("screens/rating_schemes", on_day=date(2024, 7, 1))
    assert known.groupby("scheme")["buildings"].sum().to_dict() == {"longgang": 1, "longhua": 1}
    assert known.groupby("scheme").size().to_dict() == {"longgang": 4, "longhua": 3}
