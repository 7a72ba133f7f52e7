"""Charts for paper as SVG, in millimetres: bars over time with a line of shares, lying bars. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from gridmap.maps import FONT, text_width
from gridmap.ui.formats import percent, whole

_INK, _SOFT, _LINE = "#1b2733", "#5b6875", "#dfe4ea"
_LETTER_MM = 2.5


@dataclass(frozen=True)
class Bars:
    """Hold one series of bars: its name, its colour and a number per step."""

    name: str
    colour: str
    values: Sequence[float]


@dataclass(frozen=True)
class Line:
    """Hold a line of shares from 0 to 1; None where there is none."""

    name: str
    colour: str
    shares: Sequence[float | None]


def over_time(
    labels: Sequence[str], bars: Sequence[Bars], line: Line | None, *, width_mm: float, height_mm: float
) -> str:
    """Draw bars over time, and a line of shares on an axis of its own from 0 to 100 %.

    Parameters
    ----------
    labels : what the steps are called
    bars : series, drawn side by side
    line : shares, None for no line
    width_mm, height_mm : size on paper
    """
    left, right, top, bottom = 10.0, (9.0 if line else 1.0), 7.0, height_mm - 5.0
    greatest = nice_top(max((value for series in bars for value in series.values), default=1))
    step_mm = (width_mm - left - right) / max(len(labels), 1)
    high = bottom - top
    drawn = [_legend([*((series.name, series.colour) for series in bars),
                      *([(line.name, line.colour)] if line else [])], width_mm)]  # fmt: skip
    for quarter in range(5):
        y = bottom - high * quarter / 4
        drawn.append(
            f'<path d="M{left} {y:.2f}H{width_mm - right:.2f}" stroke="{_LINE}" stroke-width="0.15"/>'
        )
        drawn.append(_text(whole(greatest * quarter / 4), left - 1.2, y + 0.9, anchor="end"))
        if line:
            drawn.append(_text(f"{quarter * 25} %", width_mm, y + 0.9, anchor="end"))
    bar_mm = step_mm * 0.72 / max(len(bars), 1)
    for at, label in enumerate(labels):
        x = left + step_mm * (at + 0.14)
        for place, series in enumerate(bars):
            tall = high * series.values[at] / greatest
            drawn.append(
                f'<rect x="{x + place * bar_mm:.2f}" y="{bottom - tall:.2f}" '
                f'width="{bar_mm * 0.92:.2f}" height="{tall:.2f}" fill="{series.colour}"/>'
            )
        drawn.append(_text(label, left + step_mm * (at + 0.5), height_mm - 1.2))
    if line:
        drawn.append(_shares(line, left, step_mm, bottom, high))
    return _svg("".join(drawn), width_mm, height_mm)


@dataclass(frozen=True)
class Lying:
    """Hold one lying bar: its name, its number, what is written behind it, its colour."""

    name: str
    value: float
    said: str
    colour: str


def lying(rows: Sequence[Lying], *, width_mm: float) -> str:
    """Draw lying bars, one below the other.

    Parameters
    ----------
    rows : the bars, the first on top
    width_mm : width on paper; each row takes 5.2 mm
    """
    names_mm = min(max((text_width(row.name, _LETTER_MM) for row in rows), default=0) + 2, width_mm * 0.4)
    said_mm = max((text_width(row.said, _LETTER_MM) for row in rows), default=0) + 2
    room, greatest = width_mm - names_mm - said_mm, max((row.value for row in rows), default=0) or 1
    drawn = []
    for at, row in enumerate(rows):
        y, long = at * 5.2, room * row.value / greatest
        drawn.append(_text(row.name, names_mm - 1.5, y + 3.5, anchor="end", colour=_INK))
        drawn.append(f'<rect x="{names_mm:.2f}" y="{y + 0.9:.2f}" width="{long:.2f}" height="3.4" rx="0.5" '
                     f'fill="{row.colour}"/>')  # fmt: skip
        drawn.append(_text(row.said, names_mm + long + 1.2, y + 3.5, anchor="start"))
    return _svg("".join(drawn), width_mm, lying_height_mm(len(rows)))


def thinned(labels: Sequence[str], *, most: int) -> list[str]:
    """Leave out labels so that no more than so many are written, evenly.

    >>> thinned(["a", "b", "c", "d", "e"], most=3)
    ['a', '', 'c', '', 'e']
    """
    every = -(-len(labels) // most) if labels else 1
    return [label if at % every == 0 else "" for at, label in enumerate(labels)]


def lying_height_mm(rows: int) -> float:
    """Return how high lying bars of so many rows are."""
    return max(rows, 1) * 5.2


def nice_top(greatest: float) -> float:
    """Return a round number not below the greatest one that four steps divide evenly.

    >>> nice_top(730), nice_top(0)
    (800.0, 4.0)
    """
    power = 1.0
    while True:
        for step in (4, 8, 12, 16, 20, 24, 32):
            if step * power >= greatest:
                return step * power
        power *= 10


def _shares(line: Line, left: float, step_mm: float, bottom: float, high: float) -> str:
    points = [(left + step_mm * (at + 0.5), bottom - high * share)
              for at, share in enumerate(line.shares) if share is not None]  # fmt: skip
    path = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.7" fill="{line.colour}"/>' for x, y in points)
    last = next((share for share in reversed(line.shares) if share is not None), None)
    end = _text(percent(last), points[-1][0], points[-1][1] - 1.4, colour=_INK) if points else ""
    return (
        f'<path d="M{path}" fill="none" stroke="{line.colour}" stroke-width="0.5"/>{dots}{end}'
        if path
        else ""
    )


def _legend(entries: Sequence[tuple[str, str]], width_mm: float) -> str:
    drawn, x = [], width_mm
    for name, colour in reversed(entries):
        x -= text_width(name, _LETTER_MM)
        drawn.append(_text(name, x, 2.8, anchor="start", colour=_INK))
        x -= 4.0
        drawn.append(f'<rect x="{x:.2f}" y="0.7" width="3" height="2.4" rx="0.4" fill="{colour}"/>')
        x -= 3.5
    return "".join(drawn)


def _text(text: str, x: float, y: float, *, anchor: str = "middle", colour: str = _SOFT) -> str:
    place = f'x="{x:.2f}" y="{y:.2f}" font-size="{_LETTER_MM}" text-anchor="{anchor}"'
    return f'<text {place} font-family="{FONT}" fill="{colour}">{escape(text)}</text>'


def _svg(inside: str, width_mm: float, height_mm: float) -> str:
    size = f'width="{width_mm:g}mm" height="{height_mm:g}mm" viewBox="0 0 {width_mm:g} {height_mm:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inside}</svg>'
