"""The view: everything a screen shows depends on, small enough to stand in the address bar.

The address is the only truth: pages read the view from it, and whatever a person clicks changes the
address. So a view can be sent to a colleague, and the browser's back button goes back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from math import isfinite

from gridmap.levels import LEVELS
from gridmap.maps import LEAST_CLASSES, MOST_CLASSES, SCHEMES
from gridmap.measures import measures
from gridmap.periods import OPEN_FUTURE, OPEN_PAST
from gridmap.ui.periods import PRESETS

LANGUAGES = ("zh", "en")
SHOWS = ("measure", "heat", "coverage", "film")
BOUNDARIES = ("then", "now")
THEMES = ("", "light", "dark")
#: What the wall can show on its map, in the order of its round.
SCENES = ("heat", "late", "load", "coverage", "risk", "film")
DEFAULT_MEASURE = "petition.received"
#: The measure whose parts can be shown by themselves, each by its name after a point.
RATINGS = "building.by_rating"
_PART = re.compile(r"[a-z0-9_]{1,40}")
#: How urgent an open petition is: past its limit, due within a day, within three, later, without a limit.
URGENCIES = ("overdue", "day", "three_days", "later", "no_limit")

#: What stands beside the boundary editor.
PANELS = ("impact", "publish", "draw", "steps")


@dataclass(frozen=True)
class View:
    """Hold one view; every field but the default ones stands in the address.

    Parameters
    ----------
    lang : language of the screen, zh or en
    at : code of the cell one has drilled into; empty = the top
    show : what the map shows: measure, heat, coverage or film
    measure : key of the measure on the map and in the ranking, or of a part (`building.by_rating.banned`)
    level : level of the cells shown; empty = the next below `at`
    scheme : how the classes are chosen
    classes : how many there may be
    breaks : upper edges of the scheme `own`, shares in per cent
    summed : whether the pictures of a film add up
    strip : key figures shown; empty = the usual ones
    period : preset of periods.PRESETS
    since, until : first and last day of a period of one's own
    categories : categories of petitions; empty = all
    boundaries : then = as they were, now = restated to those of today
    columns : measures in the table of cells; empty = the usual ones
    theme : light or dark for everybody who opens the address; empty = as each reader has chosen
    scenes : scenes the wall goes round; empty = all of SCENES
    rotate : seconds each scene of the wall stays; 0 = the first one stays
    urgency : which open petitions are listed, one of URGENCIES; empty = all
    draft : name of the draft on the planner's desk; empty = the list of drafts
    panel : what stands beside the editor, one of PANELS; empty = the first
    compare : the two states compared on the planner's desk: versions, days, drafts; empty = none
    """

    lang: str = "zh"
    at: str = ""
    show: str = "measure"
    measure: str = DEFAULT_MEASURE
    level: str = ""
    scheme: str = "quantile"
    classes: int = 5
    breaks: tuple[float, ...] = ()
    summed: bool = False
    strip: tuple[str, ...] = ()
    period: str = "12m"
    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] = ()
    boundaries: str = "then"
    columns: tuple[str, ...] = ()
    theme: str = ""
    scenes: tuple[str, ...] = ()
    rotate: int = 20
    urgency: str = ""
    draft: str = ""
    panel: str = ""
    compare: tuple[str, ...] = ()


def from_params(params: Mapping[str, Sequence[str]], *, lang: str = "zh") -> View:
    """Read a view from the parameters of an address; what makes no sense is left at its default.

    An address may be old, cut off or typed by hand: it must never lead to an error page.

    Parameters
    ----------
    params : values by name, as lists
    lang : language where the address names none

    >>> from_params({"at": ["440309001"], "show": ["nonsense"]}).show
    'measure'
    """
    one = {name: values[-1] for name, values in params.items() if values}
    categories = params.get("categories", ())
    columns = params.get("columns", ())
    return View(
        lang=_among(one.get("lang"), LANGUAGES, lang),
        at=one.get("at", ""),
        show=_among(one.get("show"), SHOWS, "measure"),
        measure=_measure(one.get("measure")),
        level=_among(one.get("level"), [level.key for level in LEVELS], ""),
        scheme=_among(one.get("scheme"), SCHEMES, "quantile"),
        classes=_classes(one.get("classes")),
        breaks=_numbers(params.get("breaks", ())),
        summed=one.get("summed") == "True",
        strip=tuple(key for key in params.get("strip", ()) if key in _keys()),
        period=_among(one.get("period"), PRESETS, "12m"),
        since=_day(one.get("since")),
        until=_day(one.get("until")),
        categories=tuple(sorted(categories)),
        boundaries=_among(one.get("boundaries"), BOUNDARIES, "then"),
        columns=tuple(key for key in columns if key in _keys()),
        theme=_among(one.get("theme"), THEMES, ""),
        scenes=tuple(name for name in params.get("scenes", ()) if name in SCENES),
        rotate=_seconds(one.get("rotate")),
        urgency=_among(one.get("urgency"), URGENCIES, ""),
        draft=one.get("draft", ""),
        panel=_among(one.get("panel"), PANELS, ""),
        compare=tuple(params.get("compare", ()))[:2],
    )


def to_params(view: View, *, lang: str = "zh") -> dict[str, str | list[str]]:
    """Write a view as parameters of an address, leaving out whatever has its default.

    >>> to_params(View(at="440309001", period="30d"))
    {'at': '440309001', 'period': '30d'}
    """
    usual = View(lang=lang)
    names = [entry.name for entry in fields(View)]
    changed = [name for name in names if getattr(view, name) != getattr(usual, name)]
    return {name: _text(getattr(view, name)) for name in changed}


def mappable() -> tuple[str, ...]:
    """Return the keys of the measures with one value per cell, which a map can show."""
    return tuple(measure.key for measure in measures() if not measure.split)


def is_part(key: str) -> bool:
    """Return whether a key is that of one part of a measure: of the rental buildings, one rating.

    >>> is_part("building.by_rating.banned"), is_part("building.by_rating"), is_part("building.count")
    (True, False, False)
    """
    whole, _, part = key.rpartition(".")
    return whole == RATINGS and _PART.fullmatch(part) is not None


def whole_of(key: str) -> str:
    """Return the key of the measure that a key is a part of; the key itself where it is none."""
    return key.rpartition(".")[0] if is_part(key) else key


def _measure(text: str | None) -> str:
    return text if text is not None and is_part(text) else _among(text, _keys(), DEFAULT_MEASURE)


def _keys() -> tuple[str, ...]:
    return mappable()


def _among(value: str | None, allowed: Sequence[str], otherwise: str) -> str:
    return value if value in allowed and value is not None else otherwise


def _day(text: str | None) -> date | None:
    """Read a day; None where it is none, or one that periods cannot begin or end with."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day and OPEN_PAST <= day < OPEN_FUTURE else None


def _classes(text: str | None) -> int:
    known = {str(number): number for number in range(LEAST_CLASSES, MOST_CLASSES + 1)}
    return known.get(text or "", 5)


def _numbers(texts: Sequence[str]) -> tuple[float, ...]:
    """Read edges of classes: finite, rising, not too many; what is no number is left out."""
    found = set()
    for text in texts:
        with suppress(ValueError):
            found.add(float(text))
    return tuple(sorted(number for number in found if isfinite(number)))[: MOST_CLASSES - 1]


def _seconds(text: str | None) -> int:
    """Read how long a scene stays: 0, or 5 seconds to an hour; 20 where nothing of sense is said."""
    if text is None or not text.isdecimal() or not text.isascii() or len(text) > 4:
        return 20
    return min(max(int(text), 5), 3600) if int(text) else 0


def _text(value: object) -> str | list[str]:
    if isinstance(value, tuple):
        return [str(part) for part in value]
    return value.isoformat() if isinstance(value, date) else str(value)
