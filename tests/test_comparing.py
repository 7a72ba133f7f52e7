"""Periods before, comparisons with them, and the rules of counting that a store follows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap import sql
from gridmap.comparing import both_views, compared, moving, period_before, reconciled
from gridmap.errors import UsageError
from gridmap.loading.regions import Drawing, load_regions
from gridmap.measures import measures, stats
from gridmap.periods import Period
from gridmap.rules import RULES, rules_of, set_rule
from gridmap.store import Database
from tests.records import closed, load, petition
from tests.redraw import SPLIT, redraw
from tests.toy import GRID_CODES, at, draw

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


def test_nothing_is_compared_with_a_time_before_the_first_record(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1), petition(2, B, received_at="2024-04-10")])
    keys = ["petition.received", "land.coverage"]
    for against, before in (("previous", [0, 1]), ("year", None)):
        rows = compared(toy, keys, level="community", period=MAY, against=against)  # type: ignore[arg-type]
        rows = rows.set_index("code")
        assert rows["land.coverage.before"].notna().all(), "land was there before anybody wrote to us"
        known = rows.loc[["A", "B"], "petition.received.before"]
        assert known.tolist() == before if before else known.isna().all()


# ---- rules ---------------------------------------------------------------------------------------


def test_the_rules_are_those_the_statements_read_with_the_same_usual_values() -> None:
    texts = [
        sql.load(name).text for folder in ("measures", "macros", "checks") for name in sql.names_in(folder)
    ]
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
    rows = found[["from_code", "to_code", "records", "moved"]].to_numpy().tolist()
    assert rows == [["A1", "A4", 2, True], ["A1", "A1", 1, False], ["A4", "A4", 1, False]]
    for boundaries, column in (("then", "from_code"), ("now", "to_code")):
        counted = stats(toy, ["petition.received"], level="red_grid", boundaries=boundaries)  # type: ignore[arg-type]
        by_code = counted.set_index("code")["petition.received"]
        assert found.groupby(column)["records"].sum().to_dict() == by_code[by_code > 0].to_dict()
    assert not reconciled(toy, level="community", period=MAY)["moved"].any()


def test_both_views_of_every_measure_add_up_to_the_same_sum(
    toy: Database, as_file: Callable[..., Path], tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", [
        *(closed(n, (0.5 + n % 6, 2.5), after_days=2 + n % 9, due_days=5) for n in range(60)),
        closed(99, None, after_days=1, due_days=5),  # in no cell
    ])  # fmt: skip
    redraw(toy, SPLIT, as_file, date(2024, 5, 4))
    parts = ("n_then", "of_then", "n_now", "of_now")
    for measure in measures():
        for _, views in both_views(toy, measure.key, level="red_grid", period=MAY).groupby("part"):
            summed = views[views["code"] != "*"][list(parts)].astype(float).sum()
            whole = views.set_index("code").loc["*", list(parts)].astype(float).fillna(0)
            assert np.allclose(summed, whole), measure.key
            assert (whole["n_then"], whole["of_then"]) == (whole["n_now"], whole["of_now"]), measure.key
    received = both_views(toy, "petition.received", level="red_grid", period=MAY).set_index("code")
    assert received["then"].drop(["", "*"]).fillna(0).ne(received["now"].drop(["", "*"]).fillna(0)).any()
    assert received.index[-2:].tolist() == ["", "*"]


def test_a_measure_in_parts_is_reconciled_part_by_part_and_its_buildings_are_followed(
    toy: Database, as_file: Callable[..., Path], tmp_path: Path
) -> None:
    moved, kept = (0.5, 2.5), (0.5, 3.5)  # the first square is A1 before June, A4 after
    places = {"R1": at(*moved), "R2": at(*moved), "R3": at(*kept)}
    load(toy, tmp_path, "buildings", [{"building_no": no, "x": x, "y": y} for no, (x, y) in places.items()])
    redraw(toy, SPLIT, as_file, date(2024, 6, 1))
    views = both_views(toy, "building.by_rating", level="red_grid", period=MAY).set_index(["part", "code"])
    assert views.loc[("unrated", "A1"), ["then", "now"]].tolist() == [3, 1]
    assert views.loc[("unrated", "A4"), "now"] == 2
    assert views.loc[("unrated", "*"), ["then", "now"]].tolist() == [3, 3]
    found = reconciled(toy, level="red_grid", period=MAY, key="building.by_rating")
    rows = found[["from_code", "to_code", "records", "moved"]].to_numpy().tolist()
    assert rows == [["A1", "A4", 2, True], ["A1", "A1", 1, False]]


def test_what_is_counted_in_the_cells_of_its_own_day_is_not_followed(toy: Database) -> None:
    assert moving("topic.raised") == moving("land.coverage") == ""
    assert reconciled(toy, level="red_grid", period=MAY, key="topic.raised").empty
