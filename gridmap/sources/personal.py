"""Inside the child process: what says who somebody is leaves the record before anything of it is written.

Names, telephones, addresses and texts become sealed values in a file of their own; the record keeps none of
them. A remark stays with its record, scrubbed. Of rows that are set aside nothing is kept that a column of
personal data, or one that no field is fed by and that sounds like one, held.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gridmap.masking import NAME, looks_like_a_name, scrubbed
from gridmap.registers import Field, Register
from gridmap.sealing import About, Key
from gridmap.sources.source import Booleans, Chunk, raw_rows

#: The personal values of a file; `sealed` is null where the file has none, or they may not be kept.
SCHEMA = pa.schema([("row_no", pa.int64()), ("record_key", pa.string()), ("field", pa.string()),
                    ("kind", pa.string()), ("key_id", pa.string()), ("sealed", pa.binary()),
                    ("mark", pa.string()), ("shown", pa.string())])  # fmt: skip
#: Between the parts of a record's key.
BETWEEN = " · "
#: The periods of values without a day, or with one that is still to come; and of days before the first month.
OPEN, EARLIER = "open", "earlier"
FIRST_MONTH = "2015-01"
#: Table of the rows that were set aside, by which the keys that seal them are called.
ASIDE = "import_set_aside"

_SOUNDS_PERSONAL = re.compile(
    r"姓名|名字|称呼|电话|手机|号码|联系|住址|地址|门牌|身份证|证件|邮箱|微信|内容|描述|备注"
    r"|full.?name|person|petitioner|caller|contact|phone|mobile|\btel\b|address|e-?mail|id.?card|identity"
    r"|content|descr|remark|comment|narrative",
    re.IGNORECASE,
)


@dataclass
class Sealer:
    """Seal the personal values of one file.

    Parameters
    ----------
    register : what its rows are
    kinds : fields that say something of somebody, with what
    fed : columns by field
    keys : keys by period; None where they cannot be had
    kept_since : first month whose values are still kept; empty = all are
    """

    register: Register
    kinds: Mapping[str, str]
    fed: Mapping[str, str]
    keys: Mapping[str, Key] | None
    kept_since: str = ""
    too_old: int = field(default=0, init=False)
    without_key: int = field(default=0, init=False)

    @cached_property
    def sealed_fields(self) -> tuple[str, ...]:
        """Return the fields of this file whose values are sealed."""
        fed = (entry.name for entry in self.register.fields if entry.name in self.fed)
        return tuple(name for name in fed if self.kinds.get(name, "remark") != "remark")

    @cached_property
    def hidden_columns(self) -> frozenset[str]:
        """Return the columns of which a row that is set aside keeps nothing."""
        return frozenset(self.fed[name] for name in self.kinds if name in self.fed)

    @cached_property
    def columns_read(self) -> frozenset[str]:
        """Return the columns that feed a field."""
        return frozenset(self.fed.values())

    @cached_property
    def key_columns(self) -> frozenset[str]:
        """Return the columns that name a row."""
        return frozenset(self.fed[name] for name in self.register.key if name in self.fed)

    def remark(self, entry: Field, values: pa.Array) -> pa.Array:
        """Return the values of a field as the record may keep them."""
        kind = self.kinds.get(entry.name, "")
        if not kind:
            return values
        if kind != "remark":
            return pa.nulls(len(values), values.type)
        different = pc.unique(values)
        clean = pa.array([scrubbed(text) if text else text for text in different.to_pylist()], pa.string())
        return clean.take(pc.index_in(values, value_set=different))

    def sealed(self, reads: Mapping[str, pa.Array], rows: Sequence[int], usable: Booleans) -> pa.Table:
        """Return the personal values of the usable rows of a chunk; one row per row of the file and field."""
        if not self.sealed_fields:
            return SCHEMA.empty_table()
        kept = pa.array(usable)
        columns = {name: reads[name].filter(kept).to_pylist() for name in self._needed}
        numbers = pa.array(rows).filter(kept).to_pylist()
        found = list(self._each(columns, numbers))
        return pa.Table.from_pylist(found, schema=SCHEMA)

    @property
    def _needed(self) -> tuple[str, ...]:
        more = (self.register.retained_from,) if self.register.retained_from else ()
        return tuple(dict.fromkeys((*self._whose, *more, *self.sealed_fields)))

    @property
    def _whose(self) -> tuple[str, ...]:
        return self.register.person_key or self.register.key

    def _each(self, columns: Mapping[str, list[Any]], rows: Sequence[int]) -> Iterator[dict[str, Any]]:
        anchors = columns.get(self.register.retained_from, [None] * len(rows))
        named = [name for name in self.sealed_fields if self.kinds[name] in ("name", "address")]
        for at, row in enumerate(rows):
            record = BETWEEN.join(_as_text(columns[name][at]) for name in self._whose)
            period = period_of(anchors[at])
            said = {kind: [text for name in named if self.kinds[name] == kind and (text := columns[name][at])]
                    for kind in ("name", "address")}  # fmt: skip
            for name in self.sealed_fields:
                about = About(self.register.table, record, name, self.kinds[name])
                yield {"row_no": row, **self._one(columns[name][at], about, period, said)}

    def _one(
        self, value: str | None, about: About, period: str, said: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        entry: dict[str, Any] = {"record_key": about.record, "field": about.field, "kind": about.kind}
        key = self._key(period) if value else None
        if value is None or key is None:
            return {**entry, "key_id": "", "sealed": None, "mark": "", "shown": None}
        is_text = about.kind == "text"
        shown = scrubbed(value, said["name"], addresses=said["address"]) if is_text else None
        return {**entry, "key_id": key.ident, "sealed": key.sealed(value, about),
                "mark": key.mark(value, about), "shown": shown}  # fmt: skip

    def _key(self, period: str) -> Key | None:
        """Return the key of a period; count the value as lost where there is none."""
        if self.keys is None:
            self.without_key += 1
            return None
        old = period == EARLIER or (period != OPEN and period < self.kept_since)
        if old and self.kept_since:
            self.too_old += 1
            return None
        return self.keys.get(period) or self.keys[OPEN]


def period_of(moment: date | datetime | None) -> str:
    """Return the month whose key seals a value, by the day from which the time of keeping it runs.

    >>> period_of(date(2024, 5, 31)), period_of(None), period_of(date(2001, 1, 1))
    ('2024-05', 'open', 'earlier')
    """
    if moment is None:
        return OPEN
    month = f"{moment.year:04d}-{moment.month:02d}"
    return EARLIER if month < FIRST_MONTH else month


def guarded_raws(chunk: Chunk, positions: Sequence[int], sealer: Sealer) -> list[str]:
    """Return rows that are set aside as JSON, without what may say who somebody is."""
    if not positions:
        return []
    return [_guarded(json.loads(raw), sealer) for raw in raw_rows(chunk, positions)]


def guarded_misfit(raw: str, sealer: Sealer, columns: Collection[str]) -> str:
    """Return a row that cannot be read as it may be kept: of a whole line nothing where people may be in."""
    row = json.loads(raw)
    unfed = set(columns) - set(sealer.fed.values())
    if "line" in row and len(row) == 1:
        return "{}" if sealer.hidden_columns or any(map(sounds_personal, unfed)) else raw
    return _guarded(row, sealer)


def _guarded(row: Mapping[str, Any], sealer: Sealer) -> str:
    kept = {name: _kept(name, value, sealer) for name, value in row.items()}
    return json.dumps(kept, ensure_ascii=False)


def _kept(column: str, value: Any, sealer: Sealer) -> Any:
    """Return what of a value is kept: in a file with people in it, values may stand in the wrong column."""
    if column in sealer.hidden_columns:
        return None
    if column == "geometry" or not isinstance(value, str):
        return value
    if column in sealer.columns_read:
        in_place = not sealer.hidden_columns or column in sealer.key_columns
        return value if in_place else quoted(value)
    return None if sounds_personal(column) else scrubbed(value)


def sounds_personal(column: str) -> bool:
    """Return whether a column's name says that it holds personal data.

    >>> sounds_personal("投诉人手机"), sounds_personal("Incident Address"), sounds_personal("大类")
    (True, True, False)
    """
    return _SOUNDS_PERSONAL.search(column) is not None


def quoted(text: str) -> str:
    """Return the beginning of a value that is in the wrong place, for a message; not of a name or number.

    >>> quoted("昨天"), quoted("13800138000"), quoted("王小明")
    ('昨天', '〔电话〕', '〔姓名〕')
    """
    bare = scrubbed(text)
    return NAME if looks_like_a_name(bare) else bare[:60]


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)
