"""Numbers and dates as they are written in China and in English; a missing value is always a dash."""

from __future__ import annotations

import math
from datetime import date, datetime

DASH = "—"
#: Stands for a figure that is kept from the reader.
WITHHELD = "＊"
_SHARES = ("share",)


def figure(value: float | None, *, unit: str, kind: str, lang: str) -> str:
    """Write the value of a measure, without its unit unless it is per cent.

    Parameters
    ----------
    value : the value; shares from 0 to 1
    unit, kind : as the measure declares them
    lang : zh or en

    >>> figure(0.849, unit="share", kind="rate", lang="zh")
    '84.9 %'
    >>> figure(None, unit="share", kind="rate", lang="zh")
    '—'
    >>> figure(123456, unit="cases", kind="count", lang="zh")
    '12.3 万'
    """
    if is_missing(value):
        return DASH
    assert value is not None
    if unit in _SHARES:
        return percent(value)
    if kind == "count":
        return compact(value, lang=lang)
    return decimal(value, digits=1 if abs(value) < 1000 else 0)


def is_missing(value: float | None) -> bool:
    """Return whether there is no value: None, NaN or infinite."""
    return value is None or not math.isfinite(value)


def percent(share: float | None) -> str:
    """Write a share as per cent with one decimal; nothing but 1 is written as 100.

    A share just below 1 must not be shown as complete, nor one just above 0 as none.

    >>> percent(0.99996), percent(1.0), percent(0.0)
    ('99.9 %', '100 %', '0 %')
    """
    if is_missing(share):
        return DASH
    assert share is not None
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    shown = min(max(round(share * 100, 1), 0.1), 99.9) if 0 < share < 1 else round(share * 100, 1)
    return f"{shown:.1f} %"


def whole(value: float | None) -> str:
    """Write a whole number with separators.

    >>> whole(12345)
    '12,345'
    """
    return DASH if is_missing(value) else f"{value:,.0f}"


def decimal(value: float | None, *, digits: int = 1) -> str:
    """Write a number with decimals and separators."""
    return DASH if is_missing(value) else f"{value:,.{digits}f}"


def compact(value: float | None, *, lang: str) -> str:
    """Write a count in full below 100,000, else in 万 or thousands.

    >>> compact(99999, lang="zh"), compact(120345, lang="zh"), compact(120345, lang="en")
    ('99,999', '12.0 万', '120.3 k')
    """
    if is_missing(value):
        return DASH
    assert value is not None
    if abs(value) < 100_000:
        return whole(value)
    if lang == "zh":
        return f"{value / 1e8:,.2f} 亿" if abs(value) >= 1e8 else f"{value / 1e4:,.1f} 万"
    return f"{value / 1e6:,.2f} M" if abs(value) >= 1e6 else f"{value / 1e3:,.1f} k"


def moment(value: datetime) -> str:
    """Write a moment to the minute."""
    return value.strftime("%Y-%m-%d %H:%M")


def day(value: date | None) -> str:
    """Write a day, a dash when there is none."""
    return DASH if value is None else value.strftime("%Y-%m-%d")


def area_km2(area_m2: float | None) -> str:
    """Write an area in km2, in m2 when small."""
    if is_missing(area_m2):
        return DASH
    assert area_m2 is not None
    return f"{area_m2 / 1e6:,.2f} km²" if area_m2 >= 1e5 else f"{area_m2:,.0f} m²"
