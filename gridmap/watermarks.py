"""Watermarks: who took a file away, when and why, inside the file itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

#: How every watermark begins.
MARK = "水印 Watermark"


@dataclass(frozen=True)
class Watermark:
    """Hold who took something away, when, and what for.

    Parameters
    ----------
    who : account, and the role it acted in
    when : the moment, by the clock of this machine
    why : what for; empty where nobody said
    """

    who: str
    when: datetime
    why: str = ""

    @property
    def line(self) -> str:
        """Return it as one line in both languages.

        >>> Watermark("zhang (leader)", datetime(2024, 7, 1, 8, 30), "周例会").line
        '水印 Watermark: zhang (leader) · 2024-07-01 08:30 · 周例会'
        """
        return f"{MARK}: {self.who} · {self.when:%Y-%m-%d %H:%M} · {self.why or '—'}"

    def below(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the watermark as its last row, in the first column.

        >>> Watermark("a", datetime(2024, 7, 1)).below(pd.DataFrame({"n": [1]}))["n"].tolist()
        [1, '水印 Watermark: a · 2024-07-01 00:00 · —']
        """
        last = [self.line, *[None] * (len(frame.columns) - 1)]
        return pd.DataFrame(
            {name: pd.Series([*frame[name], value], dtype=object)
             for name, value in zip(frame.columns, last, strict=False)},
        )  # fmt: skip


_MARK: ContextVar[Watermark | None] = ContextVar("watermark", default=None)
#: What stands at the foot of a page in a template's data.
_FEET = ("foot", "made")


@contextmanager
def marking(mark: Watermark | None) -> Iterator[None]:
    """Let everything that is written until the block ends carry a watermark."""
    token = _MARK.set(mark)
    try:
        yield
    finally:
        _MARK.reset(token)


def put(mark: Watermark | None) -> None:
    """Let everything that is written from now on, in the block of `marking` around, carry a watermark."""
    _MARK.set(mark)


def current() -> Watermark | None:
    """Return the watermark of what is written now; None where nothing is to carry one."""
    return _MARK.get()


def why() -> str:
    """Return what for it is taken that is written now; empty where nobody said."""
    mark = current()
    return mark.why if mark else ""


def last_row(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is taken away, with the watermark as its last row where there is one."""
    mark = current()
    return mark.below(frame) if mark else frame


def member() -> dict[str, str]:
    """Return the watermark as a member of a JSON object, or of what a file says of itself; empty for none."""
    mark = current()
    return {"watermark": mark.line} if mark else {}


def of_layer() -> dict[str, str]:
    """Return the option by which GDAL writes the watermark beside a layer's name; empty for none."""
    mark = current()
    return {"DESCRIPTION": mark.line} if mark else {}


def at_foot(text: str) -> str:
    """Return the foot of a page, with the watermark where there is one."""
    mark = current()
    return f"{text} · {mark.line}" if mark else text


def on_paper(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template shows, with the watermark at its foot."""
    return {name: at_foot(str(value)) if name in _FEET else value for name, value in data.items()}
