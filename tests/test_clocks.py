"""Clocks of cases: extensions move them, suspensions stop them, and what is left of the time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridmap.calendar import OfficeHours, calendar_of
from gridmap.clocks import Deadlines, deadlines, due_within, remaining_hours

CALENDAR = calendar_of(OfficeHours.parse("09:00-12:00,14:00-18:00"))
START = "2026-06-01T10:00"  # a Monday


def run(
    *moves: tuple[str, str, str | None],
    amount: float | None = 3,
    unit: str = "working_days",
    given: str | None = None,
) -> Deadlines:
    """Run the clock of one case that starts on Monday at ten; moves are (move, at, until)."""
    cases = pd.DataFrame(
        {"case_id": [7], "started_at": pd.to_datetime([START]), "amount": [amount], "unit": [unit],
         "given_due_at": pd.to_datetime([given])})  # fmt: skip
    frame = pd.DataFrame([(7, *move) for move in moves], columns=["case_id", "move", "moved_at", "until"])
    times = {name: pd.to_datetime(frame[name], format="ISO8601") for name in ("moved_at", "until")}
    frame = frame.assign(**times)
    return deadlines(cases, frame, calendar=CALENDAR)


def due(*moves: tuple[str, str, str | None], amount: float | None = 3, unit: str = "working_days") -> str:
    return str(run(*moves, amount=amount, unit=unit).due_at[0])


def test_without_moves_the_limit_runs() -> None:
    assert due() == "2026-06-04T18:00:00"
    assert due(amount=None) == "NaT"


def test_an_extension_sets_the_deadline_later_never_earlier() -> None:
    assert due(("extended", "2026-06-03", "2026-06-10T18:00")) == "2026-06-10T18:00:00"
    assert due(("extended", "2026-06-03", "2026-06-02T18:00")) == "2026-06-04T18:00:00"
    moved = run(("extended", "2026-06-03", "2026-06-10T18:00"))
    assert str(moved.first_due_at[0]) == "2026-06-04T18:00:00", "the old value is kept"


def test_a_suspension_stops_the_clock_for_as_long_as_it_lasts() -> None:
    two_days = (("suspended", "2026-06-02T09:00", None), ("resumed", "2026-06-04T09:00", None))
    assert due(*two_days) == "2026-06-08T18:00:00"  # two working days later, over a weekend
    assert due(*reversed(two_days)) == due(*two_days), "the order of the rows does not matter"
    assert due(*two_days, amount=5, unit="urgent_hours") == "2026-06-01T15:00:00", (
        "it was due before it stopped"
    )
    assert due(("suspended", "2026-06-01T12:00", None), ("resumed", "2026-06-01T18:00", None),
               amount=5, unit="urgent_hours") == "2026-06-01T21:00:00"  # fmt: skip


def test_a_clock_that_stands_still_has_no_deadline() -> None:
    stopped = run(("suspended", "2026-06-02T09:00", None))
    assert np.isnat(stopped.due_at[0])
    assert stopped.stopped[0]
    late = run(("suspended", "2026-06-09T09:00", None))
    assert str(late.due_at[0]) == "2026-06-04T18:00:00", "what was overdue already stays overdue"


def test_a_deadline_that_the_source_gives_is_believed_and_moved() -> None:
    moved = run(("extended", "2026-06-03", "2026-06-20T18:00"), given="2026-06-10T12:00")
    assert str(moved.first_due_at[0]) == "2026-06-10T12:00:00"
    assert str(moved.due_at[0]) == "2026-06-20T18:00:00"


def test_moves_that_make_no_sense_change_nothing() -> None:
    assert due(("resumed", "2026-06-02T09:00", None)) == due()
    twice = (("suspended", "2026-06-02T09:00", None), ("suspended", "2026-06-03T09:00", None),
             ("resumed", "2026-06-04T09:00", None))  # fmt: skip
    assert due(*twice) == "2026-06-08T18:00:00"


def test_a_suspension_and_then_an_extension_both_count() -> None:
    moves = (("suspended", "2026-06-02T09:00", None), ("resumed", "2026-06-04T09:00", None),
             ("extended", "2026-06-05", "2026-06-20T18:00"))  # fmt: skip
    assert due(*moves) == "2026-06-20T18:00:00"


def test_a_limit_past_the_known_years_is_told_and_not_guessed() -> None:
    last = str(CALENDAR.first + len(CALENDAR.worked) - 5)
    cases = pd.DataFrame({"case_id": [1], "started_at": pd.to_datetime([last]), "amount": [10.0],
                          "unit": ["working_days"], "given_due_at": pd.to_datetime([None])})  # fmt: skip
    none = pd.DataFrame(columns=["case_id", "move", "moved_at", "until"])
    found = deadlines(cases, none, calendar=CALENDAR)
    assert found.unknown[0]
    assert np.isnat(found.due_at[0])


def test_what_is_left_and_what_falls_due_soon() -> None:
    dues = np.array(
        ["2026-06-01T12:00", "2026-06-01T09:00", "2026-06-02T10:00", "NaT"], dtype="datetime64[s]"
    )
    now = np.datetime64("2026-06-01T10:00")
    assert remaining_hours(dues, now, calendar=CALENDAR)[:3].tolist() == [2, -1, 7]
    assert np.isnan(remaining_hours(dues, now, calendar=CALENDAR)[3])
    assert due_within(dues, now, hours=24).tolist() == [True, False, False, False]
    assert due_within(dues, now, hours=25).tolist() == [True, False, True, False]
