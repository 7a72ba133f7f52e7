"""Masks and scrubbing: what of a name, a number or a sentence may be shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.masking import masked, scrubbed

_DIGITS = "0123456789"
_WIDE = "０１２３４５６７８９"
_WORDS = "零一二三四五六七八九"
_MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
_IDENTITY = st.from_regex(
    r"44030[0-9](?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-2][1-8][0-9]{3}[0-9X]", fullmatch=True
)
_BETWEEN = st.sampled_from(["", " ", "-", "－", "·", "\u200b", ".", "—", "  "])


@st.composite
def written(draw: st.DrawFn, number: str) -> str:
    """Write a number as people write numbers: in groups, wide or in words."""
    letters = draw(st.sampled_from([_DIGITS, _WIDE, _WORDS]))
    said = "".join(letters[int(each)] if each.isdigit() else each for each in number)
    first, second, sign = draw(st.integers(1, 8)), draw(st.integers(9, len(said) - 1)), draw(_BETWEEN)
    return sign.join([said[:first], said[first:second], said[second:]])


@given(st.data(), st.one_of(_MOBILE, _IDENTITY))
def test_no_number_of_a_person_survives_however_it_is_written(data: st.DataObject, number: str) -> None:
    text = f"路灯坏了，请打{data.draw(written(number))}，谢谢"
    left = scrubbed(text).translate(str.maketrans(_WIDE + _WORDS, _DIGITS * 2))
    assert number[-8:] not in re.sub(r"[^0-9X]", "", left)
    assert left.startswith("路灯坏了，请打")


@given(st.text(max_size=200))
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    once = scrubbed(text)
    assert scrubbed(once) == once


@pytest.mark.parametrize(
    "text",
    ["2024年05月01日08:30收到，共3件", "距路口1200-1500米", "编号N20240501001", "金额12345678元", "12345热线",
     "每天早上6点到晚上11点施工", "第3网格有15处隐患", "GB 50016-2014"],
)  # fmt: skip
def test_what_is_no_person_s_stays(text: str) -> None:
    assert scrubbed(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [("我叫王小明，住3栋502", "我叫〔姓名〕，住〔门牌〕"),
     ("联系人：欧阳大文 0755-28888888", "联系人：〔姓名〕 〔电话〕"),
     ("李女士反映", "〔姓名〕女士反映"), ("邮箱a.b@sz.gov.cn", "邮箱〔邮箱〕")],
)  # fmt: skip
def test_names_where_names_stand_and_doors_go(text: str, left: str) -> None:
    assert scrubbed(text) == left


def test_a_name_that_the_record_gives_goes_wherever_it_stands() -> None:
    assert scrubbed("路灯下的赵钱孙说不亮，赵钱孙又说", ["赵钱孙"]) == "路灯下的〔姓名〕说不亮，〔姓名〕又说"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [("王明", "name", "王*"), ("王小明", "name", "王*明"), ("13800138000", "phone", "138****8000"),
     ("440305199001011234", "id", "440305********1234"), ("富康路12号3栋502", "address", "富康路***"),
     ("x", "unheard_of", "*"), (None, "name", None), ("", "phone", None)],
)  # fmt: skip
def test_the_masks_are_those_of_practice(value: str | None, kind: str, shown: str | None) -> None:
    assert masked(value, kind) == shown
