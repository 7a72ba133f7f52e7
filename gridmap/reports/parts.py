"""The parts that sections of the monthly report are made of: cards, tables, charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from gridmap import disclosure, responsibility, settings
from gridmap.comparing import period_before
from gridmap.measures import measure_named
from gridmap.periods import Period, month_before, next_month
from gridmap.reports import charts
from gridmap.reports.document import Block, Card, Cell, Drawing, Paragraph, Table, Toned
from gridmap.reports.subject import Figure, Row, Subject
from gridmap.reports.words import say
from gridmap.ui import formats, kpis
from gridmap.ui.theme import LIGHT
from gridmap.ui.words import level_title, title_of, unit_of

#: Width of the text on A4.
WIDE_MM = 174.0
BY_CELL = ("petition.received", "petition.on_time_close_rate", "petition.open", "petition.overdue",
           "petition.median_handling_days")  # fmt: skip
_MOST_CELLS, _MOST_CATEGORIES, _MOST_CHANNELS, _MOST_HOT, _MOST_HOLES = 40, 10, 8, 8, 10
_HOT_DAYS, _HOT_FEWEST = 30, 10
#: Months before the month of a report that are drawn, and that the usual is taken from.
_MONTHS_BEFORE, _HOT_BEFORE = 12, 8
_OF_A_MONTH = ("petition.received", "petition.mean_handling_days", "petition.on_time_close_rate")


def card(figure: Figure, lang: str) -> Card:
    """Return the card of a key figure."""
    changes = tuple(
        Toned(f"{say(name, lang)} {change.text}", change.tone)
        for name, row in (("mom", figure.before), ("yoy", figure.year))
        if (change := change_of(figure, row, lang)).text != formats.DASH
    )
    return Card(title_of(figure.measure, lang), figure.written(lang), _behind(figure), changes)


def _behind(figure: Figure) -> str:
    """Return what stands behind a figure; nothing where that is the figure once more, as of counts."""
    parts = figure.parts()
    return parts if "/" in parts or "=" in parts else ""


def key_table(found: dict[str, Figure], keys: Sequence[str], lang: str, *, caption: str) -> Table:
    """Return a table of figures beside those of the month before and of a year before."""
    heads = ("measure", "this_month", "n_of", "last_month", "mom", "last_year", "yoy")
    known = [found[key] for key in keys if found[key].is_known]
    rows = tuple(_compared(figure, lang) for figure in known)
    return Table(tuple(say(head, lang) for head in heads), rows, (3, 2.1, 2.6, 2, 2.2, 2, 2.2),
                 (1, 2, 3, 4, 5, 6), caption)  # fmt: skip


def _compared(figure: Figure, lang: str) -> tuple[Cell, ...]:
    unit = unit_of(figure.measure, lang)
    now, before, year = (_plain(row, figure, lang) for row in (figure.row, figure.before, figure.year))
    now = formats.DASH if figure.value is None else now
    return (
        title_of(figure.measure, lang) + (f" ({unit})" if unit else ""),
        Toned(_told(figure.row, figure.measure.key, now), "strong"),
        Toned(_behind(figure) or formats.DASH, "faint"),
        _told(figure.before, figure.measure.key, before),
        change_of(figure, figure.before, lang),
        _told(figure.year, figure.measure.key, year),
        change_of(figure, figure.year, lang),
    )


def _plain(row: Row, figure: Figure, lang: str) -> str:
    """Write the value of a row without its unit."""
    measure = figure.measure
    return formats.figure(row.get(measure.key), unit=measure.unit, kind=measure.kind, lang=lang)


def change_of(figure: Figure, earlier: Row, lang: str) -> Toned:
    """Write how a figure has moved since an earlier row, and whether that is good news."""
    old = earlier.get(figure.measure.key)
    value = figure.value
    if formats.is_missing(value) or formats.is_missing(old):
        return Toned(formats.DASH, "faint")
    assert value is not None
    assert old is not None
    text = kpis.difference(figure.measure, value - old, old, lang)
    gain = (value - old) * figure.measure.direction
    if not text:
        return Toned(say("same", lang), "faint")
    return Toned(text, "good" if gain > 0 else "bad" if gain < 0 else "")


def moves(figure: Figure, lang: str) -> dict[str, str]:
    """Return how a figure has moved since the month before and the year before, for a sentence."""
    return {"mom": _move(figure, figure.before, lang), "yoy": _move(figure, figure.year, lang)}


def _move(figure: Figure, earlier: Row, lang: str) -> str:
    """Write a change inside a sentence: up 3.2 %, down 1.0 points, unchanged."""
    text = change_of(figure, earlier, lang).text
    if text == formats.DASH:
        return say("no_before", lang)
    if text[0] not in "+−":
        return text
    return say("up" if text[0] == "+" else "down", lang, by=text[1:])


def trend(subject: Subject) -> Drawing:
    """Draw petitions received and closed over 13 months, with the on-time rate."""
    first = subject.first
    since = date(first.year - 1, first.month, 1)
    if subject.fewest:
        return _trend_of_months(subject)
    steps = subject.ask(
        "trend",
        region_id=subject.cell.region_id,
        level=subject.cell.level,
        boundaries=subject.day,
        since=since,
        until=subject.period.until,
        now=subject.moment,
        categories=[],
        step="month",
    )
    firsts = list(pd.to_datetime(steps["step_from"]).dt.date)
    return _drawn(subject, firsts, steps["received"], steps["closed"])


def _trend_of_months(subject: Subject) -> Drawing:
    """Draw the trend from the measures of each month, as far as they are told."""
    firsts = [subject.first]
    while len(firsts) <= _MONTHS_BEFORE:
        firsts.insert(0, month_before(firsts[0]))
    rows = [subject.row(_OF_A_MONTH, Period(first, next_month(first))) for first in firsts]
    received = pd.Series([row.get("petition.received") for row in rows], dtype=float)
    closed = pd.Series([row.get("petition.mean_handling_days.of") for row in rows], dtype=float)
    return _drawn(subject, firsts, received, closed)


def _drawn(subject: Subject, firsts: Sequence[date], received: pd.Series, closed: pd.Series) -> Drawing:
    lang = subject.lang
    shares = [_on_time_in(subject, first) for first in firsts]
    bars = [charts.Bars(say(name, lang), LIGHT.series[at], [float(n) for n in counts.fillna(0)])
            for at, (name, counts) in enumerate((("received", received), ("closed", closed)))]  # fmt: skip
    labels = [f"{first:%y-%m}" for first in firsts]
    line = charts.Line(say("on_time", lang), LIGHT.series[2], shares)
    svg = charts.over_time(labels, bars, line, width_mm=WIDE_MM, height_mm=56.0)
    return Drawing(svg, WIDE_MM, 56.0, say("c_trend", lang))


def _on_time_in(subject: Subject, first: date) -> float | None:
    """Return the on-time rate of a month, as the measure counts it."""
    key = "petition.on_time_close_rate"
    keys = _OF_A_MONTH if subject.fewest else (key,)
    value = subject.row(keys, Period(first, next_month(first))).get(key)
    return None if formats.is_missing(value) else value


def categories(subject: Subject) -> Table:
    """Return the categories with most petitions, and how each has moved."""
    lang = subject.lang
    (month, others), *past = (subject.composition("category", period) for period in subject.periods)
    earlier = [frame.set_index(frame["category"].fillna(""))["n"] for frame, _ in past]
    unknown = np.nan if subject.fewest else 0
    total = float(month["n"].sum() + others) or 1.0
    received = measure_named("petition.received")
    rows = []
    for row in month.head(_MOST_CATEGORIES).to_dict("records"):
        known = row["category"] if isinstance(row["category"], str) else ""
        old = [float(counts.get(known, unknown)) for counts in earlier]
        figure = [Figure(received, {received.key: float(row["n"])}, {received.key: n}, {}) for n in old]
        rows.append((known or say("uncategorised", lang), Toned(formats.whole(row["n"]), "strong"),
                     formats.percent(row["n"] / total), formats.whole(old[0]),
                     change_of(figure[0], figure[0].before, lang), formats.whole(old[1]),
                     change_of(figure[1], figure[1].before, lang)))  # fmt: skip
    heads = ("category", "cases", "share", "last_month", "mom", "last_year", "yoy")
    return Table(tuple(say(head, lang) for head in heads), tuple(rows), (3, 1.6, 1.6, 1.6, 1.8, 1.6, 1.8),
                 (1, 2, 3, 4, 5, 6), say("t_category", lang))  # fmt: skip


def channels(subject: Subject) -> Drawing:
    """Draw the channels petitions came by."""
    lang = subject.lang
    found, others = subject.composition("channel", subject.period)
    total = float(found["n"].sum() + others) or 1.0
    most = min(_MOST_CHANNELS, len(found))
    rest = others + float(found["n"].iloc[most:].sum())
    named = [(name if isinstance(name, str) else say("unknown_channel", lang), float(n))
             for name, n in zip(found["channel"], found["n"], strict=True)][:most]  # fmt: skip
    if rest:
        named.append((say("others", lang), rest))
    rows = [
        charts.Lying(name, n, f"{formats.whole(n)}  ({formats.percent(n / total)})", LIGHT.series[0])
        for name, n in named
    ]
    svg = charts.lying(rows, width_mm=WIDE_MM)
    return Drawing(svg, WIDE_MM, charts.lying_height_mm(len(rows)), say("c_channel", lang))


def best_and_worst(rows: pd.DataFrame, lang: str) -> list[Block]:
    """Name the cells with the highest and the lowest on-time rate, of those with enough cases."""
    key = "petition.on_time_close_rate"
    fewest = settings.from_environment().min_rank_n
    known = rows[(rows[f"{key}.of"] >= fewest) & rows[key].notna()].sort_values([key, "code"])
    if len(known) < 2:
        return []
    worst, best = known.iloc[0], known.iloc[-1]
    measure = measure_named(key)
    said = say("best_worst", lang, best=best["name"], best_rate=kpis.written(best[key], measure, lang),
               worst=worst["name"], worst_rate=kpis.written(worst[key], measure, lang))  # fmt: skip
    return [Paragraph(said)]


def cell_table(subject: Subject, rows: pd.DataFrame) -> Table:
    """Return the key figures of the cells inside, ranked by their on-time rate."""
    lang, fewest = subject.lang, settings.from_environment().min_rank_n
    on_time = "petition.on_time_close_rate"
    before = _values(subject, "petition.received", subject.periods[1])
    year = _values(subject, "petition.received", subject.periods[2])
    counted = rows[on_time].where(rows[f"{on_time}.of"] >= fewest)
    listed = rows.assign(rank=counted.rank(ascending=False, method="min"))
    note = say("few", lang, n=fewest)
    if len(listed) > _MOST_CELLS:
        listed = listed.sort_values("petition.received", ascending=False).head(_MOST_CELLS)
        note += " " + say("cut", lang, n=_MOST_CELLS, of=formats.whole(len(rows)))
    body = tuple(_cell_row(row, before, year, lang) for row in listed.sort_values("code").to_dict("records"))
    heads = ("cell", "received", "mom", "yoy", "on_time", "n_of", "rank", "open", "overdue", "median")
    title = say("t_cells", lang, level=level_title(subject.level, lang))
    return Table(
        tuple(say(head, lang) for head in heads),
        body,
        (3.6, 1.5, 1.9, 1.9, 1.8, 2, 1.2, 1.3, 1.3, 1.6),
        tuple(range(1, 10)),
        title,
        note,
    )


def _cell_row(row: Row, before: pd.Series, year: pd.Series, lang: str) -> tuple[Cell, ...]:
    received, on_time = measure_named("petition.received"), measure_named("petition.on_time_close_rate")
    figure = Figure(received, row, {received.key: before.get(row["region_id"])},
                    {received.key: year.get(row["region_id"])})  # fmt: skip
    late = row["petition.overdue"]
    return (
        row["name"],
        Toned(_told(row, received.key, formats.whole(figure.value)), "strong"),
        change_of(figure, figure.before, lang),
        change_of(figure, figure.year, lang),
        _told(row, on_time.key, kpis.written(row[on_time.key], on_time, lang)),
        Toned(kpis.parts(row, on_time), "faint"),
        formats.whole(row["rank"]),
        _told(row, "petition.open", formats.whole(row["petition.open"])),
        Toned(_told(row, "petition.overdue", formats.whole(late)), "bad" if late else ""),
        _told(row, "petition.median_handling_days", formats.decimal(row["petition.median_handling_days"])),
    )


def _told(row: Row, key: str, text: str) -> str:
    """Return a figure as written, a star where it is withheld."""
    return formats.WITHHELD if row.get(f"{key}.withheld") else text


def _values(subject: Subject, key: str, period: Period) -> pd.Series:
    found = subject.by_cell((key,), period)
    return found.set_index("region_id")[key]


def not_placed(subject: Subject, rows: pd.DataFrame) -> list[Block]:
    """Say how many petitions lie in none of the cells inside."""
    figure = subject.figures(("petition.received",))["petition.received"]
    missing = float(figure.value or 0) - float(rows["petition.received"].sum())
    if missing < 1 or rows["petition.received"].isna().any():
        return []
    return [Paragraph(say("sum_unplaced", subject.lang, n=formats.whole(missing)), soft=True)]


def hot(subject: Subject) -> Block:
    """List what is on the rise."""
    lang = subject.lang
    found = _rising(subject)
    names = {cell.region_id: cell.name for cell in subject.inside or [subject.cell]}
    mine = found[found["region_id"].isin(names) & (found["excess"] >= 1)].head(_MOST_HOT)
    if mine.empty:
        return Paragraph(say("none_hot", lang))
    rows = tuple(
        (
            names[row["region_id"]],
            row["category"] or say("uncategorised", lang),
            Toned(formats.whole(row["n"]), "strong"),
            formats.decimal(row["expected"]),
            Toned(f"+{(row['n'] / row['expected'] - 1) * 100:,.0f} %", "bad")
            if row["expected"]
            else formats.DASH,
        )
        for row in mine.to_dict("records")
    )
    heads = ("cell", "category", "this_month", "usual", "change")
    return Table(tuple(say(head, lang) for head in heads), rows, (3, 3, 1.6, 1.6, 1.6), (2, 3, 4),
                 say("t_hot", lang))  # fmt: skip


def _rising(subject: Subject) -> pd.DataFrame:
    """Return what is on the rise; where small cells are withheld, from what is told of months."""
    if not subject.fewest:
        return subject.ask("hot_spots", level=subject.level or subject.cell.level, now=subject.moment,
                           days=_HOT_DAYS, fewest=_HOT_FEWEST)  # fmt: skip
    months = [subject.period]
    while len(months) <= _HOT_BEFORE:
        months.append(period_before(months[-1], "previous"))
    month, *before = [subject.composed("category", each) for each in months]
    return disclosure.on_the_rise(month, before, fewest=_HOT_FEWEST)


def late(subject: Subject) -> Block:
    """List the cells with most overdue petitions."""
    lang = subject.lang
    if not subject.level:
        return Paragraph("")
    rows = subject.by_cell(("petition.overdue", "petition.open"))
    found = rows[rows["petition.overdue"] > 0].sort_values(
        ["petition.overdue", "code"], ascending=[False, True]
    )
    if found.empty:
        return Paragraph(say("none_late", lang))
    body = tuple(
        (
            row["name"],
            Toned(formats.whole(row["petition.overdue"]), "bad"),
            _told(row, "petition.open", formats.whole(row["petition.open"])),
            formats.percent(row["petition.overdue"] / row["petition.open"])
            if row["petition.open"] > 0
            else formats.DASH,
        )
        for row in found.head(_MOST_HOT).to_dict("records")
    )
    heads = ("cell", "overdue", "open", "of_open")
    return Table(
        tuple(say(head, lang) for head in heads), body, (4, 1.6, 1.6, 1.6), (1, 2, 3), say("t_late", lang)
    )


def rating_table(subject: Subject) -> Table:
    """Return the rental buildings by rating, and how each level has moved."""
    lang, key = subject.lang, "building.by_rating"
    rows = [subject.figures((key,))[key].row, subject.figures((key,))[key].before]
    levels = subject.ask("rating_levels").drop_duplicates("level")
    named = [*zip(levels["level"], levels[f"title_{lang}"], strict=True), ("unrated", say("unrated", lang))]
    now, before = ({level: float(row.get(f"{key}.{level}") or 0) for level, _ in named} for row in rows)
    total = sum(now.values()) or 1.0
    body = tuple(
        (
            title,
            Toned(formats.whole(now[level]), "strong"),
            formats.percent(now[level] / total),
            formats.whole(before[level]),
            f"{now[level] - before[level]:+,.0f}".replace("-", "−").replace("+0", "0"),
        )
        for level, title in named
        if now[level] or before[level]
    )
    heads = ("rating", "buildings", "share", "last_month", "change")
    return Table(tuple(say(head, lang) for head in heads), body, (3, 1.6, 1.6, 1.6, 1.6), (1, 2, 3, 4),
                 say("t_ratings", lang))  # fmt: skip


def holes(subject: Subject) -> Block:
    """List the largest land that nobody is in charge of.

    Where small cells are withheld, what is counted in it stays away: a leaf's number would give away what was
    withheld beside it in other tables.
    """
    lang = subject.lang
    found = responsibility.duty_holes(subject.db, on=subject.day)
    found = found[found["unit"] == "land"]
    mine = {cell.code for level in subject.tree.levels for cell in subject.tree.within(subject.cell, level)}
    own = found[found["code"].isin(mine)]
    if own.empty:
        return Paragraph(say("none_holes", lang))
    rows = tuple(
        (
            row["name"],
            level_title(row["level"], lang),
            say(row["duty"], lang),
            formats.area_km2(row["area_m2"]),
            *(() if subject.fewest else (formats.whole(row["people"]), formats.whole(row["open_petitions"]))),
        )
        for row in own.head(_MOST_HOLES).to_dict("records")
    )
    heads = ("cell", "level", "duty", "area", "people", "open")[: len(rows[0])]
    caption = say("t_holes", lang, n=len(rows), of=formats.whole(len(own)))
    return Table(
        tuple(say(head, lang) for head in heads),
        rows,
        (3.6, 1.6, 2.2, 1.8, 1.4, 1.4)[: len(heads)],
        tuple(range(3, len(heads))),
        caption,
    )
