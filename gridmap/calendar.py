"""Working days and working hours in China: public holidays and make-up workdays, office hours as a setting.

Which days are worked comes from `chinesecalendar`, which holds the yearly notices of the State Council:
public holidays, and the Saturdays and Sundays worked in exchange. It knows the years that have been
announced; past them nothing can be said, and nothing is guessed.

How a time limit is counted follows the Civil Code: the day it begins is not counted (art. 201); a last day
that is a holiday gives way to the next day worked, and it ends when the office closes (art. 203).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Literal, get_args

import chinese_calendar
import numpy as np
import numpy.typing as npt

from gridmap import settings
from gridmap.errors import UsageError

#: Moments as datetime64[s]; NaT where there is none.
Moments = npt.NDArray[np.datetime64]

#: In what a time limit is given: 工作时, 工作日, 日历日, and hours by the clock day and night (紧急).
Unit = Literal["working_hours", "working_days", "calendar_days", "urgent_hours"]
UNITS: tuple[Unit, ...] = get_args(Unit)

_OPENING = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY_S = 86_400


@dataclass(frozen=True)
class OfficeHours:
    """Hold the hours of a working day as half-open spans of seconds since midnight.

    >>> OfficeHours.parse("09:00-12:00,14:00-18:00").seconds
    25200
    """

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> OfficeHours:
        """Read hours such as 09:00-12:00,14:00-18:00.

        Raises
        ------
        UsageError : when they cannot be read, overlap or are not in order
        """
        found = [_OPENING.fullmatch(part.strip()) for part in text.split(",")]
        spans = [_seconds(match) for match in found if match]
        edges = [edge for span in spans for edge in span]
        in_order = all(first < second for first, second in pairwise(edges))
        if None in found or not in_order or edges[-1] > _DAY_S:
            raise UsageError(
                f"Office hours '{text[:60]}' cannot be read. Write them like 09:00-12:00,14:00-18:00."
            )
        return cls(tuple(spans))

    @property
    def seconds(self) -> int:
        """Return how many seconds of a day are worked."""
        return sum(closes - opens for opens, closes in self.spans)

    @property
    def closing(self) -> int:
        """Return the second of the day at which the office closes."""
        return self.spans[-1][1]

    def worked_by(self, second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return how many seconds have been worked by some seconds of a day."""
        parts = [np.clip(second - opens, 0, closes - opens) for opens, closes in self.spans]
        return np.asarray(np.sum(parts, axis=0), dtype=np.int64)

    def second_at(self, worked: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the earliest second of a day by which so many seconds have been worked."""
        lengths = np.array([closes - opens for opens, closes in self.spans])
        before = np.concatenate([[0], np.cumsum(lengths)])
        span = np.clip(np.searchsorted(before, worked, side="left") - 1, 0, len(self.spans) - 1)
        opening = np.array([opens for opens, _ in self.spans])
        return np.asarray(opening[span] + worked - before[span], dtype=np.int64)


@dataclass(frozen=True)
class Calendar:
    """Count in working days and working hours.

    Parameters
    ----------
    hours : office hours of a day worked
    first : first day known
    worked : whether each day from the first on is worked
    """

    hours: OfficeHours
    first: np.datetime64
    worked: npt.NDArray[np.bool_]

    def is_worked(self, moments: Moments) -> npt.NDArray[np.bool_]:
        """Return whether the days of some moments are worked."""
        return self.worked[self._position(moments)]

    def deadline(
        self, start: Moments, amount: npt.NDArray[np.float64], unit: npt.NDArray[np.str_]
    ) -> Moments:
        """Return when time limits end.

        Working hours run while the office is open. Working days and calendar days begin on the day after the
        start and end when the office closes; a last calendar day that is not worked gives way to the next one
        that is. Urgent hours run by the clock.

        Parameters
        ----------
        start : when each limit begins, datetime64[s]
        amount : how much of its unit each has
        unit : one of UNITS each

        Returns
        -------
        datetime64[s]; NaT where start or amount is missing

        Raises
        ------
        UsageError : when a limit reaches beyond the years the calendar knows, or a unit does not exist
        """
        known = ~np.isnat(start) & ~np.isnan(amount)
        strange = sorted(set(np.unique(unit[known]).tolist()) - set(UNITS))
        if strange:
            raise UsageError(f"Time limits in '{strange[0]}' cannot be counted. Units: {', '.join(UNITS)}.")
        ends = np.full(len(start), np.datetime64("NaT", "s"), dtype="datetime64[s]")
        for name in UNITS:
            chosen = np.flatnonzero(known & (unit == name))
            if len(chosen):
                ends[chosen] = self._counted(start[chosen], amount[chosen], name)
        return ends

    def working_seconds(self, since: Moments, until: Moments) -> npt.NDArray[np.int64]:
        """Return the seconds of office hours between moments; negative where they are the other way round."""
        return self._elapsed(until) - self._elapsed(since)

    def after(self, moments: Moments, seconds: npt.NDArray[np.int64]) -> Moments:
        """Return the earliest moments by which so many seconds of office hours have passed."""
        return self._moment(self._elapsed(moments) + seconds)

    def working_days(self, since: Moments, until: Moments) -> npt.NDArray[np.float64]:
        """Return working time between moments in days of office hours."""
        return self.working_seconds(since, until) / self.hours.seconds

    def _counted(self, start: Moments, amount: npt.NDArray[np.float64], unit: Unit) -> Moments:
        if unit == "urgent_hours":
            return np.asarray(start + np.round(amount * 3600).astype("timedelta64[s]"))
        if unit == "working_hours":
            return self._moment(self._elapsed(start) + np.round(amount * 3600).astype(np.int64))
        at = self._position(start)
        days = np.ceil(amount).astype(np.int64)
        before = self.days_worked
        if unit == "working_days":  # the day by whose end so many more have been worked
            return self._closing_of(np.searchsorted(before, before[at + 1] + days, side="left") - 1)
        last = at + days
        self._refuse_beyond(last)
        return self._closing_of(np.searchsorted(before, before[last] + 1, side="left") - 1)

    @property
    def days_worked(self) -> npt.NDArray[np.int64]:
        """Return how many days have been worked before each day, and at the end."""
        return np.concatenate([[0], np.cumsum(self.worked)])

    def _closing_of(self, position: npt.NDArray[np.int64]) -> Moments:
        self._refuse_beyond(position)
        return self._day(position) + np.timedelta64(self.hours.closing, "s")

    def _elapsed(self, moments: Moments) -> npt.NDArray[np.int64]:
        """Return the seconds worked from the first day known to some moments."""
        at = self._position(moments)
        second = (moments.astype("datetime64[s]") - self._day(at)).astype(np.int64)
        today = np.where(self.worked[at], self.hours.worked_by(second), 0)
        return np.asarray(self.days_worked[at] * self.hours.seconds + today)

    def _moment(self, elapsed: npt.NDArray[np.int64]) -> Moments:
        """Return the earliest moment by which so many seconds have been worked."""
        days = np.maximum(elapsed - 1, 0) // self.hours.seconds
        at = np.searchsorted(self.days_worked, days + 1, side="left") - 1
        self._refuse_beyond(at)
        second = self.hours.second_at(elapsed - days * self.hours.seconds)
        return np.asarray(self._day(at) + second.astype("timedelta64[s]"))

    def _day(self, position: npt.NDArray[np.int64]) -> Moments:
        return np.asarray((self.first + position.astype("timedelta64[D]")).astype("datetime64[s]"))

    def _position(self, moments: Moments) -> npt.NDArray[np.int64]:
        at = (moments.astype("datetime64[D]") - self.first).astype(np.int64)
        if (at < 0).any():
            raise UsageError(f"The holiday calendar begins in {self.first.astype('datetime64[Y]')}; "
                             f"{moments.min()} lies before it. Correct the date.")  # fmt: skip
        self._refuse_beyond(at)
        return at

    def _refuse_beyond(self, position: npt.NDArray[np.int64]) -> None:
        beyond = position >= len(self.worked)
        if beyond.any():
            last = int(str(self.first)[:4]) + round(len(self.worked) / 365.25) - 1
            raise UsageError(
                f"The holiday calendar knows the years to {last}; {int(beyond.sum()):,} dates or time limits "
                "reach beyond it. The holidays of a year are announced in the November before: update the "
                "package chinesecalendar, which brings them."
            )


@cache
def office_calendar() -> Calendar:
    """Return the calendar of all years known, with the office hours of the settings."""
    return calendar_of(OfficeHours.parse(settings.from_environment().office_hours))


@cache
def calendar_of(hours: OfficeHours) -> Calendar:
    """Return the calendar of all years known, with office hours of one's own."""
    first, last = known_years()
    start = date(first, 1, 1)
    days = (date(last, 12, 31) - start).days + 1
    worked = np.array([chinese_calendar.is_workday(start + timedelta(days=day)) for day in range(days)])
    return Calendar(hours, np.datetime64(start), worked)


def known_years() -> tuple[int, int]:
    """Return the first and the last year whose holidays are known."""
    days = [*chinese_calendar.holidays, *chinese_calendar.workdays]
    return min(days).year, max(day.year for day in days if day in chinese_calendar.holidays)


def _seconds(match: re.Match[str]) -> tuple[int, int]:
    opens_h, opens_m, closes_h, closes_m = (int(part) for part in match.groups())
    return opens_h * 3600 + opens_m * 60, closes_h * 3600 + closes_m * 60
