"""Every word in both languages, every number as it is written there."""

import ast
import math
import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.levels import LEVELS, TOTAL
from gridmap.measures import measures
from gridmap.ui import formats
from gridmap.ui.reasons import CHECKS, MEANINGS, REASONS, reason_text
from gridmap.ui.words import UNITS, WORDS, level_title, say, unit_of

UI = Path(__file__).parent.parent / "gridmap"
HAN = range(0x4E00, 0xA000)


def test_every_word_has_both_languages_and_english_has_no_chinese() -> None:
    tables = {**WORDS, **UNITS, **CHECKS, **REASONS}
    missing = [name for name, (zh, en) in tables.items() if bool(zh) != bool(en) and name not in UNITS]
    mixed = [name for name, (_, en) in tables.items() if name != "other_language" and has_han(en)]
    assert (missing, mixed) == ([], ["other_language"][1:])


def test_every_check_has_a_name_and_a_meaning() -> None:
    groups = "|".join(sorted({name.partition(".")[0] for name in CHECKS}))
    written = re.compile(rf'"((?:{groups})\.[a-z_]+)"')
    sources = [path.read_text() for path in UI.rglob("*.py") if path.parent.name not in ("ui", "pages")]
    said = {name for text in sources for name in written.findall(text)} - {key.key for key in measures()}
    assert said - set(CHECKS) == set()
    assert set(CHECKS) == set(MEANINGS)


def test_both_languages_have_the_same_blanks() -> None:
    assert [name for name, (zh, en) in WORDS.items() if blanks(zh) != blanks(en)] == []


def test_every_word_said_is_in_the_table() -> None:
    said = {name for path in [*UI.glob("ui/*.py"), *UI.glob("pages/*.py")] for name in words_said(path)}
    assert said - set(WORDS) == set()


def test_no_page_has_chinese_of_its_own() -> None:
    allowed = {
        "words.py",
        "words_case.py",
        "words_desk.py",
        "words_framework.py",
        "words_log.py",
        "words_mending.py",
        "words_signing.py",
        "reasons.py",
        "formats.py",
    }
    files = [path for path in [*UI.glob("ui/*.py"), *UI.glob("pages/*.py")] if path.name not in allowed]
    assert [path.name for path in files if any(has_han(text) for text in texts_of(path))] == []


def test_a_measure_of_one_s_own_brings_its_unit_in_both_languages() -> None:
    wishes = replace(measures()[0], unit="wishes", unit_zh="个")
    assert (unit_of(wishes, "zh"), unit_of(wishes, "en")) == ("个", "wishes")


def test_every_level_and_unit_has_a_word() -> None:
    assert {level_title(level, "zh") for level in [TOTAL, *(level.key for level in LEVELS)]}
    assert [measure.unit for measure in measures() if measure.unit not in UNITS] == []
    assert {unit_of(measure, "zh") for measure in measures() if measure.unit == "share"} == {""}


@given(st.floats(0, 1))
def test_only_all_is_written_as_all_and_only_none_as_none(share: float) -> None:
    text = formats.percent(share)
    assert (text == "100 %") == (share == 1)
    assert (text == "0 %") == (share == 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_missing_is_a_dash_and_never_zero(value: float | None, lang: str) -> None:
    written = {
        formats.figure(value, unit=measure.unit, kind=measure.kind, lang=lang) for measure in measures()
    }
    assert written == {"—"}


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (12345, "12,345", "12,345"),
        (120_345, "12.0 万", "120.3 k"),
        (343_000_000, "3.43 亿", "343.00 M"),
    ],
)
def test_counts_are_written_as_in_the_language(value: float, zh: str, en: str) -> None:
    assert (formats.compact(value, lang="zh"), formats.compact(value, lang="en")) == (zh, en)


def test_small_areas_are_in_square_metres() -> None:
    assert (formats.area_km2(1234.4), formats.area_km2(1_234_567)) == ("1,234 m²", "1.23 km²")


def test_unknown_reasons_stand_as_they_are() -> None:
    assert reason_text("eaten by the dog", "zh") == "eaten by the dog"


def test_blanks_are_filled() -> None:
    assert say("rows_n", "zh", n=3) == "3 行"


def has_han(text: str) -> bool:
    return any(ord(letter) in HAN for letter in text)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def words_said(path: Path) -> list[str]:
    """Return the names given to say() as plain texts."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if getattr(call.func, "id", "") == "say" and call.args]
    return [name.value for name in named if isinstance(name, ast.Constant)]


def texts_of(path: Path) -> list[str]:
    """Return all texts in a file but its docstrings."""
    tree = ast.parse(path.read_text())
    bodies = [
        node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
    ]
    docs = {ast.get_docstring(node, clean=False) for node in bodies}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text not in docs]
