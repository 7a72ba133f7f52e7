"""The HTML page that everything starts from: the framework's own, with our head.

It says where the server is (so that the browser does not try addresses below a page), in which colours
to begin, and which scripts will be needed, so that they travel side by side.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit

from gridmap.ui import theme

#: The pages, in the order of the navigation; the first is the start page.
PAGES = ("overview", "mine", "wall", "cells", "desk", "health", "audit")
#: Pages without header and navigation.
BARE = ("wall",)

#: Where the framework draws.
_PLACE = '<div id="root"></div>'
_STATIC = Path(streamlit.__file__).parent / "static"
#: Scripts of the framework that the maps, charts and tables will ask for.
_SOON = ("DeckGlJsonChart.*.js", "EChartsChart.*.js")


def paths() -> tuple[str, ...]:
    """Return the addresses of the pages."""
    first, *others = PAGES
    return ("/", f"/{first}", *(f"/{name}" for name in others))


@cache
def html(lang: str) -> str:
    """Return the page as the browser first gets it.

    Parameters
    ----------
    lang : language of the screens
    """
    page = (_STATIC / "index.html").read_text(encoding="utf-8")
    named = page.replace('<html lang="en">', f'<html lang="{"zh-CN" if lang == "zh" else "en"}">')
    titled = named.replace("<title>Streamlit</title>", "<title>gridmap</title>")
    begun = titled.replace('<meta charset="UTF-8" />', f'<meta charset="UTF-8" />\n{_head()}')
    return begun.replace("</head>", f"{_soon()}</head>")


def _head() -> str:
    begin = (Path(__file__).parent / "shell.js").read_text(encoding="utf-8")
    colours = "".join(f"html[data-gm-shown={name}]{{background:{colours.page};{theme.variables(colours)}}}"
                      for name, colours in (("light", theme.LIGHT), ("dark", theme.DARK)))  # fmt: skip
    # The table draws its letters as large as they are when it begins: too late for a style of the page's own.
    return f"<script>{begin}</script>\n<style>{colours}{theme.letter_sizes()}</style>"


def _soon() -> str:
    """Return links to the code that is needed later: what begins the page goes before it."""
    files = _STATIC / "static" / "js"
    names = [path.name for pattern in _SOON for path in sorted(files.glob(pattern))]
    return "".join(f'<link rel="modulepreload" crossorigin fetchpriority="low" href="./static/js/{name}">\n'
                   for name in names)  # fmt: skip


def parted(lang: str) -> tuple[str, str]:
    """Return the page up to the place where the framework draws, and the rest: figures may stand between."""
    begin, place, end = html(lang).partition(_PLACE)
    return begin, place + end
