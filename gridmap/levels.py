"""Levels of the nested grids. They are data: a store may hold any ordered subset of them."""

from __future__ import annotations

from dataclasses import dataclass

from gridmap.errors import UsageError


@dataclass(frozen=True)
class Level:
    """Name one level of the hierarchy; a smaller rank lies further up."""

    key: str
    rank: int
    title_zh: str
    title_en: str


LEVELS: tuple[Level, ...] = (
    Level("city", 10, "市", "City"),
    Level("district", 20, "区", "District"),
    Level("street", 30, "街道", "Street"),
    Level("community", 40, "社区", "Community"),
    Level("block", 50, "街区", "Block"),
    Level("red_grid", 60, "红色网格", "Red grid"),
)

#: The whole store as one cell, above every level; records without a place count here only.
TOTAL = "total"
#: All levels at once, the whole store included.
EVERY = "every"

#: The lowest cells, of whatever level: where a community is not divided, the community itself.
LEAF = "leaf"


def level_named(key: str) -> Level:
    """Return the level with this key.

    Raises
    ------
    UsageError : when there is no such level; the message lists those there are
    """
    for level in LEVELS:
        if level.key == key:
            return level
    known = ", ".join(level.key for level in LEVELS)
    raise UsageError(f"There is no level '{key}'. The levels are: {known}.")


def levels_below(key: str) -> tuple[Level, ...]:
    """Return the levels further down than this one, the nearest first.

    >>> [level.key for level in levels_below("community")]
    ['block', 'red_grid']
    """
    return tuple(level for level in LEVELS if level.rank > level_named(key).rank)


def levels_above(key: str) -> tuple[Level, ...]:
    """Return the levels further up than this one, the nearest first.

    >>> [level.key for level in levels_above("community")]
    ['street', 'district', 'city']
    """
    return tuple(level for level in reversed(LEVELS) if level.rank < level_named(key).rank)
