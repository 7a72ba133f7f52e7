"""Texts that ought to be dates, numbers, codes, names, shapes or mappings, given to the parsers themselves.

Each is read or refused; what is read is held against Python's own reading of the text where it has one.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from gridmap import definitions
from gridmap.calendar import OfficeHours
from gridmap.crs import crs_of_file, parse_crs
from gridmap.errors import GridmapError
from gridmap.gazetteer import plain_name
from gridmap.house_codes import parse
from gridmap.registers import PETITIONS
from gridmap.sources import values
from gridmap.sources.encodings import known_encoding
from gridmap.sources.mapping import mapping_from, profiles
from gridmap.sources.source import shapes_of_wkt
from gridmap.torture.inputs import phrases
from gridmap.torture.inputs.mutants import mutant

#: Texts that one parser gets at once, as it would get a column of a file.
BATCH = 200
_SEEDS = (
    "2018-07-04 17:24:41",
    "2018/7/4 17:24",
    "2018年7月4日 17时24分",
    "20180704172441",
    "2018-07-04T17:24:41.5+08:00",
    "12.5",
    "-3",
    "1e5",
    "true",
    "是",
    "4403070030030400042000003",
    "龙田社区居民委员会",
    "EPSG:4547",
    "wgs84",
    "GCJ-02",
    "gb18030",
    "09:00-12:00,14:00-18:00",
    "POLYGON((114 22.7,114.1 22.7,114.1 22.8,114 22.7))",
    "POINT(114 22.7)",
    "measures/petition.open.sql",
    "queries/../queries/x",
)
#: A name that PROJ does not know costs it a quarter of a second.
_NAMES_OF_CRS = 4
_FORMS = ("%Y-%m-%d", "%d/%m/%Y %H:%M", "iso", "%Y年%m月%d日")
_SHORT = 60


def each(seed: int) -> Callable[[int], dict[str, Any]]:
    """Return what gives the parser of a number its texts, and says how they ended.

    Parameters
    ----------
    seed : of the texts
    """

    def work(number: int) -> dict[str, Any]:
        rng = Random(seed * 1_000_003 + number)
        name, judge = _JUDGES[number % len(_JUDGES)]
        texts = [_text(rng) for _ in range(BATCH)]
        found = judge(texts, rng)
        bad = [
            f"{name} of {text[:_SHORT]!r}: {said}"
            for text, said in zip(texts, found, strict=False)
            if said not in ("read", "refused")
        ]
        if bad:
            return {"ended": "fault", "said": "; ".join(bad[:3]), "where": name, "times": {"fault": len(bad)}}
        return {"ended": "refused", "where": name, "times": dict(Counter(found))}

    return work


def _text(rng: Random) -> str:
    if rng.random() < 0.5:
        return phrases.one(rng)
    return mutant(rng.choice(_SEEDS).encode(), rng, _SEED_BYTES).decode("utf-8", "replace")


_SEED_BYTES = [text.encode() for text in _SEEDS]

Judge = Callable[[Sequence[str], Random], list[str]]


def _column(read: Callable[[pa.Array], pa.Array], same: Callable[[str, Any], bool]) -> Judge:
    """Judge a parser of columns: what it reads must be what Python reads."""

    def judge(texts: Sequence[str], _: Random) -> list[str]:
        column = values.trimmed(pa.array(texts, pa.string()))
        found = read(column)
        found.validate(full=True)
        return [
            _told(text, value, same)
            for text, value in zip(column.to_pylist(), found.to_pylist(), strict=True)
        ]

    return judge


def _told(text: str | None, value: Any, same: Callable[[str, Any], bool]) -> str:
    if value is None:
        return "refused"
    return "read" if text is not None and same(text, value) else f"read as {value!r}"


def _same_number(text: str, value: Any) -> bool:
    return bool(np.isfinite(value)) and float(text) == value


def _same_integer(text: str, value: Any) -> bool:
    try:
        return bool(Decimal(text) == value)
    except InvalidOperation:
        return False


def _in_the_calendar(text: str, value: Any) -> bool:
    """Hold a time against its text: the digits of its year stand there, give or take a day at New Year."""
    years = {value.year - 1, value.year, value.year + 1} if value.month in (1, 12) else {value.year}
    return 1000 <= value.year <= 9999 and any(str(year) in text for year in years)


def _formed(texts: Sequence[str], rng: Random) -> list[str]:
    column = values.trimmed(pa.array(texts, pa.string()))
    found = values.timestamps(column, formats=[rng.choice(_FORMS)])
    found.validate(full=True)
    return ["refused" if value is None else "read" for value in found]


def _shapes(texts: Sequence[str], _: Random) -> list[str]:
    shapes, unreadable = shapes_of_wkt(pa.array(texts, pa.string()))
    return [
        "refused" if bad or shape is None else "read" for shape, bad in zip(shapes, unreadable, strict=True)
    ]


def _one(read: Callable[[str], Any], holds: Callable[[str, Any], bool] = lambda _text, _found: True) -> Judge:
    """Judge a parser of single texts: it answers, or refuses in words of ours."""

    def told(text: str) -> str:
        try:
            return "read" if holds(text, read(text)) else "read as something else"
        except GridmapError as refusal:
            return "refused" if len(str(refusal)) < 2_000 else "refused at length"

    return lambda texts, _: [_caught(told, text) for text in texts]


def _caught(told: Callable[[str], str], text: str) -> str:
    try:
        return told(text)
    except Exception as fault:
        return f"{type(fault).__name__}: {str(fault)[:_SHORT]}"


def _definition(text: str) -> object:
    found = definitions.find(text)
    if found is not None and not found.resolve().is_relative_to(definitions.shipped_folder().resolve()):
        return None
    return True


def _mappings(texts: Sequence[str], rng: Random) -> list[str]:
    """Read mappings into which a text was put, as name and as value."""
    given = [Path(definitions.__file__).parent / "profiles" / f"{name}.toml" for name in profiles()]
    whole = [path.read_bytes() for path in given]

    def told(text: str) -> str:
        content = mutant(rng.choice(whole), rng, [text[:200].encode("utf-8", "replace"), *_SEED_BYTES])
        try:
            toml = tomllib.loads(content.decode("utf-8", "replace"))
        except (tomllib.TOMLDecodeError, RecursionError):
            return "refused"
        try:
            mapping_from(toml, name="hostile.toml", register=PETITIONS)
        except GridmapError:
            return "refused"
        return "read"

    return [_caught(told, text) for text in texts]


_JUDGES: tuple[tuple[str, Judge], ...] = (
    ("times", _column(values.timestamps, _in_the_calendar)),
    ("dates", _column(values.dates, _in_the_calendar)),
    ("numbers", _column(values.numbers, _same_number)),
    ("whole numbers", _column(values.integers, _same_integer)),
    ("truth", _column(values.booleans, lambda _text, _value: True)),
    ("texts", _column(values.as_text, lambda text, value: text == value)),
    ("times in a form", _formed),
    ("shapes as text", _shapes),
    ("CRS", _one(parse_crs)),
    ("CRS of a file", lambda texts, rng: _one(crs_of_file)(texts[:_NAMES_OF_CRS], rng)),
    ("encodings", _one(known_encoding)),
    ("house codes", _one(parse, lambda text, found: text.startswith(found.building_code))),
    ("names of regions", _one(plain_name, lambda text, found: found[0] in "".join(text.split()))),
    ("office hours", _one(OfficeHours.parse)),
    ("names of definitions", _one(_definition, lambda _text, found: found is not None)),
    ("mappings", _mappings),
)
