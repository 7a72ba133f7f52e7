"""Days and periods: half-open, with a named beginning and end of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gridmap.errors import UsageError

#: "As far back as anyone looks" and "still so": the open ends of every period in the store.
OPEN_PAST = date(1900, 1, 1)
OPEN_FUTURE = date(9999, 12, 31)
_LEAP_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Period:
    """Hold a half-open period of days [since, until); an open end is None.

    Raises
    ------
    UsageError : when a day lies where no calendar of the office does, or it ends before it begins

    >>> Period(since=date(1, 1, 1))
    Traceback (most recent call last):
    gridmap.errors.UsageError: A period begins and ends from 1900-01-01 to 9999-12-31, not on 0001-01-01.
    """

    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        """Refuse days before which, or after which, there is none to reckon with."""
        for day in (self.since, self.until):
            if day is not None and not OPEN_PAST <= day <= OPEN_FUTURE:
                raise UsageError(f"A period begins and ends from {OPEN_PAST} to {OPEN_FUTURE}, not on {day}.")
        if self.since is not None and self.until is not None and self.until < self.since:
            raise UsageError(f"A period that begins on {self.since} does not end on {self.until}, before it.")

    @property
    def has_past(self) -> bool:
        """Return whether one as long can lie before it, and the same a year earlier; not with an open end."""
        if self.since is None or self.until is None:
            return False
        return self.since - OPEN_PAST >= max(self.until - self.since, _LEAP_YEAR)


def next_month(day: date) -> date:
    """Return the first day of the month after that of a day.

    >>> next_month(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_before(day: date) -> date:
    """Return the first day of the last month that was over on a day.

    >>> month_before(date(2026, 1, 15))
    datetime.date(2025, 12, 1)
    """
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
