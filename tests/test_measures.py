"""Measures: every figure counted by hand on the toy city, and golden figures of published reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from gridmap import measures as registry
from gridmap.errors import UsageError
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.measures import Boundaries, measure_named, stats
from gridmap.periods import Period
from gridmap.registers import PETITIONS
from gridmap.repair import Rules
from gridmap.store import Database
from tests.records import closed, load, petition
from tests.toy import GRID_CODES, draw

A1, A2, B = (0.5, 3.5), (2.5, 3.5), (4.5, 3.5)
MAY = Period(date(2024, 5, 1), date(2024, 6, 1))
JUNE = Period(date(2024, 6, 1), date(2024, 7, 1))


def value(
    db: Database, key: str, code: str = "", *, level: str | None = None, period: Period | None = None,
    boundaries: Boundaries = "then", categories: Sequence[str] = (),
) -> tuple[float, float, float]:  # fmt: skip
    """Return value, numerator and denominator of one cell; the whole store when no code is given."""
    chosen = level or ("total" if not code else "red_grid" if len(code) == 2 else "community")
    row = stats(db, [key], level=chosen, period=period, boundaries=boundaries,
                categories=categories).set_index("code").loc[code]  # fmt: skip
    return row[key], row[f"{key}.n"], row[f"{key}.of"]


def test_received_open_and_overdue_are_counted_at_the_end_of_the_period(
    toy: Database, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", [
        petition(1, A1, due_at="2024-05-10"),  # open and late
        petition(2, A1, due_at="2024-06-20"),  # open, late since 20 June
        closed(3, A1, after_days=40, due_days=60),  # open at the end of May, closed by the end of June
        petition(4, A1, status="merged", merged_into="P1"),
        petition(5, A1, status="void"),
        petition(6, B, received_at="2024-06-15"),
    ])  # fmt: skip
    assert value(toy, "petition.received", "A1", period=MAY)[0] == 4  # void ones do not count
    assert value(toy, "petition.open", "A1", period=MAY)[0] == 3
    assert value(toy, "petition.open", "A1", period=JUNE)[0] == 2
    assert value(toy, "petition.overdue", "A1", period=MAY) == (1, 1, 3)
    assert value(toy, "petition.overdue", "A1") == (2, 2, 2)
    assert value(toy, "petition.received", "B", period=MAY)[0] == 0
    assert value(toy, "petition.received", "B")[0] == 1


def test_rates_count_what_was_due_carried_over_cases_included(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        closed(1, A1, after_days=2, due_days=5),  # due in May, on time
        closed(2, A1, after_days=9, due_days=5),  # due in May, late
        petition(3, A1, due_at="2024-05-20"),  # due in May, still open: carried over into June
        closed(4, A1, after_days=35, due_days=10),  # due in May, closed in June
        closed(5, A1, after_days=1, due_days=45),  # closed early, due in June
        petition(6, A1, due_at="2024-12-31"),  # not due yet
        petition(7, A1, status="rejected", due_at="2024-05-10"),
    ])  # fmt: skip
    assert value(toy, "petition.close_rate", "A1", period=MAY) == (0.5, 2, 4)
    assert value(toy, "petition.on_time_close_rate", "A1", period=MAY) == (0.25, 1, 4)
    assert value(toy, "petition.close_rate", "A1", period=JUNE) == (pytest.approx(2 / 3), 2, 3)
    assert value(toy, "petition.on_time_close_rate", "A1", period=JUNE) == (pytest.approx(1 / 3), 1, 3)


def test_without_a_due_time_the_source_s_own_mark_is_used(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        petition(1, A1, status="closed", closed_on_time="true"),
        petition(2, A1, status="closed", closed_on_time="false"),
        petition(3, A1),
    ])  # fmt: skip
    assert value(toy, "petition.on_time_close_rate", "A1") == (0.5, 1, 2)
    assert value(toy, "petition.settled_rate", "A1") == (pytest.approx(2 / 3), 2, 3)


def test_handling_days_have_mean_median_and_ninetieth_percentile(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        closed(number, A1, after_days=days, due_days=30) for number, days in enumerate([1, 2, 3, 4, 10])
    ] + [closed(9, A1, after_days=-3, due_days=30)])  # fmt: skip
    assert value(toy, "petition.mean_handling_days", "A1") == (4, 20, 5)
    assert value(toy, "petition.median_handling_days", "A1")[0] == 3
    assert value(toy, "petition.p90_handling_days", "A1")[0] == pytest.approx(7.6)


def test_a_zero_denominator_has_no_value_and_a_count_without_records_is_zero(toy: Database) -> None:
    for measure in registry.measures():
        frame = stats(toy, [measure.key], level="red_grid")
        own = frame[measure.key] if measure.key in frame else pd.Series(dtype=float)
        if measure.kind == "count":
            assert (own == 0).all()
        elif measure.key not in ("petition.per_km2", "land.coverage"):
            assert own.isna().all(), measure.key


def test_petitions_per_people_and_land(toy: Database, tmp_path: Path) -> None:
    x, y = petition(1, A1)["x"], petition(1, A1)["y"]
    load(
        toy,
        tmp_path,
        "population",
        [{"population_no": "H1", "people": 500, "households": 200, "x": x, "y": y}],
    )
    load(toy, tmp_path, "petitions", [petition(1, A1), petition(2, A1), petition(3, B)])
    assert value(toy, "petition.per_1000_people", "A1") == (4, 2, 500)
    assert value(toy, "petition.per_km2", "A1") == (pytest.approx(40), 2, pytest.approx(0.05))
    assert pd.isna(value(toy, "petition.per_1000_people", "B")[0])


def test_coverage_of_petitions_needs_a_grid_and_a_handler(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        petition(1, A1, handler="城管"),
        petition(2, A1),  # nobody handles it
        petition(3, (0.5, 0.5), handler="城管"),  # on unassigned land
        petition(4, region_name="cell A", handler="城管"),  # no grid
    ])  # fmt: skip
    assert value(toy, "petition.coverage", "A") == (0.25, 1, 4)
    assert value(toy, "petition.coverage") == (0.25, 1, 4)


def test_land_is_covered_while_a_person_s_period_runs(toy: Database, tmp_path: Path) -> None:
    people = [
        {"region_code": "A1", "role": "red_grid_lead", "person_no": "1", "valid_from": "2023-01-01"},
        {"region_code": "A2", "role": "red_grid_lead", "person_no": "2", "valid_from": "2023-01-01",
         "valid_to": "2024-06-01"},
        {"region_code": "A-U01", "role": "red_grid_lead", "person_no": "3", "valid_from": "2023-01-01"},
    ]  # fmt: skip
    load(toy, tmp_path, "responsibilities", people)
    covered = (pytest.approx(7 / 12), pytest.approx(70_000), pytest.approx(120_000))
    assert value(toy, "land.coverage", "A", period=MAY) == covered
    assert value(toy, "land.coverage", "A")[0] == pytest.approx(5 / 12)
    with toy._cursor() as cursor:
        duty = dict(cursor.execute("select code, duty from leaf_duty(date '2024-07-01')").fetchall())
    assert duty == {"A1": "in_charge", "A2": "expired", "A3": "no_person", "A-U01": "unassigned",
                    "S-U01": "unassigned", "B": "undivided"}  # fmt: skip


def test_rental_buildings_by_rating_with_their_risk_and_inspections(toy: Database, tmp_path: Path) -> None:
    x, y = petition(1, A1)["x"], petition(1, A1)["y"]
    levels = [("lenient", 1, 21, 1), ("strict", 3, 7, 4)]
    load(toy, tmp_path, "schemes", [
        {"scheme": "s", "level": level, "rank": rank, "title_zh": level, "title_en": level,
         "colour": "#000000", "interval_days": days, "weight": weight}
        for level, rank, days, weight in levels])  # fmt: skip
    load(toy, tmp_path, "buildings", [
        {"building_no": f"H{n}", "category": "urban_village", "x": x, "y": y} for n in range(1, 5)
    ] + [{"building_no": "H9", "category": "estate", "x": x, "y": y}])  # fmt: skip
    load(toy, tmp_path, "ratings", [
        {"building_no": "H1", "scheme": "s", "level": "lenient", "valid_from": "2023-01-01"},
        {"building_no": "H1", "scheme": "s", "level": "strict", "valid_from": "2024-05-15"},
        {"building_no": "H2", "scheme": "s", "level": "strict", "valid_from": "2023-01-01"},
        {"building_no": "H3", "scheme": "s", "level": "lenient", "valid_from": "2023-01-01",
         "valid_to": "2024-01-01"}])  # fmt: skip
    load(toy, tmp_path, "inspections", [
        {"inspection_no": "1", "building_no": "H1", "inspected_at": "2024-06-29 10:00"},
        {"inspection_no": "2", "building_no": "H2", "inspected_at": "2024-06-01 10:00"}])  # fmt: skip
    assert value(toy, "building.count", "A1")[0] == 5
    by_rating = stats(toy, ["building.by_rating"], level="red_grid").set_index("code").loc["A1"]
    assert (by_rating["building.by_rating.strict"], by_rating["building.by_rating.unrated"]) == (2, 3)
    assert value(toy, "building.unrated_share", "A1") == (0.5, 2, 4)
    assert value(toy, "building.risk_index", "A1") == (4, 8, 2)
    assert value(toy, "building.risk_index", "A1", period=Period(None, date(2024, 5, 1)))[0] == 2.5
    assert value(toy, "inspection.compliance", "A1") == (0.5, 1, 2)


def test_then_and_now_differ_where_boundaries_moved_and_the_total_does_not(
    toy: Database, tmp_path: Path
) -> None:
    moved_square = (0.5, 2.5)  # A1 before June, A4 after
    load(
        toy,
        tmp_path,
        "petitions",
        [petition(1, moved_square), petition(2, moved_square, received_at="2024-06-20")],
    )
    cells = draw("112...\n412...\n433...\n.33...", names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    cells.to_file(tmp_path / "split.gpkg", driver="GPKG")
    load_regions(toy, tmp_path / "split.gpkg", Drawing("red_grid", "code", "name", "parent"),
                 effective=date(2024, 6, 1))  # fmt: skip

    def counts(boundaries: Boundaries) -> dict[str, float]:
        frame = stats(toy, ["petition.received"], level="red_grid", boundaries=boundaries)
        return dict(frame.loc[frame["petition.received"] > 0, ["code", "petition.received"]].to_numpy())

    assert counts("then") == {"A1": 1, "A4": 1}
    assert counts("now") == {"A4": 2}
    assert counts(date(2024, 5, 31)) == {"A1": 2}
    assert {sum(counts(view).values()) for view in ("then", "now", date(2024, 5, 31))} == {2}  # type: ignore[arg-type]


def test_categories_narrow_every_petition_measure(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1), petition(2, A1, category="噪声")])
    assert value(toy, "petition.received", "A1", categories=["噪声"])[0] == 1
    assert value(toy, "petition.open", categories=["噪声", "市容环卫"])[0] == 2


def test_an_unknown_measure_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="petition.close_rate"):
        measure_named("petition.closing_rate")


def test_every_measure_says_what_it_is_in_both_languages() -> None:
    for measure in registry.measures():
        words = [measure.title_zh, measure.title_en, measure.definition_zh, measure.definition_en]
        assert all([*words, measure.unit, measure.source, measure.caveat]), measure.key
        assert measure.kind in ("count", "rate", "mean", "median", "percentile")


@pytest.mark.parametrize(("due", "closed_ones", "on_time", "close_rate", "on_time_rate"), [
    (52_434, 43_523, 40_394, 0.8301, 0.7704),  # Zhengzhou, week of 2019-04-08
    (972, 911, 737, 0.9372, 0.7582),  # Tianmen
])  # fmt: skip
def test_published_rates_are_reproduced(
    toy: Database,
    tmp_path: Path,
    due: int,
    closed_ones: int,
    on_time: int,
    close_rate: float,
    on_time_rate: float,
) -> None:
    numbers = pd.Series(range(due))
    frame = pd.DataFrame({"petition_no": numbers.astype(str), "received_at": "2024-05-01 09:00:00",
                          "due_at": "2024-05-08 09:00:00", "region_name": "cell B"})  # fmt: skip
    frame["status"] = ["closed" if n < closed_ones else "processing" for n in numbers]
    frame["closed_at"] = [None if n >= closed_ones else "2024-05-05 09:00:00" if n < on_time
                          else "2024-05-20 09:00:00" for n in numbers]  # fmt: skip
    frame.to_csv(tmp_path / "published.csv", index=False)
    load_records(toy, tmp_path / "published.csv", PETITIONS, crs="wgs84", silent=True)
    assert value(toy, "petition.close_rate", "B", level="community", period=MAY) == (
        pytest.approx(close_rate, abs=5e-5), closed_ones, due)  # fmt: skip
    assert value(toy, "petition.on_time_close_rate", "B", level="community", period=MAY)[0] == pytest.approx(
        on_time_rate, abs=5e-5)  # fmt: skip


def test_the_pingshan_petitions_give_their_published_rate(empty: Database, shared_data: Path) -> None:
    traced = shared_data / "pingshan_communities_traced"
    load_regions(
        empty, traced / "pingshan_streets_traced_wgs84approx.geojson", Drawing("street", "street", "street")
    )
    communities = Drawing("community", "community", "community", "street")
    load_regions(empty, traced / "pingshan_communities_traced_wgs84approx.geojson", communities,
                 rules=Rules(repair=True))  # fmt: skip
    petitions = shared_data / "pingshan_petitions" / "pingshan_petitions_utf8.csv"
    done = load_records(empty, petitions, PETITIONS, mapping="pingshan", silent=True)
    assert (done.rows_read, done.rows_kept, done.rows_set_aside) == (10_000, 10_000, 0)
    assert done.placed is not None
    assert done.placed.groupby("placed_by")["records"].sum().to_dict() == {"none": 10, "region_name": 9_990}
    assert value(empty, "petition.on_time_close_rate") == (pytest.approx(9_071 / 9_995), 9_071, 9_995)
    assert stats(empty, ["petition.received"], level="community")["petition.received"].sum() == 9_990
    assert value(empty, "petition.open")[0] == 5
