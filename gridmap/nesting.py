"""What a cell is called and where it belongs: regions, and how they nest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from shapely.geometry.base import BaseGeometry

from gridmap.levels import LEVELS


@dataclass(frozen=True)
class Region:
    """Hold what is said of a region besides its land.

    Parameters
    ----------
    code : its code, unique among the regions of a day
    name : its name
    level : its level, empty where unknown
    parent : code of the region it belongs to, empty at the top
    kind : base, dedicated or unassigned
    region_id : the store's number for it, None where it is new
    """

    code: str
    name: str = ""
    level: str = ""
    parent: str = ""
    kind: str = "base"
    region_id: int | None = None

    @property
    def rank(self) -> int | None:
        """Return how far down its level lies, None where the level is unknown."""
        return next((level.rank for level in LEVELS if level.key == self.level), None)

    @property
    def is_unassigned(self) -> bool:
        """Return whether nobody has taken charge of its land."""
        return self.kind == "unassigned"


@dataclass(frozen=True)
class Snapshot:
    """Hold a region as it was at one moment.

    Parameters
    ----------
    region : what is said of it
    land : its lattice polygon; None for a parent, whose land is the sum of its leaves
    """

    region: Region
    land: BaseGeometry | None = None


def children_of(regions: Mapping[str, Region]) -> dict[str, tuple[str, ...]]:
    """List the codes directly below each region, and below the empty code those at the top.

    >>> children_of({"A": Region("A"), "A1": Region("A1", parent="A")})
    {'': ('A',), 'A': ('A1',)}
    """
    below: dict[str, list[str]] = {}
    for code, region in regions.items():
        below.setdefault(region.parent, []).append(code)
    return {parent: tuple(codes) for parent, codes in below.items()}


def line_of(code: str, regions: Mapping[str, Region]) -> tuple[str, ...]:
    """Return a region and those above it, the nearest first; a circle ends where it began.

    >>> line_of("A1", {"A": Region("A"), "A1": Region("A1", parent="A")})
    ('A1', 'A')
    """
    line: list[str] = []
    while code and code not in line:
        line.append(code)
        code = regions[code].parent if code in regions else ""
    return tuple(line)


def regions_of(rows: pd.DataFrame) -> dict[str, Region]:
    """Turn rows of the store into regions by code.

    Parameters
    ----------
    rows : region_id, level, code, name, parent_id, kind; parents among the rows

    Raises
    ------
    KeyError : when a parent is not among the rows
    """
    code_of = {int(number): str(code) for number, code in zip(rows["region_id"], rows["code"], strict=True)}
    return {row["code"]: _region(row, code_of) for row in rows.to_dict("records")}


def _region(row: Mapping[Hashable, Any], code_of: Mapping[int, str]) -> Region:
    above = row["parent_id"]
    parent = "" if pd.isna(above) else code_of[int(above)]
    return Region(str(row["code"]), row["name"], row["level"], parent, row["kind"], int(row["region_id"]))
