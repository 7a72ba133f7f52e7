"""The gazetteer: finds regions by code and by name, with and without the suffixes people add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from gridmap.levels import LEVELS
from gridmap.periods import OPEN_FUTURE, OPEN_PAST

#: Suffixes of names, the longest first, with the level they speak of.
SUFFIXES: tuple[tuple[str, str], ...] = (
    ("街道办事处", "street"), ("街道办", "street"), ("街道", "street"),
    ("社区居民委员会", "community"), ("居民委员会", "community"), ("社区居委会", "community"),
    ("社区工作站", "community"), ("居委会", "community"), ("社区", "community"),
    ("红色网格", "red_grid"), ("街区", "block"), ("新区", "district"), ("区", "district"), ("市", "city"),
)  # fmt: skip

_ENDINGS = tuple(suffix for suffix, _ in SUFFIXES)
_RANK = {level.key: level.rank for level in LEVELS}
NOWHERE = 0

Entry = dict[str, Any]


def plain_name(name: str) -> tuple[str, str]:
    """Return a name without spaces and suffix, and the level the suffix speaks of, empty when none.

    >>> plain_name("龙田社区居民委员会")
    ('龙田', 'community')
    >>> plain_name("坪山")
    ('坪山', '')
    """
    bare = "".join(name.split())
    if not bare.endswith(_ENDINGS):
        return bare, ""
    for suffix, level in SUFFIXES:
        if bare.endswith(suffix) and len(bare) > len(suffix):
            return bare.removesuffix(suffix), level
    return bare, ""


@dataclass(frozen=True)
class Gazetteer:
    """Find the region that a code or a name stands for.

    Parameters
    ----------
    by_code, by_name : region ids by code and by plain name
    parents : every parent a region ever had
    levels : level of each region
    spans : first name, first day and day after the last of each region
    """

    by_code: Mapping[str, list[int]]
    by_name: Mapping[str, list[int]]
    parents: Mapping[int, list[int]]
    levels: Mapping[int, str]
    spans: Mapping[int, tuple[str, date, date]]

    @classmethod
    def of(cls, periods: pd.DataFrame) -> Gazetteer:
        """Build the gazetteer from all regions over time.

        Parameters
        ----------
        periods : region_id, level, code, name, parent_id, kind, valid_from, valid_to, one row per region
            and period
        """
        regions, codes, levels = (periods[name].tolist() for name in ("region_id", "code", "level"))
        named = periods[periods["kind"] != "unassigned"]
        names = [plain_name(name)[0] for name in named["name"].tolist()]
        return cls(
            by_code=_lists(codes, regions),
            by_name=_lists(names, named["region_id"].tolist()),
            parents=_lists(regions, periods["parent_id"].tolist()),
            levels=dict(zip(regions, levels, strict=True)),
            spans=_spans(periods),
        )

    def find(self, code: str | None, name: str | None, parent: str | None, *, otherwise: str) -> list[Entry]:
        """Return when a record that gives this code and these names lies in which region.

        A code goes before a name; a name must fit the parent's name where both are known; a record whose
        own region is unknown lies in its parent.

        Parameters
        ----------
        code, name : code and name of the lowest region the record names
        parent : name of the region above it
        otherwise : why the record has no better place, in words

        Returns
        -------
        Entries with region_id, valid_from, valid_to, placed_by, reason that together fill all time
        """
        if code and len(self.by_code.get(code, ())) == 1:
            return self._timeline(self.by_code[code][0], "region_code")
        if not name and not parent and not code:
            return [_nowhere(OPEN_PAST, OPEN_FUTURE, f"{otherwise} and no region named")]
        found = self._named(name, parent)
        if len(found) == 1:
            return self._timeline(found[0], "region_name")
        above = self._named(parent, None)
        if not found and len(above) == 1:
            return self._timeline(above[0], "region_name")
        what = " / ".join(part for part in (code, parent, name) if part)
        why = f"the name {what} fits {len(found)} regions" if found else f"no region is called {what}"
        return [_nowhere(OPEN_PAST, OPEN_FUTURE, why)]

    def one(self, text: str, *, above: str) -> int | None:
        """Return the one region above a level that has this code or name; None when there is not just one.

        A code goes before a name; of regions with the name at several levels the lowest is meant.
        """
        bare, level = plain_name(text)
        named = [number for number in self.by_name.get(bare, ()) if level in ("", self.levels[number])]
        for numbers in (self.by_code.get(text, ()), named):
            higher = [number for number in numbers if _RANK[self.levels[number]] < _RANK[above]]
            lowest = [
                number
                for number in higher
                if self.levels[number] == max(map(self.levels.__getitem__, higher), key=_RANK.__getitem__)
            ]
            if len(lowest) == 1:
                return lowest[0]
        return None

    def _named(self, name: str | None, parent: str | None) -> list[int]:
        """Return the lowest regions with this name below a region with the parent's name."""
        if not name:
            return []
        bare, level = plain_name(name)
        fits = [number for number in self.by_name.get(bare, ()) if not level or self.levels[number] == level]
        if parent:
            above = set(self._named(parent, None))
            fits = [number for number in fits if not above or above & self._above(number)]
        lowest = max((_RANK[self.levels[number]] for number in fits), default=0)
        return [number for number in fits if _RANK[self.levels[number]] == lowest]

    def _above(self, number: int) -> set[int]:
        parents = {int(parent) for parent in self.parents.get(number, ()) if not pd.isna(parent)}
        return parents.union(*(self._above(parent) for parent in parents)) if parents else set()

    def _timeline(self, number: int, placed_by: str) -> list[Entry]:
        """Return the region's periods, and none where it was not in force."""
        name, first, last = self.spans[number]
        entries = [{"region_id": number, "valid_from": first, "valid_to": last,
                    "placed_by": placed_by, "reason": None}]  # fmt: skip
        if first > OPEN_PAST:
            entries.insert(0, _nowhere(OPEN_PAST, first, f"{name} was not yet in force"))
        if last < OPEN_FUTURE:
            entries.append(_nowhere(last, OPEN_FUTURE, f"{name} is no longer in force"))
        return entries


def _nowhere(since: date, until: date, reason: str) -> Entry:
    return {
        "region_id": NOWHERE,
        "valid_from": since,
        "valid_to": until,
        "placed_by": "none",
        "reason": reason,
    }


def _spans(periods: pd.DataFrame) -> dict[int, tuple[str, date, date]]:
    in_order = periods.sort_values(["region_id", "valid_from"])
    first, last = (in_order.drop_duplicates("region_id", keep=kept) for kept in ("first", "last"))
    days = _days(first["valid_from"]), _days(last["valid_to"])
    return dict(
        zip(first["region_id"].tolist(), zip(first["name"].tolist(), *days, strict=True), strict=True)
    )


def _days(values: pd.Series) -> list[date]:
    days: list[date] = values.to_numpy().astype("datetime64[D]").tolist()
    return days


def _lists(keys: list[Any], numbers: list[int]) -> dict[Any, list[int]]:
    lists: dict[Any, list[int]] = {}
    for key, number in dict.fromkeys(zip(keys, numbers, strict=True)):
        lists.setdefault(key, []).append(number)
    return lists
