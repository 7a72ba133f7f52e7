"""Faults of the sources are counted and listed, and house codes are taken apart and held against the land."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap import house_codes, quality
from gridmap.errors import UsageError
from gridmap.loading.regions import Drawing, load_regions
from gridmap.store import Database
from tests.records import closed, load, petition
from tests.toy import STREET, at, draw

WEST, EAST = "440309001001", "440309001002"
HALVES = {"W": WEST, "E": EAST, "S": "440309001"}


@pytest.fixture
def halves(empty: Database, tmp_path: Path) -> Database:
    """Give a street with two communities that have codes of twelve digits: 甲社区 west, 乙社区 east."""
    names = {"440309001": "样例街道", WEST: "甲社区", EAST: "乙社区"}
    for level, text in (("street", STREET), ("community", "WWWEEE\n" * 4)):
        cells = draw(text, names=HALVES).assign(parent="440309001")
        path = tmp_path / f"{level}.gpkg"
        cells.assign(name=cells["code"].map(names)).to_file(path, driver="GPKG")
        load_regions(empty, path, Drawing(level, "code", "name", "parent" if level == "community" else None))
    return empty


def found(db: Database, check: str) -> list[str]:
    return quality.listed(db, check)["record_no"].tolist()


def test_impossible_times_are_listed(halves: Database, tmp_path: Path) -> None:
    load(halves, tmp_path, "petitions", [
        closed(1, (0.5, 0.5), after_days=-1, due_days=5), closed(2, (0.5, 0.5), after_days=1, due_days=5),
        petition(3, (0.5, 0.5), received_at="2030-01-01"),
        petition(4, (0.5, 0.5), disposed_at="2024-04-01"),
    ])  # fmt: skip
    assert found(halves, "closed_before_received") == ["P1", "P3", "P4"]


def test_a_point_with_many_matters_is_a_fallback_and_a_busy_corner_is_none(
    halves: Database, tmp_path: Path
) -> None:
    matters = ["噪音", "垃圾", "路灯", "井盖"]
    rows = [petition(n, (0.5, 0.5), subcategory=matters[n % 4]) for n in range(20)]
    rows += [petition(n, (1.5, 0.5), subcategory="噪音") for n in range(20, 50)]
    load(halves, tmp_path, "petitions", [*rows, petition(60, (2.5, 0.5))])
    (row,) = quality.listed(halves, "fallback_point").to_dict("records")
    assert (row["total"], row["checked"], row["name"]) == (20, 51, "甲社区")


def test_the_same_matter_at_the_same_spot_within_a_day_is_told(halves: Database, tmp_path: Path) -> None:
    spot = {"subcategory": "噪音"}
    load(halves, tmp_path, "petitions", [
        petition(1, (0.5, 0.5), **spot), petition(2, (0.5, 0.5), received_at="2024-05-01 20:00", **spot),
        petition(3, (0.5, 0.5), received_at="2024-05-03 09:00", **spot),
        petition(4, (0.5, 0.5), received_at="2024-05-03 10:00", status="merged", merged_into="P3", **spot),
        petition(5, (0.6, 0.5), received_at="2024-05-01 10:00", **spot),
    ])  # fmt: skip
    assert found(halves, "duplicate_case") == ["P2"]


def test_a_named_community_is_held_against_the_one_the_point_lies_in(
    halves: Database, tmp_path: Path
) -> None:
    load(halves, tmp_path, "petitions", [
        petition(1, (0.5, 0.5), region_name="甲社区居委会"), petition(2, (0.5, 0.5), region_name="乙"),
        petition(3, (0.5, 0.5), region_name="丙社区"),  # no such community: nothing to compare
        petition(4, region_name="乙社区"),
    ])  # fmt: skip
    (row,) = quality.listed(halves, "named_elsewhere").to_dict("records")
    assert (row["record_no"], row["detail"], row["name"], row["checked"]) == ("P2", "乙", "甲社区", 2)


def test_a_house_code_is_held_against_the_land_and_its_form(halves: Database, tmp_path: Path) -> None:
    x, y = at(0.5, 0.5)
    load(halves, tmp_path, "buildings", [
        {"building_no": "H1", "building_code": f"{WEST}0100001", "x": x, "y": y},
        {"building_no": "H2", "building_code": f"{EAST}0100002", "x": x, "y": y},
        {"building_no": "H3", "building_code": "12345", "x": x, "y": y},
        {"building_no": "H4", "building_code": f"{WEST}0100000", "x": x, "y": y},
    ])  # fmt: skip
    assert found(halves, "coded_elsewhere") == ["H2"]
    assert found(halves, "malformed_code") == ["H3", "H4"]


def test_a_house_code_without_a_known_building_places_in_its_community(
    halves: Database, tmp_path: Path
) -> None:
    load(halves, tmp_path, "petitions", [
        petition(1, building_code=f"{EAST}0100007000003"), petition(2, building_code="4499990010010100007"),
    ])  # fmt: skip
    with halves._cursor() as cursor:
        placed = cursor.execute("""
            select petition_no, settled_in is not null and settled_in <> 0
            from petition order by petition_no""").fetchall()
    assert placed == [("P1", True), ("P2", False)]


def test_what_was_looked_at_without_a_fault_is_told_too(halves: Database, tmp_path: Path) -> None:
    code = {"building_code": f"{WEST}0500001", "region_name": "甲社区"}
    load(halves, tmp_path, "petitions", [petition(n, (0.5 + n, 0.5), **code) for n in range(2)])
    told = quality.counted(halves).set_index("check")
    assert told["records"].sum() == 0
    assert told.loc["coded_elsewhere", "checked"] == told.loc["malformed_code", "checked"] == 2
    assert (told["share"].drop("duplicate_case") == 0).all()  # of those no matter is known
    assert quality.listed(halves, "coded_elsewhere").empty


def test_every_check_is_counted_with_what_could_be_checked(halves: Database, tmp_path: Path) -> None:
    load(halves, tmp_path, "petitions", [closed(1, (0.5, 0.5), after_days=-1, due_days=5)])
    counts = quality.counted(halves).set_index("check")
    assert set(counts.index) == set(quality.checks())
    assert counts.loc["closed_before_received", ["records", "checked", "share"]].tolist() == [1, 1, 1]
    assert pd.isna(counts.loc["malformed_code", "share"])
    with pytest.raises(UsageError, match="fallback_point"):
        quality.listed(halves, "nonsense")


@given(st.from_regex(r"[1-9][0-9]{3}[0-9][1-9][0-9]{8}[0-9]{4}[1-9]([0-9]{6})?", fullmatch=True))
def test_the_levels_of_a_house_code_make_up_the_code(code: str) -> None:
    parsed = house_codes.parse(code)
    assert parsed.building_code + parsed.room == code
    assert code.startswith(parsed.base_grid_code)
    assert len(parsed.community_code) == 12


@pytest.mark.parametrize(
    ("code", "why"),
    [("44030700300304000", "17 digits"), ("44030700300304000x2", "else than digits"),
     ("4403000030030400042", "no district"), ("4403070030030400000", "no building")],
)  # fmt: skip
def test_a_code_that_is_none_is_told_why(code: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        house_codes.parse(code)
