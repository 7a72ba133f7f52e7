"""The bridge: what the browser tells the pages, through one small component.

It reports the size of the window and whether WebGL is there, and passes on clicks on anything that
carries `data-gm-go`, so that rows of our own tables lead to a cell. Without it (no JavaScript for
components) everything can still be reached through the list boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from gridmap.ui.theme import Screen

KEY = "gm_bridge"


def listen(on_go: Callable[[str], None]) -> Screen:
    """Mount the bridge; return the reader's screen as far as it is known.

    Parameters
    ----------
    on_go : called with the code of a cell when a row that leads to it is clicked
    """
    component = st.components.v2.component("gridmap_bridge", js=_script())

    def passed_on() -> None:
        code = getattr(st.session_state.get(KEY), "go", None)
        if code:
            on_go(str(code))

    result = component(key=KEY, on_go_change=passed_on, on_screen_change=lambda: None)
    return screen_of(getattr(result, "screen", None))


def screen_of(told: Mapping[str, Any] | None) -> Screen:
    """Read what the browser has told of its screen; a usual desk screen when it has not.

    >>> screen_of({"width": 3840, "height": 2160, "webgl": True}).scale
    2.0
    """
    if not told:
        return Screen()
    return Screen(int(told["width"]), int(told["height"]), bool(told.get("webgl", True)))


@cache
def _script() -> str:
    return (Path(__file__).parent / "bridge.js").read_text(encoding="utf-8")
