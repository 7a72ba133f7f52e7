"""No page shows a text of the other language: every text on it is collected, those of the data taken away."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from gridmap.ui.shell import PAGES
from tests import screens_city

APP = Path(__file__).parent.parent / "app.py"
HAN = re.compile(r"[\u4e00-\u9fff]+")
#: Two or more English words in a row; single ones may be names of formats and units.
ENGLISH = re.compile(r"\b[A-Za-z]{3,}(?: [A-Za-z]{2,})+\b")
TAGS = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)
#: Names of letters, commands and their options are the same in every language.
NAMES = re.compile(r"Noto Sans CJK SC|Noto Sans SC|PingFang SC|Microsoft YaHei|gridmap [a-z]+|--[a-z]+")
#: Fields of messages that nobody sees.
UNSEEN = {
    "id", "key", "elementId", "formId", "pageScriptHash", "mimeType", "url", "urlPathname", "page", "icon",
    "iconPath", "queryParams", "columns", "data", "fileName", "format", "columnOrder",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("on_the_city")


def texts_on(name: str, **params: str) -> set[str]:
    """Return all texts that somebody sees on a page."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    if name != PAGES[0]:
        app.switch_page(f"gridmap/pages/{name}.py").run()
    assert not app.exception, app.exception[0].value
    return {text for node in elements(app._tree) for text in seen(node.proto)}


def elements(node: Any) -> Iterator[Any]:
    if hasattr(node, "children"):
        for child in node.children.values():
            yield from elements(child)
    elif hasattr(node, "proto"):
        yield node


def seen(proto: Any) -> Iterator[str]:
    if type(proto).__name__ in ("DeckGlJsonChart", "BidiComponent"):
        return
    for text in strings(MessageToDict(proto)):
        yield TAGS.sub(" ", text)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in UNSEEN:
                yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


def without_data(text: str) -> str:
    """Take away what comes out of the data: names of cells, people, categories."""
    for name in sorted([*screens_city.NAMES.values(), *screens_city.CATEGORIES, "测试员", "街道办", "未划分"],
                       key=len, reverse=True):  # fmt: skip
        text = text.replace(name, "").replace(name.removeprefix("甲社区"), "")
    return text


@pytest.mark.parametrize("name", PAGES)
def test_the_english_pages_have_no_chinese_but_the_names_in_the_data(name: str) -> None:
    found = {text for text in texts_on(name, lang="en", period="all") if HAN.search(without_data(text))}
    assert {text.strip()[:200] for text in found} <= {"中文"}


@pytest.mark.parametrize("name", PAGES)
def test_the_chinese_pages_have_no_english_sentences(name: str) -> None:
    found = {match for text in texts_on(name, lang="zh", period="all") for match in english_in(text)}
    assert found == set()


def english_in(text: str) -> list[str]:
    return ENGLISH.findall(NAMES.sub("", text))


def test_a_text_of_the_other_language_is_seen() -> None:
    assert HAN.search(without_data("甲社区 的在办诉求"))
    assert english_in("用 gridmap check 查看 3 rows were set aside") == ["rows were set aside"]
