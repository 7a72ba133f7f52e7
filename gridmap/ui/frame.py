"""The frame of every page: styles, header with the synthetic mark, breadcrumbs and filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from gridmap.access import role_named
from gridmap.errors import Denied, GridmapError
from gridmap.ui import (
    bridge,
    data,
    facts,
    formats,
    kpis,
    markup,
    named,
    papers,
    periods,
    saved,
    search,
    state,
    theme,
    who,
)
from gridmap.ui.scene import RUNNING, Scene
from gridmap.ui.shell import PAGES
from gridmap.ui.tree import Cell
from gridmap.ui.view import BOUNDARIES, View, mappable
from gridmap.ui.words import level_title, measure_titles, say

#: Signs of the pages in the navigation.
_ICONS = {
    "overview": "space_dashboard",
    "wall": "tv",
    "mine": "person_pin_circle",
    "cells": "table_chart",
    "desk": "edit_square",
    "health": "fact_check",
    "audit": "policy",
}


def begin(pages: Sequence[StreamlitPage], titles: Sequence[str], *, bare: bool = False) -> None:
    """Draw what is the same on every page, and keep the scene for the page.

    Parameters
    ----------
    pages : the pages of the main navigation
    titles : the word that names each of them
    bare : whether the page stands alone, without header and navigation
    """
    view = state.current()
    kind = view.theme or st.context.theme.type
    with st.container(key="gm_silent"):
        st.html(f"<style>{theme.css(kind)}</style>")
        screen = bridge.listen(_go, _toggle_category, search.here, lang=view.lang)
    scene = _scene(view, theme.palette(kind), screen)
    if not bare:
        _header(scene, pages, titles)
    if scene.tree.cells.empty:
        _nothing_yet(view.lang)
        st.stop()
    st.session_state["gm_scene"] = scene


def require_signed_in() -> None:
    """Lead to signing in, and draw nothing else, when nobody has signed in or the session has ended."""
    lang = state.current().lang
    try:
        if not who.pages(PAGES):
            raise Denied("")
    except Denied:
        way = f'<a href="/signin" target="_self">{escape(say("sign_in", lang))}</a>'
        with st.container(key="gm_card_signed_out"):
            st.html(f"<style>{theme.css(state.current().theme or st.context.theme.type)}</style>")
            st.html(f'{markup.heading(say("signed_out", lang))}<p class="gm-note">{way}</p>')
        st.stop()


def scene() -> Scene:
    """Return the scene of this run."""
    current: Scene = st.session_state["gm_scene"]
    return current


def bar(
    current: Scene, *, note: str = "", strip: bool = False, find: bool = True, pictures: Sequence[str] = ()
) -> None:
    """Draw breadcrumbs on the left, a note if there is one, and filters on the right.

    Parameters
    ----------
    current : the scene
    note : what is to be known about all figures of the page
    strip : whether the key figures of the page can be chosen
    find : whether the search box stands here; false where the page has it itself
    pictures : maps and charts of the page that can be taken away, with the monthly report; none when empty
    """
    with st.container(key="gm_bar", horizontal=True, vertical_alignment="center", gap="small"):
        _breadcrumbs(current)
        _chooser(current)
        if find:
            with st.popover("", icon=":material/search:", help=say("search", current.lang)):
                search.box(current)
        saved.button(current)
        if pictures:
            papers.picture_button(current, *pictures)
            papers.report_button(current)
        if note:
            st.html(f'<span class="gm-note">{escape(note)}</span>', width="content")
        with st.container(key="gm_filters", horizontal=True, horizontal_alignment="right",
                          vertical_alignment="center", gap="small"):  # fmt: skip
            _filters(current)
            if strip and not current.screen.is_phone:
                _strip(current)


def locate_button(current: Scene) -> None:
    """Draw the button that asks the device where it is; the bridge listens to it."""
    label = escape(say("locate", current.lang))
    st.html(f'<button type="button" class="gm-button" data-gm-locate="1">{label}</button>', width="content")
    if st.session_state.pop("gm_not_here", False):
        st.html(f'<span class="gm-note">{escape(say("not_here", current.lang))}</span>', width="content")


def title(current: Scene, name: str, *, note: str) -> None:
    """Draw the title of a page that shows the whole store, with a note."""
    with st.container(key="gm_bar"):
        st.html(markup.heading(say(name, current.lang), say(note, current.lang)))


def _go(code: str) -> None:
    search.clear()
    state.change(at=code, level="")


def _toggle_category(category: str) -> None:
    """Filter by a category; take the filter away when it is filtered by already."""
    state.change(categories=tuple(sorted({category} ^ set(state.current().categories))))


def _scene(view: View, colours: theme.Palette, screen: theme.Screen) -> Scene:
    try:
        data.look_afresh()
        return facts.scene_for(view, colours=colours, screen=screen,
                               sees_small_cells=who.scope().has("small_cells"))  # fmt: skip
    except GridmapError as fault:
        st.html(markup.heading(say("store_fault", view.lang)) + markup.blank(str(fault)))
        st.stop()


def _header(current: Scene, pages: Sequence[StreamlitPage], titles: Sequence[str]) -> None:
    lang = current.lang
    when = say("as_of", lang, when=formats.moment(current.now))
    with st.container(key="gm_header", horizontal=True, vertical_alignment="center", gap="medium"):
        title = escape(named.title(lang))
        st.html(f'<div class="gm-title"><b>{title}</b><span>{escape(when)}</span></div>', width="content")
        if named.is_synthetic():
            st.html(f'<div class="gm-synthetic">{escape(say("synthetic", lang))}</div>', width="content")
        with st.container(key="gm_nav", horizontal=True, horizontal_alignment="right",
                          vertical_alignment="center", gap="small"):  # fmt: skip
            for page, name in zip(pages, titles, strict=True):
                st.page_link(page, label=say(name, lang), icon=f":material/{_ICONS[name]}:",
                             query_params=state.params_of(current.view))  # fmt: skip
        with st.container(key="gm_tools", horizontal=True, vertical_alignment="center", gap="small",
                          width="content"):  # fmt: skip
            other = "en" if lang == "zh" else "zh"
            st.button(say("other_language", lang), key="gm_language", type="tertiary",
                      on_click=state.change, kwargs={"lang": other})  # fmt: skip
            st.html(markup.theme_switch({name: say(f"theme_{name}", lang) for name in markup.THEMES}),
                    width="content")  # fmt: skip
            st.html(_who(lang), width="content")


def _who(lang: str) -> str:
    """Write who asks, with the way to their account; where nobody signs in, say so."""
    asking = who.scope()
    if asking.role == "demo":
        note = escape(say("demo_note", lang))
        return f'<span class="gm-who" title="{note}">{escape(say("demo", lang))}</span>'
    role = role_named(asking.role)
    title = role.title_zh if lang == "zh" else role.title_en
    return (f'<a class="gm-who" href="/account?lang={lang}" target="_self" title="{escape(title)}">'
            f"{escape(asking.user)}</a>")  # fmt: skip


def _breadcrumbs(current: Scene) -> None:
    *above, here = current.tree.path(current.cell)
    with st.container(key="gm_crumbs", horizontal=True, vertical_alignment="center", gap=None,
                      width="content"):  # fmt: skip
        for cell in above:
            st.button(_name(cell, current), key=f"gm_crumb_{cell.region_id}", type="tertiary",
                      on_click=state.change, kwargs={"at": cell.code, "level": ""})  # fmt: skip
            st.html('<span class="gm-crumb">›</span>', width="content")
        st.html(f'<span class="gm-here">{escape(_name(here, current))}</span>', width="content")


def _chooser(current: Scene) -> None:
    """Offer the cells below as a list to type into: the way down without a mouse or WebGL."""
    children = current.tree.children(current.cell)
    if not children:
        return
    names = {cell.code: cell.name for cell in children}
    st.session_state["gm_go"] = None
    st.selectbox(
        say("choose_cell", current.lang), list(names), index=None, key="gm_go", label_visibility="collapsed",
        format_func=lambda code: names.get(code, code), placeholder=say("go_to", current.lang),
        width=current.screen.px(13 if current.screen.is_wide else 9.5),
        on_change=lambda: state.change(at=st.session_state["gm_go"] or "", level=""),
    )  # fmt: skip


def _filters(current: Scene) -> None:
    """Draw the filters in a row; on a phone behind one button that says what is chosen."""
    if not current.sees_small_cells:
        _month(current)
        _boundaries(current)
        return
    if not current.screen.is_phone:
        _period(current)
        with st.popover(_categories_chosen(current)):
            _categories(current)
        _boundaries(current)
        return
    with st.popover(_chosen(current), icon=":material/tune:", width="stretch"):
        _period(current)
        _boundaries(current)
        _categories(current)


def _chosen(current: Scene) -> str:
    parts = (say(current.view.period, current.lang), say(current.view.boundaries, current.lang),
             _categories_chosen(current))  # fmt: skip
    return " · ".join(parts)


def _strip(current: Scene) -> None:
    """Offer every measure of the registry for the strip of key figures."""
    titles = measure_titles(current.lang)
    with st.popover(say("measures", current.lang), icon=":material/add_chart:"):
        st.multiselect(
            say("strip", current.lang), mappable(), format_func=titles.__getitem__,
            placeholder=say("measures", current.lang),
            **state.bound("strip", list(current.view.strip or kpis.KEYS)),
        )  # fmt: skip


def _categories_chosen(current: Scene) -> str:
    chosen = current.view.categories
    return f"{say('category', current.lang)} {len(chosen)}" if chosen else say("all_categories", current.lang)


def _period(current: Scene) -> None:
    view, lang = current.view, current.lang
    st.segmented_control(
        say("period", lang), periods.PRESETS, format_func=lambda name: say(name, lang), required=True,
        label_visibility="collapsed", wrap=True, **state.bound("period", view.period),
    )  # fmt: skip
    if view.period == "custom":
        _dates(current)


def _month(current: Scene) -> None:
    """Offer the last days and the months that are over, to readers who may not see small cells."""
    months, lang = papers.months_over(current.now.date()), current.lang
    shown = RUNNING if current.is_running else f"{current.period.since:%Y-%m}"
    offered = sorted({*months, shown} - {RUNNING}, reverse=True)
    st.session_state["gm_month"] = shown
    st.selectbox(
        say("month", lang), [RUNNING, *offered] if current.may_run else offered, key="gm_month",
        format_func=lambda name: say(name, lang) if name == RUNNING else name, label_visibility="collapsed",
        width=current.screen.px(8), help=say("by_months", lang), on_change=_take_month,
    )  # fmt: skip


def _take_month() -> None:
    taken = st.session_state["gm_month"]
    if taken == RUNNING:
        state.change(period=RUNNING, since=None, until=None)
    else:
        state.change(period="custom", since=date.fromisoformat(f"{taken}-01"), until=None)


def _boundaries(current: Scene) -> None:
    view, lang = current.view, current.lang
    st.segmented_control(
        say("boundaries", lang), BOUNDARIES, format_func=lambda name: say(name, lang), required=True,
        label_visibility="collapsed", **state.bound("boundaries", view.boundaries),
    )  # fmt: skip


def _dates(current: Scene) -> None:
    today = current.now.date()
    chosen = (current.view.since or today - timedelta(days=90), current.view.until or today)
    st.session_state["gm_dates"] = chosen
    st.date_input(say("dates", current.lang), key="gm_dates", format="YYYY-MM-DD", max_value=today,
                  width=current.screen.px(16), label_visibility="collapsed",
                  on_change=_take_dates)  # fmt: skip


def _take_dates() -> None:
    chosen: tuple[date, ...] = st.session_state["gm_dates"]
    if len(chosen) == 2:
        state.change(since=chosen[0], until=chosen[1])


def _categories(current: Scene) -> None:
    lang, chosen = current.lang, current.view.categories
    known = list(data.ask("category_list")["category"])
    st.multiselect(
        say("category", lang), sorted({*known, *chosen}, key=[*known, *chosen].index),
        placeholder=say("all_categories", lang), **state.bound("categories", list(chosen)),
    )  # fmt: skip


def _name(cell: Cell, current: Scene) -> str:
    return cell.name or level_title(cell.level, current.lang)


def _nothing_yet(lang: str) -> None:
    with st.container(key="gm_card_empty"):
        st.html(markup.heading(say("empty_title", lang)) + markup.blank(say("empty_body", lang)))
