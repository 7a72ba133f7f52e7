"""Texts of a file become typed values, a whole column at a time.

Every parser returns the values (null where there is none) and the texts that it could not read stay
known: a value is unreadable when its text is there and its value is not.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridmap.registers import FieldType

ARROW_TYPES: dict[FieldType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
#: What a person may write for each type, for messages.
WANTED: dict[FieldType, str] = {
    "text": "text",
    "integer": "a whole number such as 12",
    "number": "a number such as 12.5",
    "boolean": "true or false (also 1/0, yes/no, 是/否)",
    "date": "a date such as 2018-07-04",
    "timestamp": "a date and time such as 2018-07-04 17:24:41",
}

_WHOLE_LIMIT = 1e15
_INTEGER = r"^[+-]?[0-9]{1,18}(\.0*)?$"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_TRUE = ("true", "t", "yes", "y", "1", "是", "有", "对")
_FALSE = ("false", "f", "no", "n", "0", "否", "无", "错")


# -- text ---------------------------------------------------------------------------------------------


def as_text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return any column as text: whole floats without a point (codes), dates as ISO, lists as JSON."""
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks)
    kind = values.type
    if pa.types.is_dictionary(kind):
        return as_text(values.dictionary_decode())
    if pa.types.is_floating(kind):
        return _floats_as_text(values)
    if pa.types.is_nested(kind):
        texts = [None if item is None else json.dumps(item, ensure_ascii=False, default=str)
                 for item in values.to_pylist()]  # fmt: skip
        return pa.array(texts, pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if item is None else item.hex() for item in values.to_pylist()], pa.string())
    return pc.cast(values, pa.string())


def _floats_as_text(values: pa.Array) -> pa.Array:
    """Write 440309001007.0 as 440309001007: a code that some program took for a number."""
    doubles = pc.cast(values, pa.float64())
    known = pc.if_else(pc.is_finite(doubles), doubles, None)
    whole = pc.and_(pc.equal(pc.floor(known), known), pc.less(pc.abs(known), _WHOLE_LIMIT))
    as_whole = pc.cast(pc.cast(pc.if_else(whole, known, None), pa.int64()), pa.string())
    return pc.coalesce(as_whole, pc.cast(known, pa.string()))


def trimmed(texts: pa.Array, nulls: Sequence[str] = ("",)) -> pa.Array:
    """Return texts without white space at both ends; null where nothing or a word for nothing is left."""
    bare = pc.utf8_trim_whitespace(texts)
    nothing = pc.is_in(bare, value_set=pa.array({"", *nulls}, pa.string()))
    return pc.if_else(nothing, None, bare)


# -- numbers and truth --------------------------------------------------------------------------------


def _where(texts: pa.Array, pattern: str) -> pa.Array:
    """Return the texts that match, null for the others."""
    return pc.if_else(pc.match_substring_regex(texts, pattern), texts, None)


def integers(texts: pa.Array) -> pa.Array:
    """Return whole numbers; `12.0` counts as one."""
    matching = _where(texts, _INTEGER)
    return pc.cast(pc.replace_substring_regex(matching, r"^\+|\.0*$", ""), pa.int64())


def numbers(texts: pa.Array) -> pa.Array:
    """Return numbers as doubles; one too large for a double is none."""
    found = pc.cast(pc.replace_substring_regex(_where(texts, _NUMBER), r"^\+", ""), pa.float64())
    return pc.if_else(pc.is_finite(found), found, None)


def booleans(texts: pa.Array) -> pa.Array:
    """Return truth values of the usual English and Chinese words."""
    words = pc.utf8_lower(texts)
    yes = pc.is_in(words, value_set=pa.array(_TRUE))
    known = pc.or_(yes, pc.is_in(words, value_set=pa.array(_FALSE)))
    return pc.if_else(known, yes, None)


#: Parsers of the types that need nothing but the texts.
PARSERS: dict[FieldType, Callable[[pa.Array], pa.Array]] = {
    "text": lambda texts: texts,
    "integer": integers,
    "number": numbers,
    "boolean": booleans,
}


# -- dates and times ----------------------------------------------------------------------------------

#: The commonest form, with every day that each month has but 29 February: read without taking it apart.
_STRICT = (
    r"^[1-9][0-9]{3}-(?:02-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:0[1-9]|[12][0-9]|30)"
    r"|(?:0[13578]|1[02])-31)[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
)
#: The forms read without being told: 2018-07-04T17:24:41.5+08:00, 2018/7/4 17:24, 2018年7月4日 17时24分.
_USUAL = (
    r"^(?P<year>[1-9][0-9]{3})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?"
    r"(?:[T ]*(?P<hour>[0-9]{1,2})[:时点](?:(?P<minute>[0-9]{1,2})分?(?::?(?P<second>[0-9]{1,2})秒?"
    r"(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?)?\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_COMPACT = (
    r"^(?P<year>[1-9][0-9]{3})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:[T ]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2}))?$"
)
#: A format that stands for the forms above, so that a mapping can add to them.
ISO = "iso"


def timestamps(texts: pa.Array, *, formats: Sequence[str] = (), timezone: str = "Asia/Shanghai") -> pa.Array:
    """Return local times without a zone.

    Parameters
    ----------
    texts : texts to read
    formats : forms in strptime's notation, tried in order; the usual ISO and Chinese forms when empty
        (`iso` among them stands for those)
    timezone : zone of the result, for times that are written with a zone of their own
    """
    found = pa.nulls(len(texts), pa.timestamp("us"))
    for form in formats or (ISO,):
        left = pc.if_else(pc.is_null(found), texts, None)
        if left.null_count == len(left):
            break
        found = pc.coalesce(found, _in_form(left, form, timezone))
    return found


def dates(texts: pa.Array, *, formats: Sequence[str] = (), timezone: str = "Asia/Shanghai") -> pa.Array:
    """Return dates; a time of day is cut off."""
    return pc.cast(pc.floor_temporal(timestamps(texts, formats=formats, timezone=timezone), unit="day"),
                   pa.date32())  # fmt: skip


def _in_form(texts: pa.Array, form: str, timezone: str) -> pa.Array:
    if form != ISO:
        found = pc.strptime(texts, format=form, unit="us", error_is_null=True)
        return _of_the_calendar(found, texts, form)
    found = pc.cast(_where(texts, _STRICT), pa.timestamp("us"))
    left = pc.and_(pc.is_null(found), pc.is_valid(texts))
    if not pc.any(left, min_count=0).as_py():
        return found
    return pc.replace_with_mask(found, left, _taken_apart(texts.filter(left), timezone))


#: The days that 29 February or the 31st of a short month turn into when a parser is lax.
_AFTER_MONTH_END = (301, 302, 303, 501, 701, 1001, 1201)


def _of_the_calendar(found: pa.Array, texts: pa.Array, form: str) -> pa.Array:
    """Drop dates like 30 February: Arrow takes them for 1 March, Python does not."""
    day = pc.add(pc.multiply(pc.month(found), 100), pc.day(found))
    doubtful = pc.fill_null(pc.is_in(day, value_set=pa.array(_AFTER_MONTH_END, pa.int64())), False)
    if not pc.any(doubtful, min_count=0).as_py():
        return found
    checked = [_is_date(text, form) for text in texts.filter(doubtful).to_pylist()]
    return pc.if_else(pc.replace_with_mask(pc.is_valid(found), doubtful, pa.array(checked)), found, None)


def _is_date(text: str, form: str) -> bool:
    try:
        dt.datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _taken_apart(texts: pa.Array, timezone: str) -> pa.Array:
    usual = _from_parts(pc.extract_regex(texts, _USUAL), timezone)
    return pc.coalesce(usual, _from_parts(pc.extract_regex(texts, _COMPACT), timezone))


def _from_parts(parts: pa.Array, timezone: str) -> pa.Array:
    """Build times from the named parts of a match; null where they are no date of the calendar."""
    there = ~np.asarray(pc.is_null(parts))
    part = {name: _whole_part(parts, name, there) for name in
            ("year", "month", "day", "hour", "minute", "second")}  # fmt: skip
    good = there & (part["month"] >= 1) & (part["month"] <= 12) & (part["day"] >= 1)
    good &= (part["hour"] <= 23) & (part["minute"] <= 59) & (part["second"] <= 59)
    months = ((part["year"] - 1970) * 12 + part["month"] - 1).astype("M8[M]")
    days = months.astype("M8[D]") + (part["day"] - 1)
    good &= days.astype("M8[M]") == months
    seconds = part["hour"] * 3600 + part["minute"] * 60 + part["second"]
    times = days.astype("M8[us]") + seconds.astype("m8[s]") + _fraction(parts, there)
    return _local(pa.array(times, pa.timestamp("us"), mask=~good), parts, timezone)


def _text_part(parts: pa.Array, name: str) -> pa.Array | None:
    return pc.struct_field(parts, name) if parts.type.get_field_index(name) >= 0 else None


def _whole_part(parts: pa.Array, name: str, there: np.ndarray[tuple[int], np.dtype[np.bool_]]
                ) -> np.ndarray[tuple[int], np.dtype[np.int64]]:  # fmt: skip
    texts = _text_part(parts, name)
    if texts is None:
        return np.zeros(len(there), dtype=np.int64)
    known = pc.if_else(pc.equal(texts, ""), None, texts)
    return np.asarray(pc.fill_null(pc.cast(known, pa.int64()), 0).to_numpy(zero_copy_only=False), np.int64)


def _fraction(parts: pa.Array, there: np.ndarray[tuple[int], np.dtype[np.bool_]]
              ) -> np.ndarray[tuple[int], np.dtype[np.timedelta64]]:  # fmt: skip
    texts = _text_part(parts, "fraction")
    if texts is None:
        return np.zeros(len(there), dtype="m8[us]")
    micros = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(texts, ""), 6, "0"), 0, 6)
    return np.asarray(pc.cast(micros, pa.int64()).to_numpy(zero_copy_only=False)).astype("m8[us]")


def _local(times: pa.Array, parts: pa.Array, timezone: str) -> pa.Array:
    """Turn times that carry a zone into local ones; the others are local already."""
    zones = _text_part(parts, "zone")
    if zones is None:
        return times
    zoned = pc.and_(pc.is_valid(zones), pc.not_equal(zones, ""))
    if not pc.any(zoned).as_py():
        return times
    offsets = np.array([_minutes(zone) for zone in zones.to_pylist()], dtype="m8[m]")
    utc = pa.array(times.to_numpy(zero_copy_only=False) - offsets, pa.timestamp("us"))
    local = pc.local_timestamp(pc.assume_timezone(utc, "UTC").cast(pa.timestamp("us", timezone)))
    return pc.if_else(pc.and_(zoned, pc.is_valid(times)), local, times)


def _minutes(zone: str | None) -> int:
    if not zone or zone == "Z":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 60 + int(zone[-2:]))
