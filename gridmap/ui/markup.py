"""Pieces of HTML: cards of key figures, legends, the ranking, tables. Pure; all text is escaped.

A row that carries `data-gm-go` leads to a cell when clicked: the bridge listens (see bridge.py).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isnan

from gridmap import maps

#: The themes one can choose; their signs are drawn by the style sheet.
THEMES = ("system", "light", "dark")


@dataclass(frozen=True)
class Card:
    """Hold what one card of the strip of key figures shows.

    Parameters
    ----------
    key : measure
    title, value, unit : as written
    exact : the value in full, for tests and machines
    change : sentence comparing with the period before; empty where there is none
    mood : good, bad or empty: the colour of the change
    alarm : whether the value itself is to be red
    help : lines of name and text shown on hover and on focus
    spark : how the value has moved, oldest first, drawn as small bars; empty without
    """

    key: str
    title: str
    value: str
    unit: str
    exact: str
    change: str
    mood: str
    alarm: bool
    help: tuple[tuple[str, str], ...]
    spark: tuple[float, ...] = ()


@dataclass(frozen=True)
class Rank:
    """Hold one row of the ranking.

    Parameters
    ----------
    place, name, value, detail : as written
    code : of the cell the row leads to
    exact : the value in full, for tests and machines
    share : length of the bar from 0 to 1, None without one
    colour : of the bar
    current : whether it is the cell one is in
    """

    place: str
    code: str
    name: str
    value: str
    exact: str
    detail: str
    share: float | None
    colour: str
    current: bool = False


def kpi_strip(cards: Sequence[Card], *, columns: int = 8) -> str:
    """Return the strip of key figures, `columns` side by side on a wide screen."""
    return f'<div class="gm-kpis" style="--gm-columns:{columns}">{"".join(map(_card, cards))}</div>'


def ranking(rows: Sequence[Rank], *, heads: Sequence[str], empty: str) -> str:
    """Return the ranking as a table whose rows lead to their cell."""
    if not rows:
        return blank(empty)
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return (f'<div class="gm-scroll"><table class="gm-rank"><thead><tr>{head}</tr></thead>'
            f'<tbody>{"".join(map(_rank, rows))}</tbody></table></div>')  # fmt: skip


def filter_bars(rows: Sequence[tuple[str, str, float]], *, chosen: Sequence[str], rest: str) -> str:
    """Return lying bars; a click on one filters by it, another click takes the filter away.

    Parameters
    ----------
    rows : value to filter by (empty for the last, summed up), name, number
    chosen : values filtered by
    rest : class of bars that are not chosen while others are
    """
    top = max((n for _, _, n in rows), default=0.0) or 1.0
    return "".join(
        f'<div class="gm-fbar{_mark(value, chosen, rest)}" {_filters(value, chosen)}>'
        f'<span>{escape(name)}</span><i><i style="width:{n / top:.1%}"></i></i><b>{n:,.0f}</b></div>'
        for value, name, n in rows
    )


def legend(
    title: str, classes: maps.Classes, *, labels: Sequence[str], missing: str, count_word: str, note: str = ""
) -> str:
    """Return a legend: colour, span and number of cells of each class.

    Parameters
    ----------
    title : what is shown, with its unit
    classes : the classes drawn; counts may be empty where they mean nothing
    labels : one text per class
    missing : name of the class of cells without a value
    count_word : heading of the numbers of cells
    note : a last line
    """
    counts = [str(n) for n in classes.counts] or [""] * len(labels)
    rows = [(css_colour(colour), label, n)
            for colour, label, n in zip(classes.colours, labels, counts, strict=True)]  # fmt: skip
    if classes.missing:
        rows.append(("var(--gm-line)", missing, str(classes.missing)))
    return swatches(title, rows, count_word=count_word if classes.counts else "", note=note)


def swatches(
    title: str, rows: Iterable[tuple[str, str, str]], *, count_word: str = "", note: str = ""
) -> str:
    """Return a legend of colours, names and numbers."""
    lines = "".join(
        f'<div class="gm-key"><i style="background:{colour}"></i><span>{escape(label)}</span>'
        f"<b>{escape(number)}</b></div>"
        for colour, label, number in rows
    )
    foot = f'<div class="gm-note">{escape(note)}</div>' if note else ""
    return (f'<div class="gm-legend"><div class="gm-legend-title"><span>{escape(title)}</span>'
            f"<span>{escape(count_word)}</span></div>{lines}{foot}</div>")  # fmt: skip


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str, numeric: Iterable[int] = ()
) -> str:
    """Return a plain table; columns in `numeric` are set flush right."""
    if not rows:
        return blank(empty)
    right, places = set(numeric), range(len(heads))
    head = "".join(_cell("th", name, place in right) for place, name in enumerate(heads))
    body = "".join(
        f"<tr>{''.join(_cell('td', row[place], place in right, heads[place]) for place in places)}</tr>"
        for row in rows
    )
    return (f'<div class="gm-scroll"><table class="gm-table"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>")  # fmt: skip


def still(svg: str, *, note: str, height_px: int) -> str:
    """Return a still map as a picture, with a note why it stands still."""
    source = "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
    picture = f'<img src="{source}" alt="" style="max-height:{height_px}px">'
    return f'<div class="gm-still">{picture}<div class="gm-note">{escape(note)}</div></div>'


def blank(text: str) -> str:
    """Return what stands where there is nothing to show."""
    return f'<div class="gm-empty">{escape(text)}</div>'


def text(words: str) -> str:
    """Return words as HTML."""
    return escape(words)


def tall(body: str, height_px: int) -> str:
    """Give a table a fixed height within which it scrolls."""
    return f'<div class="gm-tall" style="--gm-table-height:{height_px}px">{body}</div>'


def heading(text: str, note: str = "") -> str:
    """Return the heading of a card."""
    aside = f'<span class="gm-note">{escape(note)}</span>' if note else ""
    return f'<div class="gm-heading"><span>{escape(text)}</span>{aside}</div>'


def theme_switch(titles: Mapping[str, str]) -> str:
    """Return three small buttons: colours of the device, by day, by night; the bridge listens to them.

    Parameters
    ----------
    titles : what each of THEMES is called, said on hover and to screen readers
    """
    buttons = "".join(
        f'<button type="button" data-gm-theme-button="{name}" title="{escape(title)}" '
        f'aria-label="{escape(title)}"><i></i></button>'
        for name, title in titles.items()
    )
    return f'<div class="gm-theme" role="group">{buttons}</div>'


def css_colour(colour: maps.RGBA) -> str:
    """Return a colour as CSS.

    >>> css_colour((255, 0, 0, 255))
    'rgba(255,0,0,1.00)'
    """
    red, green, blue, alpha = colour
    return f"rgba({red},{green},{blue},{alpha / 255:.2f})"


def _filters(value: str, chosen: Sequence[str]) -> str:
    if not value:
        return ""
    pressed = "true" if value in chosen else "false"
    return f'data-gm-filter="{escape(value)}" role="button" tabindex="0" aria-pressed="{pressed}"'


def spark(values: Sequence[float]) -> str:
    """Draw how a value has moved as small bars, the oldest first; a gap where it is not known.

    >>> spark([1.0, 2.0]).count("<i"), spark([float("nan"), 2.0]).count("height:0%"), spark([])
    (2, 1, '')
    """
    known = [value for value in values if not isnan(value)]
    if not known:
        return ""
    top = max(known) or 1.0
    heights = (0.0 if isnan(value) else max(value / top, 0.03) for value in values)
    bars = "".join(f'<i style="height:{height:.0%}"></i>' for height in heights)
    return f'<div class="gm-spark" aria-hidden="true">{bars}</div>'


def kinds(rows: Sequence[tuple[str, str, Sequence[float]]]) -> str:
    """Return a list of parts: name, number, and how the number has moved.

    Parameters
    ----------
    rows : name, number as written, values of the steps, the oldest first
    """
    lines = "".join(f'<div class="gm-kind"><span>{escape(name)}</span>{spark(past) or "<i></i>"}'
                    f"<b>{escape(number)}</b></div>" for name, number, past in rows)  # fmt: skip
    return f'<div class="gm-kinds">{lines}</div>'


def _mark(value: str, chosen: Sequence[str], rest: str) -> str:
    return "" if not chosen or value in chosen else f" {rest}"


def _card(card: Card) -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in card.help)
    alarm = " gm-alarm" if card.alarm else ""
    change = f'<div class="gm-change gm-{card.mood or "plain"}">{escape(card.change)}</div>'
    about = f'<div class="gm-help" role="tooltip"><b>{escape(card.title)}</b><dl>{lines}</dl></div>'
    marks = f'data-measure="{escape(card.key)}" data-value="{escape(card.exact)}"'
    return (
        f'<div class="gm-kpi" tabindex="0" {marks}>'
        f'<div class="gm-kpi-title">{escape(card.title)}</div>'
        f'<div class="gm-kpi-value{alarm}">{escape(card.value)}<small>{escape(card.unit)}</small></div>'
        f'<div class="gm-kpi-foot">{change if card.change else ""}{spark(card.spark)}</div>'
        f"{about if lines else ''}</div>"
    )


def _rank(row: Rank) -> str:
    bar = "" if row.share is None else (
        f'<i class="gm-bar"><i style="width:{row.share:.1%};background:{row.colour}"></i></i>')  # fmt: skip
    marks = f'data-gm-go="{escape(row.code)}" data-value="{escape(row.exact)}"'
    style = "gm-current" if row.current else ""
    return (
        f'<tr {marks} class="{style}" tabindex="0" role="button">'
        f"<td>{escape(row.place)}</td><td>{escape(row.name)}</td>"
        f"<td>{bar}</td><td>{escape(row.value)}</td><td>{escape(row.detail)}</td></tr>"
    )


def _cell(tag: str, text: str, right: bool, label: str = "") -> str:
    """Return a cell; on a phone, where rows become cards, it shows the heading it stands under."""
    named = f' data-label="{escape(label)}"' if label else ""
    return f"<{tag}{' class=gm-right' if right else ''}{named}>{escape(text)}</{tag}>"
