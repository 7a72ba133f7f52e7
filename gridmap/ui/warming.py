"""Ask for what the pages show at first before anybody opens them, so that nobody waits for it.

At the start, and again whenever the store or the moment that counts as now has changed. What the store
answers is shared by all who see the whole of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from gridmap.errors import GridmapError
from gridmap.ui import base_tiles, data, facts, first, health_cards, mine, panels, theme, wall
from gridmap.ui.periods import PRESETS
from gridmap.ui.scene import Scene
from gridmap.ui.view import View

#: Seconds between two looks at the version of the store.
_LOOK_S = 5.0
#: Seconds between two times that what is free is given back.
_AFTER_S = 60.0
_NEVER = threading.Event()
_DESK = theme.Screen()


def keep_warm(until: threading.Event, *, after: Callable[[], None] | None = None) -> None:
    """Ask for what the pages show at first, and again whenever the version of the store changes.

    Parameters
    ----------
    until : ends it
    after : called each time everything has been asked for, and what was known before is gone; and every
        minute, for what is remembered changes with what people look at
    """
    known, called = "", time.monotonic()
    while not until.is_set():
        with suppress(GridmapError):
            is_new = (found := data.stamp()) != known
            if is_new:
                known = found
                warm(until)
            if after is not None and (is_new or time.monotonic() - called >= _AFTER_S):
                called = time.monotonic()
                after()
        until.wait(_LOOK_S)


def warm(until: threading.Event = _NEVER) -> None:
    """Remember the answers of the pages; a store that cannot answer is left to the pages to report.

    Parameters
    ----------
    until : ends it before all have been asked for
    """
    with suppress(GridmapError):
        begun = data.stamp()
        for prepare, scene in _in_order():
            if data.stamp() != begun or until.is_set():
                return
            prepare(scene)
        for place in base_tiles.ahead():
            if until.is_set():
                return
            base_tiles.tile(*place)


def _in_order() -> Iterator[tuple[Callable[[Scene], None], Scene]]:
    """Yield what to prepare and for which scene: the start page, steps down, its other periods."""
    usual = _scene(View())
    if usual.tree.cells.empty:
        return
    yield first.prepare, usual
    yield panels.prepare, usual
    yield wall.prepare, usual
    yield panels.prepare, _scene(View(), screen=theme.Screen(software=True))
    yield panels.prepare, _scene(View(), sees_small_cells=False)
    yield health_cards.prepare, usual
    yield mine.prepare, usual
    for level in usual.tree.levels:  # figures are asked for by level: one cell stands for all of its own
        if level != usual.cell.level:
            below = _scene(View(at=usual.tree.of_level(level)[0].code))
            yield panels.prepare, below
            yield mine.prepare, below
    for period in PRESETS:
        if period not in (usual.view.period, "custom"):
            yield panels.prepare, _scene(View(period=period))
    # Phones last: the answers are those that were asked for first, and would be the first to be let go of.
    yield first.prepare, _scene(View(), screen=theme.Screen(390, 844))


def _scene(view: View, *, screen: theme.Screen = _DESK, sees_small_cells: bool = True) -> Scene:
    return facts.scene_for(view, colours=theme.LIGHT, screen=screen, sees_small_cells=sees_small_cells)
