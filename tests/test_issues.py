"""Hot issues one by one, and the course of one petition."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from gridmap.errors import UsageError
from gridmap.issues import hot_issues, petition_deadlines, petition_log
from gridmap.measures import stats
from gridmap.rules import set_rule
from gridmap.store import Database
from tests.records import load, petition

A1, A2 = (0.5, 3.5), (2.5, 3.5)


def day(number: int) -> str:
    return str(pd.Timestamp("2024-06-01 09:00") + timedelta(days=number))


@pytest.fixture
def noisy(toy: Database, tmp_path: Path) -> Database:
    """In June five petitions at one spot of A1, three about noise, and two in A2; one in April."""
    matters = ["噪音", "噪音", "噪音", "垃圾", "路灯"]
    rows = [petition(number, A1, received_at=day(number), subcategory=matter)
            for number, matter in enumerate(matters)]  # fmt: skip
    rows += [petition(number, A2, received_at=day(number), subcategory="噪音") for number in (7, 8)]
    load(toy, tmp_path, "petitions", [*rows, petition(9, A1, received_at="2024-04-01", subcategory="噪音")])
    return toy


def listed(db: Database, **asked: object) -> list[tuple[object, ...]]:
    found = hot_issues(db, level="red_grid", **{"until": date(2024, 6, 20), **asked})  # type: ignore[arg-type]
    return [
        (row["issue"], row["code"], row["cases"], list(row["petitions"])) for row in found.to_dict("records")
    ]


def test_the_same_place_and_the_same_matter_are_listed_with_their_petitions(noisy: Database) -> None:
    assert listed(noisy) == [
        ("place", "A1", 5, ["P0", "P1", "P2", "P3", "P4"]),
        ("matter", "A1", 3, ["P0", "P1", "P2"]),
    ]


def test_how_many_in_which_window_is_a_rule_of_the_store(noisy: Database) -> None:
    set_rule(noisy, "hot_matter_cases", "2")
    set_rule(noisy, "hot_cases", "6")
    assert [(issue, code) for issue, code, *_ in listed(noisy)] == [("matter", "A1"), ("matter", "A2")]
    set_rule(noisy, "hot_days", "90")
    assert [(issue, cases) for issue, _, cases, _ in listed(noisy)] == [
        ("place", 6), ("matter", 4), ("matter", 2)]  # fmt: skip


def test_as_many_issues_are_listed_as_the_measures_count(noisy: Database) -> None:
    found = stats(noisy, ["petition.hot_places", "petition.hot_matters"], level="red_grid")
    listed_now = hot_issues(noisy, level="red_grid")["issue"].value_counts()
    assert found["petition.hot_places"].sum() == listed_now.get("place", 0)
    assert found["petition.hot_matters"].sum() == listed_now.get("matter", 0)


def test_the_course_of_a_petition_tells_to_which_level_it_was_passed_up(
    noisy: Database, tmp_path: Path
) -> None:
    steps = [
        ("received", 1, None),
        ("accepted", 2, None),
        ("escalated", 5, "block"),
        ("escalated", 9, "street"),
    ]
    load(noisy, tmp_path, "events", [
        {"event_no": f"P1-{hour}", "petition_no": "P1", "event": event, "level": level,
         "happened_at": f"2024-06-02 0{hour}:00"} for event, hour, level in steps
    ])  # fmt: skip
    log = petition_log(noisy, "P1")
    assert log["event"].tolist() == ["received", "accepted", "escalated", "escalated"]
    assert log["level"].dropna().tolist() == ["block", "street"]
    assert log["hours_since"].tolist()[1:] == [1, 3, 4]
    assert petition_deadlines(noisy, "P1").empty


def test_a_petition_without_events_is_told(noisy: Database) -> None:
    with pytest.raises(UsageError, match="'P77'"):
        petition_log(noisy, "P77")
