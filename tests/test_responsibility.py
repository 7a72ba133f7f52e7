"""Who is in charge of land, regions and buildings on any day, and how far the chains are filled."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from gridmap.checking import check
from gridmap.errors import UsageError
from gridmap.measures import stats
from gridmap.responsibility import duty_chains, duty_holes
from gridmap.store import Database
from tests.records import load, petition

A2, B = (2.5, 3.5), (4.5, 3.5)


def in_charge(code: str, role: str, person: str, *, until: str | None = None) -> dict[str, object]:
    return {"region_code": code, "role": role, "person_no": person, "valid_from": "2023-01-01",
            "valid_to": until}  # fmt: skip


@pytest.fixture
def staffed(toy: Database, tmp_path: Path) -> Database:
    """A1 has a lead; that of A2 left in June; S has a secretary; of three buildings one has a manager."""
    place = {key: petition(1, A2)[key] for key in ("x", "y")}
    load(toy, tmp_path, "buildings", [
        {"building_no": f"H{number}", "tenants": 10 * number, "building_code": f"440309001001010000{number}",
         **place} for number in (1, 2, 3)
    ])  # fmt: skip
    load(toy, tmp_path, "responsibilities", [
        in_charge("A1", "red_grid_lead", "1"), in_charge("A2", "red_grid_lead", "2", until="2024-06-01"),
        in_charge("S", "street_secretary", "3"), in_charge("H1", "building_manager", "4"),
        in_charge("H2", "building_manager", "4", until="2024-05-15"),
        in_charge("A3", "council_member", "5"),  # sits on a council, answers for nothing
    ])  # fmt: skip
    load(toy, tmp_path, "population", [{"population_no": "H1", "people": 300, **place}])
    load(toy, tmp_path, "petitions", [
        petition(1, A2), petition(2, B), petition(3, (0.5, 3.5)),
        petition(4, A2, building_code="4403090010010100003000001"),
    ])  # fmt: skip
    return toy


def test_land_regions_and_buildings_without_anybody_in_charge_are_listed(staffed: Database) -> None:
    today = duty_holes(staffed).set_index("code")
    assert today["duty"].to_dict() == {
        "A": "no_person", "A2": "expired", "A3": "no_person", "B": "undivided", "A-U01": "unassigned",
        "S-U01": "unassigned", "H2": "expired", "H3": "no_person",
    }  # fmt: skip
    assert today["unit"].tolist() == ["region", *["land"] * 5, *["building"] * 2]
    assert today.loc["A2", ["area_m2", "people", "open_petitions"]].tolist() == [20_000, 300, 2]
    assert today.loc["A", ["area_m2", "people", "open_petitions"]].tolist() == [120_000, 300, 3]
    assert today.loc["H3", ["people", "open_petitions"]].tolist() == [30, 1]
    assert today.loc["A2", "ended_on"] == pd.Timestamp("2024-06-01")


def test_what_is_counted_in_a_hole_is_left_out_for_who_sees_no_small_cells(staffed: Database) -> None:
    holes = duty_holes(staffed, withholds=True)
    assert holes[["people", "open_petitions"]].isna().all(axis=None)
    assert holes["code"].tolist() == duty_holes(staffed)["code"].tolist()


def test_any_day_can_be_asked_about(staffed: Database) -> None:
    may = duty_holes(staffed, on=date(2024, 5, 10))
    assert not {"A2", "H2"} & set(may["code"])
    assert duty_holes(staffed, on=date(2024, 4, 30))["open_petitions"].sum() == 0


def test_one_level_can_be_asked_for(staffed: Database) -> None:
    assert duty_holes(staffed, level="building")["code"].tolist() == ["H2", "H3"]
    with pytest.raises(UsageError, match="building"):
        duty_holes(staffed, level="house")


def test_a_code_that_is_neither_region_nor_building_is_told(staffed: Database, tmp_path: Path) -> None:
    people = [in_charge(code, "building_manager", "1") for code in ("H9", "H3", "A3")]
    (finding,) = load(staffed, tmp_path, "responsibilities", people).findings
    assert (finding.check, finding.codes) == ("row.unknown_region", ("H9",))


def test_the_check_names_each_level_and_reason_once(staffed: Database) -> None:
    found = [(fault.check, fault.level, fault.amount) for fault in check(staffed)
             if fault.check.startswith("duty.")]  # fmt: skip
    assert sorted(found) == [
        ("duty.expired", "building", 1), ("duty.expired", "red_grid", 1), ("duty.no_person", "building", 1),
        ("duty.no_person", "community", 1), ("duty.no_person", "community", 1),  # A, and B undivided
        ("duty.no_person", "red_grid", 1),
    ]  # fmt: skip


def test_a_store_that_knows_nobody_in_charge_is_not_warned_about(toy: Database) -> None:
    assert not [fault for fault in check(toy) if fault.check.startswith("duty.")]


def test_chains_of_responsibility_are_data(staffed: Database, tmp_path: Path) -> None:
    load(staffed, tmp_path, "chains", [
        {"chain": "红色网格", "step": step, "role": role, "title": role, "unit": unit, "span_most": 20}
        for step, (role, unit) in enumerate([
            ("street_secretary", "街道"), ("community_secretary", "社区"), ("red_grid_lead", "红色网格"),
            ("building_manager", "楼栋"), ("member_household", "居民家庭")], start=1)
    ])  # fmt: skip
    steps = duty_chains(staffed).set_index("step")
    assert steps["unit"].tolist() == ["street", "community", "red_grid", "building", "household"]
    assert steps.loc[1, ["units", "filled", "vacant"]].tolist() == [1, 1, 0]
    assert steps.loc[3, ["units", "filled", "expired", "vacant"]].tolist() == [3, 1, 1, 1]
    assert steps.loc[4, ["units", "filled", "expired", "vacant", "persons"]].tolist() == [3, 1, 1, 1, 1]
    assert pd.isna(steps.loc[5, "units"])
    in_may = duty_chains(staffed, on=date(2024, 5, 10)).set_index("step")
    assert in_may.loc[4, "units_each"] == 2  # one manager held two buildings


def test_shares_of_buildings_with_a_manager_and_of_blocks_with_a_head(staffed: Database) -> None:
    row = stats(staffed, ["building.managed_rate", "land.headed_rate"], level="total").iloc[0]
    assert (row["building.managed_rate.n"], row["building.managed_rate.of"]) == (1, 3)
    assert pd.isna(row["land.headed_rate"])  # the toy city has no blocks
