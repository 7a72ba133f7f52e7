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
    return titled.replace('<meta charset="UTF-8" />', f'<meta charset="UTF-8" />\n{_head()}')


def _head() -> str:
    begin = (Path(__file__).parent / "shell.js").read_text(encoding="utf-8")
    colours = "".join(f"html[data-gm-shown={name}]{{background:{colours.page}}}"
                      for name, colours in (("light", theme.LIGHT), ("dark", theme.DARK)))  # fmt: skip
    soon = [f'<link rel="modulepreload" crossorigin href="./static/js/{path.name}">'
            for pattern in _SOON for path in sorted((_STATIC / "static" / "js").glob(pattern))]  # fmt: skip
    return "\n".join([f"<script>{begin}</script>", f"<style>{colours}</style>", *soon])
