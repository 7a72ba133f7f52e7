"""Working days and hours: known holidays, make-up workdays, and laws that hold for any moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.calendar import UNITS, OfficeHours, calendar_of, known_years, office_calendar
from gridmap.errors import UsageError

CALENDAR = calendar_of(OfficeHours.parse("09:00-12:00,14:00-18:00"))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2025, 12, 31)).map(lambda at: at.replace(microsecond=0))


def deadline(start: str, amount: float, unit: str) -> str:
    found = CALENDAR.deadline(np.array([start], dtype="datetime64[s]"), np.array([amount]), np.array([unit]))
    return str(found[0])


def seconds_between(since: datetime, until: datetime) -> int:
    pair = (np.array([moment], dtype="datetime64[s]") for moment in (since, until))
    return int(CALENDAR.working_seconds(*pair)[0])


@pytest.mark.parametrize(("start", "amount", "unit", "due"), [
    # Friday 2026-02-13; 14 February is a make-up workday, the Spring Festival lasts from 15 to 23 February
    ("2026-02-13T10:00", 1, "working_days", "2026-02-14T18:00:00"),
    ("2026-02-13T10:00", 2, "working_days", "2026-02-24T18:00:00"),
    ("2026-02-15T10:00", 1, "working_days", "2026-02-24T18:00:00"),  # begins in the holiday
    ("2026-02-13T10:00", 7, "calendar_days", "2026-02-24T18:00:00"),  # the last day is a holiday
    ("2026-06-01T10:00", 3, "calendar_days", "2026-06-04T18:00:00"),
    ("2026-02-13T16:00", 4, "working_hours", "2026-02-14T11:00:00"),
    ("2026-02-14T16:00", 4, "working_hours", "2026-02-24T11:00:00"),
    ("2026-06-01T11:00", 2, "working_hours", "2026-06-01T15:00:00"),  # the office is closed at noon
    ("2026-06-01T09:00", 7, "working_hours", "2026-06-01T18:00:00"),  # not 9:00 of the next day
    ("2026-06-01T20:00", 0.5, "working_hours", "2026-06-02T09:30:00"),
    ("2026-02-15T23:00", 2, "urgent_hours", "2026-02-16T01:00:00"),
    ("2026-06-01T10:00", 15, "working_days", "2026-06-23T18:00:00"),  # the Dragon Boat Festival is on 19 June
])  # fmt: skip
def test_a_time_limit_ends_when_it_should(start: str, amount: float, unit: str, due: str) -> None:
    assert deadline(start, amount, unit) == due


def test_what_is_missing_stays_missing() -> None:
    start = np.array(["2026-06-01", "NaT"], dtype="datetime64[s]")
    found = CALENDAR.deadline(start, np.array([np.nan, 3.0]), np.array(["working_days", "working_days"]))
    assert np.isnat(found).all()


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)))
def test_the_days_worked_are_those_of_the_notices(day: date) -> None:
    worked = CALENDAR.is_worked(np.array([day], dtype="datetime64[s]"))[0]
    assert worked == chinese_calendar.is_workday(day)


@given(moments, st.integers(1, 60))
def test_working_days_are_counted_as_one_would_by_hand(start: datetime, days: int) -> None:
    day = start.date()
    for _ in range(days):
        day += timedelta(days=1)
        while not chinese_calendar.is_workday(day):
            day += timedelta(days=1)
    assert deadline(start.isoformat(), days, "working_days") == f"{day}T18:00:00"


@given(moments, st.integers(1, 200 * 3600))
def test_the_working_time_to_a_deadline_is_the_limit(start: datetime, seconds: int) -> None:
    begins = np.array([start], dtype="datetime64[s]")
    ends = CALENDAR.after(begins, np.array([seconds]))
    assert CALENDAR.working_seconds(begins, ends)[0] == seconds
    earlier = CALENDAR.working_seconds(begins, ends - np.timedelta64(1, "s"))[0]
    assert earlier == seconds - 1, "no earlier moment would do"


@given(moments, moments, moments)
def test_working_time_adds_up(first: datetime, second: datetime, third: datetime) -> None:
    parts = seconds_between(first, second) + seconds_between(second, third)
    assert parts == seconds_between(first, third)
    assert seconds_between(first, second) == -seconds_between(second, first)


@given(moments, st.floats(0.1, 30), st.sampled_from(UNITS))
def test_a_longer_limit_never_ends_earlier(start: datetime, amount: float, unit: str) -> None:
    assert start.isoformat() <= deadline(start.isoformat(), amount, unit)
    assert deadline(start.isoformat(), amount, unit) <= deadline(start.isoformat(), amount + 1, unit)


def test_past_the_last_known_year_nothing_is_guessed() -> None:
    last = known_years()[1]
    with pytest.raises(UsageError, match=rf"knows the years to {last}.*update the package chinesecalendar"):
        deadline(f"{last}-12-20T10:00", 30, "working_days")
    with pytest.raises(UsageError, match="begins in 2004"):
        deadline("2003-12-31T10:00", 1, "working_days")


@pytest.mark.parametrize("text", ["9 to 5", "09:00-08:00", "09:00-12:00,11:00-18:00", "09:00-25:00", ""])
def test_office_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        OfficeHours.parse(text)


def test_other_office_hours_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_OFFICE_HOURS", "08:30-17:30")
    assert office_calendar.__wrapped__().hours.seconds == 9 * 3600


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(UsageError, match="'weeks' cannot be counted"):
        deadline("2026-06-01", 1, "weeks")
