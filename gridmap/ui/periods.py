"""Periods as people choose them: presets that end today, or two dates."""

from __future__ import annotations

from datetime import date, timedelta

from gridmap.periods import Period

PRESETS = ("30d", "90d", "year", "12m", "all", "custom")
_DAYS = {"30d": 30, "90d": 90}


def period_of(preset: str, *, today: date, since: date | None = None, until: date | None = None) -> Period:
    """Return the half-open period that a preset means.

    Parameters
    ----------
    preset : one of PRESETS
    today : last day of the presets
    since, until : first and last day of the preset `custom`, both included

    >>> period_of("30d", today=date(2026, 10, 31))
    Period(since=datetime.date(2026, 10, 2), until=datetime.date(2026, 11, 1))
    """
    end = today + timedelta(days=1)
    match preset:
        case "all":
            return Period()
        case "custom":
            if since and until and until < since:  # an address typed by hand
                since, until = until, since
            return Period(since, until + timedelta(days=1) if until else None)
        case "year":
            return Period(date(today.year, 1, 1), end)
        case "12m":
            return Period(_year_before(end), end)
    return Period(end - timedelta(days=_DAYS[preset]), end)


def previous_of(preset: str, period: Period) -> Period | None:
    """Return the period to compare with: as long and just before, for this year the same days of last year.

    Returns
    -------
    None when the period has an open end, or begins so early that there is none before it.

    >>> previous_of("30d", Period(date(2026, 10, 2), date(2026, 11, 1)))
    Period(since=datetime.date(2026, 9, 2), until=datetime.date(2026, 10, 2))
    """
    if period.since is None or period.until is None or not period.has_past:
        return None
    if preset in ("year", "12m"):
        return Period(_year_before(period.since), _year_before(period.until))
    return Period(period.since - (period.until - period.since), period.since)


def step_of(period: Period, *, first: date, last: date) -> str:
    """Return the step of a trend over a period: day, week or month, so that it has about 10 to 60 points.

    Parameters
    ----------
    period : the period shown
    first, last : first and last day with records, for open ends
    """
    days = ((period.until or last) - (period.since or first)).days
    if days <= 45:
        return "day"
    return "week" if days <= 200 else "month"


def _year_before(day: date) -> date:
    """Return the same day a year earlier, 28 February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
