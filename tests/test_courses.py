"""What the events of petitions come to: courses, impossible steps, deadlines by the duty list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gridmap.registers import EVENTS
from gridmap.store import Database
from tests.records import load, petition

A1 = (0.5, 3.5)
ORDINARY = (
    "received", "accepted", "filed", "dispatched", "signed", "processing", "disposed", "verified", "closed",
)  # fmt: skip
Step = tuple[str, str] | tuple[str, str, dict[str, object]]


def events(number: int, *steps: Step) -> list[dict[str, object]]:
    """Return the events of a petition; a step is (event, time on 1 May 2024 or day and time, more)."""
    rows: list[dict[str, object]] = []
    for at, (event, when, *more) in enumerate(steps):
        moment = f"2024-05-01 {when}" if len(when) == 5 else f"2024-{when}"
        extra: dict[str, Any] = more[0] if more else {}
        rows.append({"event_no": f"{number}-{at:02d}", "petition_no": f"P{number}", "event": event,
                     "happened_at": moment, **extra})  # fmt: skip
    return rows


def asked(db: Database, statement: str) -> list[tuple[Any, ...]]:
    with db._cursor() as cursor:
        return cursor.execute(statement).fetchall()


def course(db: Database, columns: str, number: int = 1) -> tuple[Any, ...]:
    (row,) = asked(db, f"select {columns} from petition_course join petition using (petition_id) "
                       f"where petition_no = 'P{number}'")  # fmt: skip
    return row


def test_bounced_and_parallel_dispatches_are_told_apart(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1), petition(2, A1)])
    load(toy, tmp_path, "events", [
        *events(1, ("派遣", "10:00", {"unit": "城管"}), ("退件", "11:00", {"unit": "城管"}),
                ("派遣", "12:00", {"unit": "水务"})),
        *events(2, ("dispatched", "10:00", {"unit": "城管"}), ("dispatched", "10:00", {"unit": "水务"}),
                ("returned", "11:00", {"unit": "水务"})),
    ])  # fmt: skip
    assert course(toy, "dispatches, returns, parallel_units", 1) == (2, 1, 1)
    assert course(toy, "dispatches, returns, parallel_units", 2) == (2, 1, 2)


def test_the_same_unit_again_and_the_next_after_a_rework_are_not_parallel(
    toy: Database, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1), petition(2, A1)])
    load(toy, tmp_path, "events", [
        *events(1, ("派遣", "10:00", {"unit": "城管"}), ("派遣", "10:05", {"unit": "城管"})),
        *events(2, ("派遣", "10:00", {"unit": "城管"}), ("处置", "11:00"), ("返工", "12:00"),
                ("派遣", "12:30", {"unit": "水务"})),
    ])  # fmt: skip
    assert course(toy, "dispatches, parallel_units", 1) == (2, 1)
    assert course(toy, "dispatches, parallel_units", 2) == (2, 1)


def test_the_last_rating_counts_and_the_first_bad_one_is_remembered(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1)])
    load(toy, tmp_path, "events", events(
        1, ("评价", "10:00", {"score": "不满意"}), ("差评整改", "05-03 10:00"),
        ("rated", "05-04 10:00", {"score": 4}), ("升级", "11:00", {"level": "社区"}),
        ("escalated", "11:30", {"level": "block"})))  # fmt: skip
    assert course(toy, "score, escalated_to") == (4, 2)
    assert course(toy, "bad_rated_at::text, corrected_at::text") == (
        "2024-05-01 10:00:00",
        "2024-05-03 10:00:00",
    )


def test_a_course_follows_its_events_when_they_are_corrected(toy: Database, tmp_path: Path) -> None:
    log = events(1, ("dispatched", "10:00"), ("returned", "11:00"))
    load(toy, tmp_path, "events", log)  # before its petition: kept until it comes
    assert asked(toy, "select count(*) from petition_course") == [(0,)]
    load(toy, tmp_path, "petitions", [petition(1, A1)])
    assert course(toy, "returns") == (1,)
    done = load(toy, tmp_path, "events", [log[0], {**log[1], "event": "signed"}])
    assert (done.rows_kept, done.rows_unchanged) == (1, 1)
    assert course(toy, "returns") == (0,)
    load(toy, tmp_path, "petitions", [petition(1, A1, category="噪声")])
    assert course(toy, "dispatches") == (1,), "a petition reported anew keeps its course"


def test_impossible_steps_are_found_counted_and_kept(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1), petition(2, A1), petition(3, A1)])
    done = load(toy, tmp_path, "events", [
        *events(1, ("received", "09:00"), ("closed", "10:00")),
        *events(2, ("received", "09:00"), ("closed", "10:00"), ("responded", "10:30"), ("disposed", "11:00")),
        *events(3, ("received", "08:00"), ("accepted", "09:10")),
    ])  # fmt: skip
    told = {(f.check, f.message.split("'")[1]): (f.amount, f.codes) for f in done.findings}
    assert told == {
        ("event.impossible_step", "received"): (2, ("P1", "P2")),
        ("event.impossible_step", "closed"): (1, ("P2",)),
        ("event.before_receipt", "received"): (1, ("P3",)),
    }
    assert done.rows_kept == 8


@pytest.mark.parametrize("steps", [
    ORDINARY,
    ("received", "accepted", "filed", "dispatched", "returned", "dispatched", "signed", "disposed", "closed"),
    ("received", "accepted", "filed", "dispatched", "dispatched", "signed", "signed", "disposed", "disposed"),
    ("accepted", "filed", "dispatched", "signed", "disposed", "verified", "rework", "disposed", "verified",
     "closed", "reopened", "processing", "disposed", "closed"),
    ("received", "rejected"), ("received", "accepted", "merged"), ("received", "accepted", "filed", "split"),
])  # fmt: skip
def test_the_courses_of_the_standard_are_possible(
    steps: Sequence[str], toy: Database, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", [petition(1, A1)])
    log = events(1, *((step, f"{9 + at // 4:02d}:{at % 4 * 15:02d}") for at, step in enumerate(steps)))
    assert load(toy, tmp_path, "events", log).findings == []


def test_nothing_follows_the_end_of_a_course(empty: Database) -> None:
    steps = [
        value for value in EVENTS.fields[2].values if value in ORDINARY or value in ("rework", "returned")
    ]
    for end in ("merged", "split", "rejected", "void"):
        for step in steps:
            assert asked(empty, f"select possible_step('{end}', '{step}')") == [(False,)]


# ---- deadlines -----------------------------------------------------------------------------------

DUTIES = [
    {"item_code": "0101", "大类": "市容环卫", "小类": "暴露垃圾", "处置时限": 4, "时限单位": "工作时"},
    {"item_code": "0102", "大类": "市容环卫", "小类": "绿地养护", "处置时限": 5, "时限单位": "工作日"},
    {"item_code": "0103", "大类": "市容环卫", "小类": "占道经营", "处置时限": 2, "时限单位": "紧急"},
]


def dues(db: Database) -> dict[str, str]:
    return dict(asked(db, "select petition_no, due_at::text from petition order by 1"))


def test_the_duty_list_says_when_a_petition_is_due_where_its_source_does_not(
    toy: Database, tmp_path: Path
) -> None:
    minors = ["暴露垃圾", "绿地养护", "占道经营", "不在清单"]
    rows = [petition(n, A1, subcategory=minor) for n, minor in enumerate(minors, start=1)]
    load(
        toy,
        tmp_path,
        "petitions",
        [*rows, petition(5, A1, subcategory="暴露垃圾", due_at="2024-05-20 12:00")],
    )
    assert set(dues(toy).values()) == {None, "2024-05-20 12:00:00"}
    load(toy, tmp_path, "duties", DUTIES)
    assert dues(toy) == {  # 1 to 5 May 2024 is a holiday; Saturday 11 May is worked
        "P1": "2024-05-06 15:00:00", "P2": "2024-05-10 18:00:00", "P3": "2024-05-01 11:00:00", "P4": None,
        "P5": "2024-05-20 12:00:00",
    }  # fmt: skip


def test_a_deadline_is_worked_out_anew_when_the_class_changes_and_the_old_one_kept(
    toy: Database, tmp_path: Path
) -> None:
    load(toy, tmp_path, "duties", DUTIES)
    load(toy, tmp_path, "petitions", [petition(1, A1, subcategory="暴露垃圾")])
    load(toy, tmp_path, "events", events(
        1, ("变更分类", "10:00", {"category": "市容环卫", "subcategory": "绿地养护"})))  # fmt: skip
    assert dues(toy)["P1"] == "2024-05-10 18:00:00"
    load(toy, tmp_path, "petitions", [petition(1, A1, subcategory="暴露垃圾", handler="城管")])
    kept = asked(toy, "select item_code, due_at::text from petition_deadline order by rowid")
    assert kept == [("0101", "2024-05-06 15:00:00"), ("0102", "2024-05-10 18:00:00")]


def test_extensions_move_and_suspensions_stop_the_deadline_in_force(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(n, A1, due_at="2024-05-10 18:00") for n in (1, 2, 3)])
    load(toy, tmp_path, "events", [
        *events(1, ("延期", "05-09 10:00", {"延期至": "2024-05-17 18:00"})),
        *events(2, ("挂起", "05-08 09:00"), ("恢复", "05-10 09:00")),
        *events(3, ("挂起", "05-08 09:00")),
    ])  # fmt: skip
    assert dues(toy) == {"P1": "2024-05-17 18:00:00", "P2": "2024-05-13 18:00:00", "P3": None}
    again = load(toy, tmp_path, "petitions", [petition(n, A1, due_at="2024-05-10 18:00") for n in (1, 2, 3)])
    assert again.rows_unchanged == 3, "what a clock worked out is no change of the source"
    assert dues(toy)["P1"] == "2024-05-17 18:00:00"


def test_a_limit_past_the_known_holidays_is_told(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "duties", DUTIES)
    done = load(
        toy, tmp_path, "petitions", [petition(1, A1, subcategory="绿地养护", received_at="2031-01-01 09:00")]
    )
    assert [finding.check for finding in done.findings] == ["clock.past_known_holidays"]
    assert dues(toy)["P1"] is None


def test_a_list_of_the_size_of_pingshan_s_is_read_whole(toy: Database, tmp_path: Path) -> None:
    same = {"责任主体": "某局", "法律依据": "某条例", "时限单位": "工作日", "处置标准": "恢复原状"}
    rows = [{"编码": f"{n % 19:02d}{n:04d}", "大类": f"大类{n % 19}", "小类": f"小类{n}",
             "处置时限": 1 + n % 15, **same} for n in range(1285)]  # fmt: skip
    done = load(toy, tmp_path, "duties", rows)
    assert (done.rows_kept, done.rows_set_aside) == (1285, 0)
    (counted,) = asked(toy, "select count(distinct major), count(*), any_value(limit_unit) from duty_item")
    assert counted == (19, 1285, "working_days")
