"""Texts become values: the forms people write, and nothing that is no value."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.sources import values

NOON = dt.datetime(2018, 7, 4, 17, 24, 41)


def _one(text: str, **options: Any) -> Any:
    return values.timestamps(pa.array([text]), **options)[0].as_py()


@pytest.mark.parametrize(
    "text",
    [
        "2018-07-04 17:24:41", "2018-07-04T17:24:41", "2018/7/4 17:24:41", "2018.07.04 17:24:41",
        "2018年7月4日 17:24:41", "2018年7月4日17时24分41秒", "20180704172441", "2018-07-04T17:24:41.000",
        "2018-07-04T09:24:41Z", "2018-07-04 19:24:41+10:00", "2018-07-04 17:24:41+0800",
    ],
)  # fmt: skip
def test_every_usual_form_of_a_time_is_read(text: str) -> None:
    assert _one(text) == NOON


@pytest.mark.parametrize(
    "text",
    ["31/12/2019", "2018-02-30", "2019-02-29 01:02:03", "2018-13-01", "2018-04-31 00:00:00",
     "2018-07-04 25:00", "2018-07-04 24:00:00", "0000-01-01", "yesterday", "2018-07-04 17:24:41 x", "43285"],
)  # fmt: skip
def test_what_is_no_date_of_the_calendar_is_none(text: str) -> None:
    assert _one(text) is None


def test_a_declared_form_is_the_only_one_read_unless_iso_is_named_too() -> None:
    form = "%m/%d/%Y %I:%M:%S %p"
    assert _one("07/04/2018 05:24:41 PM", formats=[form]) == NOON
    assert _one("2018-07-04 17:24:41", formats=[form]) is None
    assert _one("2018-07-04 17:24:41", formats=["iso", form]) == NOON


def test_a_declared_form_takes_no_day_that_the_month_has_not() -> None:
    assert _one("02/30/2020", formats=["%m/%d/%Y"]) is None
    assert _one("02/29/2020", formats=["%m/%d/%Y"]) == dt.datetime(2020, 2, 29)


def test_times_with_a_zone_become_local_ones() -> None:
    assert _one("2020-07-01T12:00:00Z", timezone="America/New_York") == dt.datetime(2020, 7, 1, 8)


@given(st.datetimes(min_value=dt.datetime(1000, 1, 1)))
def test_iso_times_of_any_year_come_back(moment: dt.datetime) -> None:
    assert _one(moment.isoformat(sep=" ")) == moment
    assert _one(moment.isoformat()) == moment


@given(st.lists(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 1, 1)), min_size=1))
def test_dates_in_chinese_come_back(days: list[dt.date]) -> None:
    texts = pa.array([f"{day.year}年{day.month}月{day.day}日" for day in days])
    assert values.dates(texts).to_pylist() == days


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_agree_with_python(number: float) -> None:
    assert values.numbers(pa.array([repr(number)]))[0].as_py() == number


@given(st.text(max_size=12))
def test_a_text_is_a_number_only_where_python_says_so(text: str) -> None:
    found = values.numbers(pa.array([text]))[0].as_py()
    if found is not None:
        assert float(text) == found


def test_whole_numbers_may_end_in_point_zero_and_in_nothing_else() -> None:
    texts = pa.array(["12", "12.0", "-3", "+4", "1.5", "x", "12,000", "1e3"])
    assert values.integers(texts).to_pylist() == [12, 12, -3, 4, None, None, None, None]


def test_truth_is_told_in_english_chinese_and_digits() -> None:
    texts = pa.array(["是", "否", "Yes", "no", "TRUE", "0", "1", "2", "maybe"])
    assert values.booleans(texts).to_pylist() == [True, False, True, False, True, False, True, None, None]


def test_codes_that_became_floats_are_codes_again() -> None:
    floats = pa.array([440309001007.0, 1.5, None, math.nan])
    assert values.as_text(floats).to_pylist() == ["440309001007", "1.5", None, None]


def test_every_kind_of_column_has_a_text() -> None:
    frame = pd.DataFrame({"word": ["a", "a"]}).astype("category")
    assert values.as_text(pa.Table.from_pandas(frame)["word"]).to_pylist() == ["a", "a"]
    assert values.as_text(pa.array([[1, 2], None])).to_pylist() == ["[1, 2]", None]
    assert values.as_text(pa.array([True, None])).to_pylist() == ["true", None]
    assert values.as_text(pa.array([dt.date(2018, 7, 4)])).to_pylist() == ["2018-07-04"]
    assert values.as_text(pa.chunked_array([], pa.string())).to_pylist() == []


def test_words_for_nothing_are_nothing() -> None:
    assert values.trimmed(pa.array([" a ", "-", " ", "", None, "\u3000b"]), ["-"]).to_pylist() == [
        "a", None, None, None, None, "b",
    ]  # fmt: skip
