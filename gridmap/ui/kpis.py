"""Key figures: rows of `measures.stats` become cards with a comparison and a definition. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from gridmap.measures import Measure, measure_named
from gridmap.ui import formats
from gridmap.ui.markup import Card
from gridmap.ui.words import definition_of, say, title_of, unit_of

#: The strip, in order.
KEYS = (
    "petition.received", "petition.open", "petition.overdue", "petition.close_rate",
    "petition.on_time_close_rate", "petition.median_handling_days", "land.coverage", "petition.coverage",
)  # fmt: skip
_ALARMING = ("petition.overdue",)
#: Kinds of measures that are one of many values in order: they have a number of values, no numerator.
_MIDDLES = ("median", "percentile")

#: Columns of one row of `measures.stats`.
Row = Mapping[Hashable, Any]


def cards(
    row: Row, before: Row | None, *, preset: str, lang: str, keys: Sequence[str] = KEYS, brief: bool = False
) -> list[Card]:
    """Return the cards of the strip.

    Parameters
    ----------
    row : KEY, KEY.n and KEY.of of the cell in the period
    before : the same in the period to compare with; None where there is none
    preset : preset of the period: it decides what "previous" is called
    lang : language of the screen
    keys : measures, in order
    brief : whether the comparison is written in few letters
    """
    word = "versus_year" if preset in ("year", "12m") else "versus"
    said = f"{word}_brief" if brief else word
    return [_card(measure_named(key), row, before, said, lang) for key in keys]


def written(value: float | None, measure: Measure, lang: str) -> str:
    """Write the value of a measure with its unit."""
    text = formats.figure(value, unit=measure.unit, kind=measure.kind, lang=lang)
    unit = unit_of(measure, lang)
    return f"{text} {unit}" if unit and not formats.is_missing(value) else text


def parts(row: Row, measure: Measure) -> str:
    """Write numerator and denominator, as far as the measure has them; how many a middle is taken of."""
    n, of = row.get(f"{measure.key}.n"), row.get(f"{measure.key}.of")
    numbers = [float(number) for number in (n, of) if number is not None and not formats.is_missing(number)]
    if measure.kind in _MIDDLES:
        return f"n = {formats.whole(numbers[-1])}" if numbers else ""
    if measure.n_unit == "m2":
        return " / ".join(f"{number / 1e6:,.2f}" for number in numbers) + " km²"
    return " / ".join(formats.whole(number) for number in numbers)


def source_of(measure: Measure, lang: str) -> str:
    """Return where the definition of a measure comes from."""
    return measure.source if lang == "en" else measure.source_zh


def caveat_of(measure: Measure, lang: str) -> str:
    """Return what to beware of with a measure."""
    return measure.caveat if lang == "en" else measure.caveat_zh


def _card(measure: Measure, row: Row, before: Row | None, word: str, lang: str) -> Card:
    value, hidden = row.get(measure.key), _is_withheld(row, measure)
    change, mood = _change(measure, value, before, word, lang)
    return Card(
        key=measure.key,
        title=title_of(measure, lang),
        value=formats.WITHHELD
        if hidden
        else formats.figure(value, unit=measure.unit, kind=measure.kind, lang=lang),
        unit="" if formats.is_missing(value) else unit_of(measure, lang),
        exact="" if formats.is_missing(value) else repr(float(value or 0)),
        change=change,
        mood=mood,
        alarm=measure.key in _ALARMING and bool(value),
        help=_help(measure, row, lang),
    )


def _is_withheld(row: Row, measure: Measure) -> bool:
    return bool(row.get(f"{measure.key}.withheld", False))


def _change(
    measure: Measure, value: float | None, before: Row | None, word: str, lang: str
) -> tuple[str, str]:
    """Return the sentence that compares a value with the period before, and whether that is good news."""
    old = before.get(measure.key) if before is not None else None
    if formats.is_missing(value) or formats.is_missing(old):
        return say("no_comparison", lang), ""
    assert value is not None
    assert old is not None
    text = difference(measure, value - old, old, lang)
    if not text:
        return say(word, lang, change=say("same", lang)), ""
    gain = (value - old) * measure.direction
    return say(word, lang, change=text), "good" if gain > 0 else "bad" if gain < 0 else ""


def difference(measure: Measure, change: float, old: float, lang: str) -> str:
    """Write a change: points for shares, per cent for counts, plain otherwise; empty when unchanged.

    Parameters
    ----------
    measure : what changed
    change : value less the old one
    old : the old value
    lang : language of the reader
    """
    if measure.unit == "share":
        shown = round(change * 100, 1)
        return f"{_signed(shown)} {say('points', lang)}" if shown else ""
    if measure.kind == "count" and old:
        shown = round(100 * change / old, 1)
        return f"{_signed(shown)} %" if shown else ""
    shown = round(change, 1)
    return _signed(shown) if shown else ""


def _signed(number: float) -> str:
    return f"{number:+,.1f}".replace("-", "−")


def _counted(measure: Measure, of: float | None) -> str:
    """Return the word for what stands behind a figure."""
    if measure.kind in _MIDDLES:
        return "sample"
    return "numerator" if formats.is_missing(of) else "n_of"


def _help(measure: Measure, row: Row, lang: str) -> tuple[tuple[str, str], ...]:
    """Return definition, numerator and denominator, source and caveat of a measure."""
    if _is_withheld(row, measure):
        return ((say("definition", lang), definition_of(measure, lang)), ("", say("withheld", lang)))
    of = row.get(f"{measure.key}.of")
    entries = (
        ("definition", definition_of(measure, lang)),
        (_counted(measure, of), parts(row, measure)),
        ("source", source_of(measure, lang)),
        ("caveat", caveat_of(measure, lang)),
    )
    return tuple((say(name, lang), text) for name, text in entries if text)
