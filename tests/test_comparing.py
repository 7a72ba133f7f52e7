"""Periods before, comparisons with them, and the rules of counting that a store follows."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap import sql
from gridmap.comparing import compared, duty_holes, period_before, reconciled
from gridmap.errors import UsageError
from gridmap.loading.regions import Drawing, load_regions
from gridmap.measures import stats
from gridmap.periods import Period
from gridmap.rules import RULES, rules_of, set_rule
from gridmap.store import Database
from tests.records import closed, load, petition
from tests.toy import GRID_CODES, draw

A1, B = (0.5, 3.5), (4.5, 3.5)
MAY = Period(date(2024, 5, 1), date(2024, 6, 1))
days = st.dates(date(2005, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("since", "until", "against", "expected"), [
    ("2024-05-01", "2024-06-01", "year", ("2023-05-01", "2023-06-01")),
    ("2024-05-01", "2024-06-01", "previous", ("2024-04-01", "2024-05-01")),
    ("2024-01-01", "2024-04-01", "previous", ("2023-10-01", "2024-01-01")),
    ("2024-05-06", "2024-05-13", "previous", ("2024-04-29", "2024-05-06")),
    ("2024-03-31", "2024-04-01", "year", ("2023-03-31", "2023-04-01")),
])  # fmt: skip
def test_the_period_before(since: str, until: str, against: str, expected: tuple[str, str]) -> None:
    period = Period(date.fromisoformat(since), date.fromisoformat(until))
    before = period_before(period, against)  # type: ignore[arg-type]
    assert (str(before.since), str(before.until)) == expected


@given(days, st.integers(1, 800))
def test_the_previous_period_ends_where_the_period_begins(since: date, length: int) -> None:
    period = Period(since, date.fromordinal(since.toordinal() + length))
    before = period_before(period, "previous")
    assert before.until == period.since
    assert before.since is not None
    assert before.since < since


def test_an_open_period_cannot_be_compared(toy: Database) -> None:
    with pytest.raises(UsageError, match="first and a last day"):
        compared(toy, ["petition.received"], level="community", period=Period(), against="year")


def test_change_and_ratio_stand_beside_the_value(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [
        *(closed(n, A1, after_days=1, due_days=5) for n in (1, 2, 3)),
        closed(4, A1, received="2024-04-10 09:00:00", after_days=9, due_days=5),
        closed(5, A1, received="2024-04-10 09:00:00", after_days=1, due_days=5),
        petition(6, B),
    ])  # fmt: skip
    keys = ["petition.received", "petition.on_time_close_rate"]
    rows = compared(toy, keys, level="community", period=MAY, against="previous").set_index("code")
    count = rows[[f"petition.received{part}" for part in ("", ".before", ".change", ".ratio")]]
    assert count.loc["A"].tolist() == [3, 2, 1, 0.5]
    assert count.loc["B"].tolist()[:3] == [1, 0, 1]
    assert pd.isna(count.loc["B"].iloc[3]), "nothing can be compared with zero"
    rate = rows[[f"petition.on_time_close_rate{part}" for part in ("", ".before", ".change")]]
    assert rate.loc["A"].tolist() == [1, 0.5, 0.5]
    assert rate.loc["B"].isna().all()


def test_both_periods_are_counted_in_the_same_cells(toy: Database, tmp_path: Path) -> None:
    moved = (0.5, 2.5)  # A1 before May, A4 after
    load(toy, tmp_path, "petitions", [petition(1, moved), petition(2, moved, received_at="2024-04-05")])
    cells = draw("112...\n412...\n433...\n.33...", names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    cells.to_file(tmp_path / "split.gpkg", driver="GPKG")
    load_regions(toy, tmp_path / "split.gpkg", Drawing("red_grid", "code", "name", "parent"),
                 effective=date(2024, 5, 1))  # fmt: skip
    asked = {"level": "red_grid", "period": MAY, "against": "previous"}
    now = compared(toy, ["petition.received"], **asked).set_index("code")  # type: ignore[arg-type]
    assert now.loc["A4", ["petition.received", "petition.received.before"]].tolist() == [1, 1]


# ---- rules ---------------------------------------------------------------------------------------


def test_the_rules_are_those_the_statements_read_with_the_same_usual_values() -> None:
    texts = [sql.load(name).text for folder in ("measures", "macros") for name in sql.names_in(folder)]
    reads = re.compile(r"store_(?:number|text)\('(\w+)', '?(\w+)'?\)")
    read = {found for text in texts for found in reads.findall(text)}
    assert read == {(rule.key, rule.usual) for rule in RULES}


def test_a_rule_is_set_for_the_whole_store(toy: Database) -> None:
    set_rule(toy, "extension_of", "disposal")
    set_rule(toy, "hot_days", "60")
    held = rules_of(toy).set_index("rule")
    assert held.loc["extension_of", ["value", "usual"]].tolist() == ["disposal", "closure"]
    assert held.loc["hot_days", "value"] == "60"
    assert held.loc["hot_cases", "value"] == "5"


@pytest.mark.parametrize(("key", "value", "said"), [
    ("extension", "closure", "Did you mean: extension_of"),
    ("extension_of", "closing", "one of closure, disposal"),
    ("hot_days", "-1", "a number above 0"),
    ("hot_days", "many", "a number above 0"),
])  # fmt: skip
def test_a_wrong_rule_is_refused(key: str, value: str, said: str, toy: Database) -> None:
    with pytest.raises(UsageError, match=said):
        set_rule(toy, key, value)


# ---- then and now, and who is in charge ------------------------------------------------------------


def test_what_moved_between_cells_reconciles_then_with_now(toy: Database, tmp_path: Path) -> None:
    moved, kept = (0.5, 2.5), (0.5, 3.5)  # the first square is A1 before June, A4 after
    load(toy, tmp_path, "petitions", [
        petition(1, moved), petition(2, moved), petition(3, kept),
        petition(4, moved, received_at="2024-06-20"), petition(5, region_name="cell A"),
    ])  # fmt: skip
    cells = draw("112...\n412...\n433...\n.33...", names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    cells.to_file(tmp_path / "split.gpkg", driver="GPKG")
    load_regions(toy, tmp_path / "split.gpkg", Drawing("red_grid", "code", "name", "parent"),
                 effective=date(2024, 6, 1))  # fmt: skip
    found = reconciled(toy, level="red_grid", period=Period())
    rows = found[["from_code", "to_code", "petitions", "moved"]].to_numpy().tolist()
    assert rows == [["A1", "A4", 2, True], ["A1", "A1", 1, False], ["A4", "A4", 1, False]]
    for boundaries, column in (("then", "from_code"), ("now", "to_code")):
        counted = stats(toy, ["petition.received"], level="red_grid", boundaries=boundaries)  # type: ignore[arg-type]
        by_code = counted.set_index("code")["petition.received"]
        assert found.groupby(column)["petitions"].sum().to_dict() == by_code[by_code > 0].to_dict()
    assert not reconciled(toy, level="community", period=MAY)["moved"].any()


def test_cells_without_anybody_in_charge_are_listed_for_any_day(toy: Database, tmp_path: Path) -> None:
    people = [
        {"region_code": "A1", "role": "red_grid_lead", "person_no": "1", "valid_from": "2023-01-01"},
        {"region_code": "A2", "role": "red_grid_lead", "person_no": "2", "valid_from": "2023-01-01",
         "valid_to": "2024-06-01"},
    ]  # fmt: skip
    load(toy, tmp_path, "responsibilities", people)
    x, y = petition(1, (2.5, 3.5))["x"], petition(1, (2.5, 3.5))["y"]
    load(toy, tmp_path, "population", [{"population_no": "H1", "people": 300, "x": x, "y": y}])
    load(toy, tmp_path, "petitions", [petition(1, (2.5, 3.5)), petition(2, B), petition(3, A1)])
    today = duty_holes(toy).set_index("code")
    assert today["duty"].to_dict() == {"A2": "expired", "A3": "no_person", "B": "undivided",
                                       "A-U01": "unassigned", "S-U01": "unassigned"}  # fmt: skip
    assert today.loc["A2", ["area_m2", "people", "open_petitions"]].tolist() == [20_000, 300, 1]
    assert today.loc["B", "open_petitions"] == 1
    assert today["area_m2"].is_monotonic_decreasing
    may = duty_holes(toy, on=date(2024, 5, 31))
    assert "A2" not in set(may["code"])
    assert duty_holes(toy, on=date(2024, 4, 30))["open_petitions"].sum() == 0
