"""Versions: every state of the map can be asked again, compared, explained and taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gridmap import versions
from gridmap.errors import UsageError
from gridmap.store import Database
from gridmap.versions import Diff
from tests.records import load, petition
from tests.redraw import JULY, JUNE, MERGED, SPLIT, Write, redraw
from tests.toy import at


def person(number: int, place: tuple[float, float], people: int) -> dict[str, object]:
    x, y = at(*place)
    return {"population_no": f"B{number}", "people": people, "households": people // 2, "x": x, "y": y}


def changes(found: Diff) -> dict[str, str]:
    return dict(zip(found.cells["code"], found.cells["change"], strict=True))


def test_versions_lists_who_changed_what_and_when(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    found = versions.versions(toy).set_index("cs")
    assert list(found.index) == [1, 2, 3, 4]
    assert found["created"].tolist() == [1, 3, 4, 1]
    last = found.loc[4]
    assert (last["kind"], last["changed"], last["ended"]) == ("load", 1, 0)
    assert (last["effective_on"].date(), bool(last["author"])) == (JUNE, True)
    assert found["recorded_at"].is_monotonic_increasing


def test_a_split_shows_as_a_new_cell_and_a_moved_border(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    found = versions.diff(toy, "3", "4")
    assert changes(found) == {"A1": "border", "A4": "created"}
    a1, a4 = found.cells.set_index("code").loc[["A1", "A4"]].itertuples()
    assert (a1.lost_m2, a1.gained_m2, a1.went_to) == (20_000, 0, "A4")
    assert (a4.gained_m2, a4.came_from, a4.area_m2_before, a4.area_m2) == (20_000, "A1", 0, 20_000)
    assert found.moves[["level", "from_code", "to_code", "area_m2"]].to_numpy().tolist() == [
        ["red_grid", "A1", "A4", 20_000]
    ]


def test_what_lies_on_the_land_that_moved_is_counted(toy: Database, as_file: Write, tmp_path: Path) -> None:
    load(toy, tmp_path, "population", [person(1, (0.5, 2.5), 10), person(2, (0.5, 3.5), 7),
                                       person(3, (4.5, 3.5), 99)])  # fmt: skip
    load(toy, tmp_path, "petitions", [petition(1, (0.5, 1.5)), petition(2, (0.5, 2.5)),
                                      petition(3, (1.5, 3.5))])  # fmt: skip
    redraw(toy, SPLIT, as_file, JUNE)
    (moved,) = versions.diff(toy, "2024-05-31", "today").moves.itertuples()
    assert (moved.from_code, moved.to_code) == ("A1", "A4")
    assert (moved.people, moved.households, moved.petitions, moved.rental_buildings) == (10, 5, 2, 0)


def test_the_lineage_says_where_the_people_went(toy: Database, as_file: Write, tmp_path: Path) -> None:
    load(toy, tmp_path, "population", [person(1, (0.5, 2.5), 10), person(2, (0.5, 3.5), 30)])
    redraw(toy, SPLIT, as_file, JUNE)
    found = versions.lineage(toy, 4)
    assert list(zip(found["from_code"], found["to_code"], strict=True)) == [("A1", "A1"), ("A1", "A4")]
    assert found["share_area"].tolist() == pytest.approx([0.6, 0.4])
    assert found["share_people"].tolist() == [0.75, 0.25]


def test_days_and_versions_can_be_compared_the_other_way_round(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    assert changes(versions.diff(toy, "4", "3")) == {"A1": "border", "A4": "ended"}
    assert changes(versions.diff(toy, "today", "2024-05-31")) == {"A1": "border", "A4": "ended"}


def test_the_same_twice_differs_in_nothing(toy: Database) -> None:
    assert versions.diff(toy, "today", "3").is_empty


def test_version_zero_is_the_time_before_the_first(toy: Database) -> None:
    assert set(changes(versions.diff(toy, "0", "1")).items()) == {("S", "created")}


@pytest.mark.parametrize("name", ["17", "soon", "2024-13-01"])
def test_what_is_no_version_is_said(toy: Database, name: str) -> None:
    with pytest.raises(UsageError, match=r"gridmap versions"):
        versions.diff(toy, name, "today")


def test_a_future_version_is_compared_as_if_in_force(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, date(2031, 1, 1))
    assert versions.diff(toy, "3", "today").is_empty
    assert changes(versions.diff(toy, "today", "4")) == {"A1": "border", "A4": "created"}


# ---- who changed this border ---------------------------------------------------------------------


def test_a_border_knows_who_drew_and_who_moved_it(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    redraw(toy, MERGED, as_file, JULY)
    found = versions.border_between(toy, "A1", "A3")
    assert found["cs"].tolist() == [3, 4, 5]
    assert found["between_after"].tolist() == ["A1 | A3", "A1 | A3", ""]
    assert found.geometry.length.round().tolist() == [200.0, 100.0, 100.0]
    assert found["moved_m2"].tolist() == [0.0, 0.0, 40_000.0]
    assert set(found.columns) >= {"author", "approved_by", "document", "effective_on", "recorded_at"}


def test_a_border_of_parents_is_asked_by_their_codes(toy: Database) -> None:
    found = versions.border_between(toy, "A", "B")
    assert (found["cs"].tolist(), found["between_after"].tolist()) == ([2], ["A | B"])
    assert found.geometry.length.tolist() == [pytest.approx(400)]


def test_a_click_finds_what_touched_the_border_there(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    x, y = at(1, 2.5)
    found = versions.border_at(toy, x + 3, y)
    assert (found["cs"].tolist(), found["between_after"].iloc[-1]) == ([1, 2, 3, 4], "A1 | A4")
    assert found["between_before"].iloc[-1] == "A1"
    untouched = versions.border_at(toy, *at(2, 2.5))
    assert (untouched["cs"].tolist(), untouched["between_after"].iloc[-1]) == ([1, 2, 3], "A1 | A2")


def test_a_click_far_from_any_border_says_so(toy: Database) -> None:
    with pytest.raises(UsageError, match="No border lies within 20 m"):
        versions.border_at(toy, *at(0.5, 0.5))


def test_codes_that_never_touched_are_said(toy: Database) -> None:
    with pytest.raises(UsageError, match="never had a border"):
        versions.border_between(toy, "A1", "B")
    with pytest.raises(UsageError, match="'Z'"):
        versions.border_between(toy, "A1", "Z")
