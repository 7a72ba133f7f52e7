"""The bridge: what the browser tells the pages, through one small component.

It reports the size of the window and whether WebGL is there, and passes on clicks on anything that
carries `data-gm-go`, so that rows of our own tables lead to a cell. Without it (no JavaScript for
components) everything can still be reached through the list boxes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from gridmap.ui import words_framework
from gridmap.ui.theme import Screen
from gridmap.ui.words import say

KEY = "gm_bridge"
#: The cookie in which the browser keeps its screen, and where the session keeps it between pages.
COOKIE, _KEPT = "gm_screen", "gm_screen_known"
_PHONE = Screen(390, 844)
_SIZES = re.compile(r"(\d{2,5})x(\d{2,5})x([012])")
#: The last figure of the cookie where the processor draws for want of a graphics card; 0 without WebGL.
_BY_SOFTWARE = 2


def listen(
    on_go: Callable[[str], None],
    on_filter: Callable[[str], None],
    on_here: Callable[[float, float], None],
    *,
    lang: str,
) -> Screen:
    """Mount the bridge; return the reader's screen as far as it is known.

    Parameters
    ----------
    on_go : called with the code of a cell when a row that leads to it is clicked
    on_filter : called with the category whose bar is clicked
    on_here : called with longitude and latitude (WGS-84) when the device has said where it is
    lang : language of the page
    """
    component = st.components.v2.component("gridmap_bridge", js=_script())

    def passed_on() -> None:
        code = getattr(st.session_state.get(KEY), "go", None)
        if code:
            on_go(str(code))

    def filtered() -> None:
        category = getattr(st.session_state.get(KEY), "filter", None)
        if category:
            on_filter(str(category))

    def found() -> None:
        place = getattr(st.session_state.get(KEY), "here", None)
        if place:
            on_here(float(place["lon"]), float(place["lat"]))

    known = _known()
    told = {
        "lang": lang,
        "noLocation": say("no_location", lang),
        "labels": words_framework.labels(lang),
        "screen": {
            "width": known.width,
            "height": known.height,
            "webgl": known.webgl,
            "software": known.software,
        },
    }
    result = component(
        key=KEY, data=told, on_go_change=passed_on, on_filter_change=filtered, on_here_change=found,
        on_screen_change=lambda: None,
    )  # fmt: skip
    screen = screen_of(getattr(result, "screen", None), otherwise=known)
    st.session_state[_KEPT] = screen
    return screen


def screen_of(told: Mapping[str, Any] | None, *, otherwise: Screen | None = None) -> Screen:
    """Read what the browser has told of its screen.

    Parameters
    ----------
    told : width, height, webgl, software; None when nothing has been told
    otherwise : what to take then; a usual desk screen when omitted

    >>> screen_of({"width": 3840, "height": 2160, "webgl": True}).scale
    2.0
    """
    if not told:
        return otherwise or Screen()
    return Screen(int(told["width"]), int(told["height"]), bool(told.get("webgl", True)),
                  bool(told.get("software", False)))  # fmt: skip


def screen_kept(cookie: str, *, agent: str = "") -> Screen:
    """Read the screen from the cookie of an earlier visit, or guess it from the name of the browser.

    >>> screen_kept("390x844x1").is_phone, screen_kept("", agent="Mozilla/5.0 (iPhone) Mobile").is_phone
    (True, True)
    >>> screen_kept("1920x1080x2").detail < screen_kept("1920x1080x1").detail  # drawn by the processor
    True
    """
    found = _SIZES.fullmatch(cookie)
    if found:
        width, height, webgl = map(int, found.groups())
        return Screen(width, height, bool(webgl), webgl == _BY_SOFTWARE)
    return _PHONE if "Mobile" in agent else Screen()


def _known() -> Screen:
    """Return the screen told before in this session or at an earlier visit."""
    kept = st.session_state.get(_KEPT)
    if isinstance(kept, Screen):
        return kept
    cookie, agent = st.context.cookies.get(COOKIE, ""), st.context.headers.get("User-Agent", "")
    return screen_kept(str(cookie), agent=str(agent))


@cache
def _script() -> str:
    return (Path(__file__).parent / "bridge.js").read_text(encoding="utf-8")
