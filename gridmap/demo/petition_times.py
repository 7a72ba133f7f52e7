"""When petitions come in, how long they take, and what state they are in today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import numpy as np

from gridmap.demo.noise import Bools, Floats, Ints

AS_OF = np.datetime64("2026-10-31T18:00:00")
FIRST_DAY = date(2023, 11, 1)
LAST_DAY = date(2026, 10, 31)
STAMPS = ("received_at", "accepted_at", "filed_at", "dispatched_at", "signed_at", "disposed_at", "closed_at")

#: Weight of the months, January first, by season.
MONTHS = {
    "even": (0.95, 0.85, 1.0, 1.0, 1.0, 1.0, 1.05, 1.05, 1.0, 1.0, 1.05, 1.05),
    "rain": (0.6, 0.6, 0.75, 1.0, 1.45, 1.65, 1.55, 1.55, 1.3, 0.85, 0.65, 0.6),
    "summer": (0.75, 0.7, 0.85, 0.95, 1.1, 1.3, 1.4, 1.35, 1.2, 1.0, 0.85, 0.8),
}
#: How long a petition that is left lying stays open past its due date, on average.
_MONTHS_STUCK = 4.0
_WEEKDAYS = np.array([1.14, 1.10, 1.06, 1.04, 1.02, 0.86, 0.78])
#: Weight of the hours of a day.
HOURS = {
    "day": (2, 1, 1, 1, 1, 2, 6, 14, 34, 44, 42, 34, 20, 22, 36, 40, 38, 34, 26, 24, 22, 16, 9, 4),
    "night": (18, 8, 5, 3, 3, 4, 6, 8, 10, 12, 11, 10, 11, 10, 10, 11, 12, 14, 20, 30, 40, 48, 50, 34),
}


@dataclass(frozen=True)
class Course:
    """Hold the course of petitions: the moment of each stamp (NaT = not yet), due date and state."""

    stamps: dict[str, np.ndarray]
    due_at: np.ndarray
    status: np.ndarray


@cache
def _workdays() -> np.ndarray:
    """Return all working days around the demo's three years, official holidays left out."""
    days = [FIRST_DAY + timedelta(days=n) for n in range((date(2026, 12, 31) - FIRST_DAY).days)]
    return np.array([day for day in days if chinese_calendar.is_workday(day)], dtype="datetime64[D]")


def due_after(moment: np.ndarray, limit: Ints) -> np.ndarray:
    """Return the end (18:00) of the limit-th working day after the day of a moment."""
    days = _workdays()
    at = np.searchsorted(days, moment.astype("datetime64[D]"), side="right") + limit - 1
    return np.asarray(days[at] + np.timedelta64(18, "h").astype("timedelta64[s]"))


def received(season: np.ndarray, rhythm: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw the moments at which petitions come in.

    Parameters
    ----------
    season : even, rain or summer, one per petition
    rhythm : day or night, one per petition

    Returns
    -------
    datetime64[s]; not later than the demo's as-of moment
    """
    moment = np.empty(len(season), dtype="datetime64[s]")
    for name in MONTHS:
        chosen = np.flatnonzero(season == name)
        moment[chosen] = _days(name, len(chosen), random)
    for name, weight in HOURS.items():
        chosen = np.flatnonzero(rhythm == name)
        hour = random.choice(24, len(chosen), p=np.array(weight) / sum(weight))
        seconds = hour * 3600 + random.integers(0, 3600, len(chosen))
        moment[chosen] += seconds.astype("timedelta64[s]")
    return np.minimum(moment, AS_OF - random.integers(60, 3600, len(moment)).astype("timedelta64[s]"))


def _days(season: str, count: int, random: np.random.Generator) -> np.ndarray:
    days = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + 1)
    month = days.astype("datetime64[M]").astype(int) % 12
    weekday = (days.astype(int) + 3) % 7
    growth = 1 + 0.30 * np.arange(len(days)) / len(days)
    weight = np.array(MONTHS[season])[month] * _WEEKDAYS[weekday] * growth
    weight[np.isin(days.astype("datetime64[D]"), _spring_festivals())] *= 0.3
    return random.choice(days, count, p=weight / weight.sum()).astype("datetime64[s]")


def _spring_festivals() -> np.ndarray:
    eves = np.array(["2024-02-09", "2025-01-28", "2026-02-16"], dtype="datetime64[D]")
    return (eves[:, None] + np.arange(8)).ravel()


def run_course(
    moment: np.ndarray,
    limit: Ints,
    burden: Floats,
    late: Bools,
    stuck: Bools,
    random: np.random.Generator,
) -> Course:
    """Let petitions run their course until the as-of moment.

    Parameters
    ----------
    moment : received, datetime64[s]
    limit : working days allowed
    burden : how slow the handling is, 1 = as usual
    late : whether a petition is closed after its due date
    stuck : whether a petition is signed for and then left lying for months
    """
    due = due_after(moment, limit)
    closed = _closing(moment, due, burden, late, stuck, random)
    length = (closed - moment).astype(float)
    after = np.zeros(len(moment))
    stamps = {"received_at": moment, "closed_at": closed}
    for name, mean_s, share in (
        ("accepted_at", 900, 0.03),
        ("filed_at", 3600, 0.08),
        ("dispatched_at", 7200, 0.15),
        ("signed_at", 18000, 0.30),
    ):
        after = np.minimum(after + random.exponential(mean_s, len(moment)) + 30, length * share)
        stamps[name] = moment + after.astype("timedelta64[s]")
    stamps["disposed_at"] = closed - (length * random.uniform(0.03, 0.3, len(moment))).astype(
        "timedelta64[s]"
    )
    happened = {name: np.where(stamps[name] <= AS_OF, stamps[name], np.datetime64("NaT")) for name in STAMPS}
    return Course(happened, due, _states(happened, random))


def _closing(
    moment: np.ndarray,
    due: np.ndarray,
    burden: Floats,
    late: Bools,
    stuck: Bools,
    random: np.random.Generator,
) -> np.ndarray:
    """Draw when petitions are closed: well before the due date, some days after it, or months later."""
    allowed = (due - moment).astype(float)
    used = allowed * (random.beta(1.5, 2.3, len(moment)) * burden**0.4).clip(0.004, 0.995)
    early = moment + used.astype("timedelta64[s]")
    early = np.minimum(_in_office_hours(early, random), due - np.timedelta64(60, "s"))
    early = np.maximum(early, moment + np.timedelta64(180, "s"))
    delay_days = np.where(stuck, _MONTHS_STUCK * 30.0, 4.2)
    overdue = due + (3600 + random.exponential(delay_days * 86400)).astype("timedelta64[s]")
    overdue = np.maximum(_in_office_hours(overdue, random), due + np.timedelta64(3600, "s"))
    return np.asarray(np.where(late | stuck, overdue, early))


def _in_office_hours(moment: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Move night-time moments to the working hours of the same day."""
    day = moment.astype("datetime64[D]")
    hour = (moment - day).astype(float) / 3600
    daytime = day + (random.uniform(8.7, 18.3, len(moment)) * 3600).astype("timedelta64[s]")
    return np.where((hour < 8) | (hour > 20), daytime, moment)


def _states(stamps: dict[str, np.ndarray], random: np.random.Generator) -> np.ndarray:
    """Return the state that follows from the stamps; some have a special one on the way."""
    status = np.full(len(stamps["received_at"]), "received", dtype=object)
    for name, state in (
        ("accepted_at", "accepted"),
        ("filed_at", "filed"),
        ("dispatched_at", "dispatched"),
        ("signed_at", "processing"),
        ("disposed_at", "disposed"),
        ("closed_at", "closed"),
    ):
        status[~np.isnat(stamps[name])] = state
    dice = random.random(len(status))
    for before, after, low, high in (
        ("dispatched", "returned", 0.0, 0.08),
        ("processing", "signed", 0.0, 0.2),
        ("processing", "extended", 0.2, 0.27),
        ("processing", "reopened", 0.27, 0.3),
        ("disposed", "verified", 0.0, 0.25),
    ):
        status[(status == before) & (dice >= low) & (dice < high)] = after
    return status


def share_late(base: Floats, moment: np.ndarray) -> Floats:
    """Return the chance of being late: higher in the rainy months, when there is more to do."""
    month = moment.astype("datetime64[M]").astype(int) % 12
    return np.asarray(base * np.where((month >= 4) & (month <= 8), 1.15, 0.9), dtype=float)
