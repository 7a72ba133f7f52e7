"""What a page shows before its code has come: its key figures, as part of the page itself.

The framework's code takes seconds to come and to begin; the figures are known. So the page brings them along,
drawn as the page will draw them, and lets go of them when its own stand there (shell.js). They stand in a
shadow tree of their own: neither the style nor the scripts of the page ever meet them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from urllib.parse import urlencode

from gridmap import settings
from gridmap.ui import (
    cell_table,
    desk,
    facts,
    formats,
    health_cards,
    kpis,
    layout,
    log_card,
    markup,
    mine,
    named,
    panels,
    state,
    theme,
    wall,
    who,
)
from gridmap.ui.scene import Scene
from gridmap.ui.shell import BARE, PAGES
from gridmap.ui.view import from_params
from gridmap.ui.words import say


def figures(page: str, params: Mapping[str, Sequence[str]], *, screen: theme.Screen) -> str:
    """Return the first figures of a page as HTML; empty where there are none, or not for whoever asks.

    Parameters
    ----------
    page : name of the page; empty for the start page
    params : values of the address by name, as lists
    screen : the reader's screen as far as it is known
    """
    names = who.pages(PAGES)
    name = page or next(iter(names), "")
    view = from_params(params, lang=settings.from_environment().language)
    if name not in names or name not in _BODIES or view.draft:
        return ""
    scene = facts.scene_for(view, colours=theme.palette(view.theme), screen=screen,
                            sees_small_cells=who.scope().has("small_cells"))  # fmt: skip
    if scene.tree.cells.empty:
        return ""
    head = "" if name in BARE else _header(scene, names)
    sheet = wall.css(wall.scene_on_wall(scene)) if name in BARE else ""
    body = f'<style>{_style()}{sheet}</style><div class="gm-first">{head}{_BODIES[name](scene)}</div>'
    return f'<div id="gm-first" aria-busy="true"><template shadowrootmode="closed">{body}</template></div>'


def prepare(scene: Scene) -> None:
    """Ask for what the pages of whoever asks bring along."""
    for name in who.pages(tuple(_BODIES)):
        _BODIES[name](scene)


def _header(scene: Scene, names: Sequence[str]) -> str:
    lang = scene.lang
    when = say("as_of", lang, when=formats.moment(scene.now))
    mark = f'<div class="gm-synthetic">{escape(say("synthetic", lang))}</div>' if named.is_synthetic() else ""
    address = urlencode(state.params_of(scene.view), doseq=True)
    links = "".join(f'<a href="/{name}?{escape(address)}">{escape(say(name, lang))}</a>' for name in names)
    title = escape(named.title(lang))
    here = " › ".join(cell.name for cell in scene.tree.path(scene.cell) if cell.name)
    return (
        f'<header><div class="gm-title"><b>{title}</b><span>{escape(when)}</span></div>{mark}'
        f'<nav>{links}</nav></header><div class="gm-first-bar"><span class="gm-here">{escape(here)}</span>'
        f'<span class="gm-note">{escape(say("page_coming", lang))}</span></div>'
    )


def _overview(scene: Scene) -> str:
    sizes = layout.overview(scene.screen)
    ranking = panels.ranking(scene, height_px=sizes.ranking_px)
    strip = panels.strip(scene, scene.view.strip or kpis.KEYS)
    return f'{strip}<div class="gm-first-wide">{_card("")}{_card(ranking)}</div>{_CHARTS}'


def _mine(scene: Scene) -> str:
    return panels.strip(scene, mine.KEYS)


def _wall(scene: Scene) -> str:
    shown = wall.scene_on_wall(scene)
    sizes = wall.sizes_of(shown)
    lists = (wall.hot_list(shown, sizes), wall.late_list(shown, sizes))
    left = "".join(map(_card, lists))
    name = wall.scenes_of(shown)[0]
    return (f"{wall.title(shown, name)}{wall.strip(shown)}"
            f'<div class="gm-first-wall"><div>{left}</div>{_card("")}</div>')  # fmt: skip


def _health(scene: Scene) -> str:
    title = markup.heading(say("health", scene.lang), say("health_note", scene.lang))
    return title + health_cards.strip(scene)


def _cells(scene: Scene) -> str:
    return _card(markup.tall(cell_table.plain(scene), layout.table(scene.screen)))


def _desk(scene: Scene) -> str:
    return _card(desk.open_drafts(scene))


def _log(scene: Scene) -> str:
    title = markup.heading(say("audit", scene.lang), say("audit_note", scene.lang))
    return title + _card(log_card.newest(scene))


#: In the order in which they are asked for ahead: what takes long comes last.
_BODIES: dict[str, Callable[[Scene], str]] = {
    "overview": _overview,
    "mine": _mine,
    "desk": _desk,
    "audit": _log,
    "cells": _cells,
    "health": _health,
    "wall": _wall,
}


def _card(body: str) -> str:
    return f'<section class="st-key-gm_card">{body}</section>'


@cache
def _style() -> str:
    """Return the style of the pages, with what is set by the framework there."""
    return theme.sheet() + _OWN


_CHARTS = '<div class="gm-first-charts"><section></section><section></section><section></section></div>'
_OWN = """
*, *::before, *::after { box-sizing: border-box; }
.gm-first { position: fixed; inset: 0; z-index: 999999; overflow: hidden; padding: .75rem 1.1rem 1rem;
  background: var(--gm-page); color: var(--gm-text); font: 400 1rem/1.6 var(--gm-font);
  display: flex; flex-direction: column; gap: .65rem; }
.gm-first header { display: flex; align-items: center; gap: 1rem; min-height: 2.6rem; }
.gm-first nav { margin-left: auto; display: flex; gap: .4rem; }
.gm-first nav a { color: var(--gm-text); text-decoration: none; padding: .25rem .75rem; font-size: .95rem; }
.gm-first-bar { display: flex; align-items: center; gap: 1rem; min-height: 2.5rem; }
.gm-first-wide { display: grid; grid-template-columns: 8fr 5fr; gap: 1rem; flex: 1; min-height: 0; }
.gm-first-wall { display: grid; grid-template-columns: 13fr 37fr; gap: 1rem; flex: 1; min-height: 0; }
.gm-first-wall > div { display: flex; flex-direction: column; gap: 1rem; }
.gm-first-charts { display: grid; grid-template-columns: 8fr 5fr 5fr; gap: 1rem; height: 16.5rem; }
.gm-first section { min-height: 6rem; overflow: hidden; background: var(--gm-card);
  border: 1px solid var(--gm-line); border-radius: .7rem; }
@media (max-width: 799px) {
  .gm-first { padding: .55rem .6rem; }
  .gm-first nav, .gm-first-charts { display: none; }
  .gm-first header { flex-wrap: wrap; gap: .1rem .6rem; }
  .gm-first .gm-title { flex: 1 0 100%; }
  .gm-first-wide, .gm-first-wall { grid-template-columns: 1fr; }
}
"""
