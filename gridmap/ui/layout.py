"""How high each card is, so that a page fills the reader's screen once. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gridmap.ui.theme import Screen

#: What stands above and below the map on the overview, in rem: header, filters, key figures, charts, gaps.
_AROUND_MAP = 37.0
_AROUND_TABLE = 15.0
_CHART = 12.5
_LEAST_MAP = 22.0
_AROUND_THREE = 26.8
_LEAST_TABLE = 12.0
_AROUND_CASES = 27.0
_AROUND_EDITOR, _AROUND_EDITOR_PHONE = 10.5, 19.0


@dataclass(frozen=True)
class Overview:
    """Hold the heights of the overview's cards in pixels."""

    map_px: int
    ranking_px: int
    chart_px: int


@dataclass(frozen=True)
class Mine:
    """Hold the heights of the cards of my grid in pixels."""

    cases_px: int
    inspections_px: int
    map_px: int
    trend_px: int
    visits_px: int


def mine(screen: Screen) -> Mine:
    """Return the heights of the cards of my grid: the list of petitions fills the screen."""
    free_rem = max(screen.height / screen.px(1) - _AROUND_CASES, _LEAST_MAP)
    return Mine(screen.px(free_rem), screen.px(free_rem * 0.42), screen.px(15), screen.px(10), screen.px(11))


def overview(screen: Screen) -> Overview:
    """Return the heights that make the overview fill the screen; a small screen scrolls."""
    map_rem = max(screen.height / screen.px(1) - _AROUND_MAP, _LEAST_MAP)
    # The switches above the map have no counterpart above the ranking but its heading.
    ranking_rem = map_rem + 1.4
    return Overview(screen.px(map_rem), screen.px(ranking_rem), screen.px(_CHART))


def table(screen: Screen) -> int:
    """Return the greatest height of a table that fills the page."""
    return screen.px(max(screen.height / screen.px(1) - _AROUND_TABLE, _LEAST_MAP))


def editor(screen: Screen) -> int:
    """Return the height of the map of the boundary editor."""
    around_rem = _AROUND_EDITOR_PHONE if screen.is_phone else _AROUND_EDITOR
    return screen.px(max(screen.height / screen.px(1) - around_rem, _LEAST_MAP))


def compare(screen: Screen) -> int:
    """Return the height of the map of what differs between two states."""
    return screen.px(26 if not screen.is_phone else 18)


def third_table(screen: Screen) -> int:
    """Return the height of one of three tables below each other."""
    return screen.px(max((screen.height / screen.px(1) - _AROUND_THREE) / 3, _LEAST_TABLE))
