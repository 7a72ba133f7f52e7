"""Ask for what the start page shows before anybody opens it, so that the first reader does not wait."""

from __future__ import annotations

from contextlib import suppress

from gridmap.errors import GridmapError
from gridmap.ui import base_tiles, data, facts, theme
from gridmap.ui.scene import day_of, scene_of
from gridmap.ui.view import View


def warm() -> None:
    """Remember the answers of the start page; a store that cannot answer is left to the page to report."""
    with suppress(GridmapError):
        view, now = View(), data.now()
        scene = scene_of(
            view, tree=data.tree(day_of(view, now)), now=now, colours=theme.LIGHT, screen=theme.Screen()
        )
        if scene.tree.cells.empty:
            return
        for period in (scene.period, scene.previous or scene.period):
            facts.figures_of(scene, period)
        facts.figures(scene)
        facts.shapes(scene)
        data.outline(scene.cell, day=scene.day)
        facts.trend_steps(scene)
        facts.shares(scene, "category", shown=1)
        facts.ratings(scene)
        base_tiles.base_map()
