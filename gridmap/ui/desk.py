"""The planner's desk: the drafts, a new one, and one draft at work with what stands beside its map."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from gridmap.editing import drafts
from gridmap.editing.session import Drafting
from gridmap.errors import GridmapError
from gridmap.ui import (
    data,
    desk_draw,
    desk_impact,
    desk_publish,
    desk_versions,
    editor,
    formats,
    markup,
    papers,
    state,
    who,
)
from gridmap.ui.open_drafts import OpenDraft, opened
from gridmap.ui.scene import Scene
from gridmap.ui.view import PANELS
from gridmap.ui.words import say

_TROUBLE = "gm_desk_trouble"
_BORDER = "gm_desk_border"
#: Stands for the newest version in the list; a list box would show an absent choice as a word of its own.
_NEWEST = 0
_BESIDE = {"impact": desk_impact.card, "publish": desk_publish.card, "draw": desk_draw.card,
           "steps": desk_publish.steps_card}  # fmt: skip


def drafts_card(scene: Scene) -> None:
    """List the drafts; a button opens one."""
    found = drafts.drafts(data.database()).iloc[::-1]
    is_open = found["status"] == "open"
    with st.container(key="gm_card_drafts"):
        st.html(_drafts_heading(scene, int(is_open.sum())))
        for row in found[is_open].to_dict("records"):
            _draft_row(scene, row)
        if not is_open.any():
            st.html(markup.blank(say("no_drafts", scene.lang)))
        if not is_open.all():
            with st.expander(say("closed_drafts", scene.lang, n=int((~is_open).sum()))):
                st.html(_closed(scene, found[~is_open]))


def open_drafts(scene: Scene) -> str:
    """Return the open drafts as the page brings them along before it can draw by itself."""
    found = drafts.drafts(data.database()).iloc[::-1]
    rows = found[found["status"] == "open"].to_dict("records")
    lines = "".join(f'<div class="gm-case gm-calm"><div>{_told(row, scene.lang)}</div></div>' for row in rows)
    return _drafts_heading(scene, len(rows)) + (lines or markup.blank(say("no_drafts", scene.lang)))


def new_card(scene: Scene) -> None:
    """Ask what a new draft is called and which boundaries it begins with."""
    lang = scene.lang
    with st.container(key="gm_card_new_draft"):
        st.html(markup.heading(say("new_draft", lang)))
        with st.form("gm_new_draft", border=False):
            title, name, version, day, go = st.columns([6, 5, 6, 3, 2], vertical_alignment="bottom")
            title.text_input(
                say("draft_title", lang), key="gm_new_title", placeholder=say("draft_title_hint", lang)
            )
            name.text_input(
                say("draft_name", lang), key="gm_new_name", placeholder=say("draft_name_hint", lang)
            )
            known = desk_versions.named(lang)
            version.selectbox(
                say("draft_version", lang), [_NEWEST, *known], key="gm_new_version",
                format_func=lambda cs: say("draft_newest", lang) if cs == _NEWEST else known[cs],
            )  # fmt: skip
            day.date_input(
                say("draft_base", lang), value=scene.now.date(), key="gm_new_base", format="YYYY-MM-DD"
            )
            go.form_submit_button(say("begin_draft", lang), type="primary", on_click=_begin, width="stretch")
        _say_trouble(lang)


def at_work(scene: Scene, *, height_px: int) -> None:
    """Draw the editor of the draft of the view and what stands beside it; runs again after every edit."""
    if state.current().draft != scene.view.draft:
        st.rerun()  # another draft, or none: that is for the whole page to draw
    try:
        draft = opened(scene.view.draft)
    except GridmapError:
        _gone(scene)
        return
    _head(scene, draft)
    left, right = st.columns([9, 4], gap="small")
    with left, st.container(key="gm_editor_stage"):
        editor.mount(scene, draft, height_px=height_px)
    with right, st.container(key="gm_card_beside"):
        _beside(scene, draft, height_px=height_px)


def _beside(scene: Scene, draft: OpenDraft, *, height_px: int) -> None:
    chosen = state.current().panel or PANELS[0]
    st.segmented_control(
        say("panel", scene.lang), PANELS, format_func=lambda name: say(f"panel_{name}", scene.lang),
        required=True, label_visibility="collapsed", **state.bound("panel", chosen),
    )  # fmt: skip
    asked = editor.asked_border()
    if asked:
        st.session_state[_BORDER] = asked
    phone = scene.screen.is_phone
    inner: int | Literal["content"] = "content" if phone else height_px - scene.screen.px(4.2)
    with st.container(height=inner, border=False, key="gm_beside_body"):
        if _BORDER in st.session_state:
            desk_versions.border_of(scene, st.session_state[_BORDER], on_close=_close_border)
        _BESIDE[chosen](scene, draft)


def _head(scene: Scene, draft: OpenDraft) -> None:
    told, (version, day) = draft.drafting.draft, draft.drafting.standing
    with st.container(key="gm_bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(say("desk", scene.lang), icon=":material/arrow_back:", type="tertiary",
                  key="gm_leave_draft", on_click=state.change, kwargs={"draft": "", "panel": ""})  # fmt: skip
        base = say("draft_head", scene.lang, cs=version, day=formats.day(day),
                   n=len(draft.drafting.done))  # fmt: skip
        st.html(markup.heading(told.title, base), width="content")
        papers.plan_button(scene, f"draft:{told.name}", "today")
        if told.status != "open":
            st.html(
                f'<span class="gm-synthetic">{say(f"draft_{told.status}", scene.lang)}</span>',
                width="content",
            )


def _drafts_heading(scene: Scene, n: int) -> str:
    return markup.heading(say("drafts", scene.lang), say("drafts_note", scene.lang, n=n))


def _told(row: Mapping[Hashable, Any], lang: str) -> str:
    """Write what a draft is called, who worked on it last, and on which version it stands."""
    untouched = pd.isna(row["last_at"])
    when, who = (row["created_at"], row["author"]) if untouched else (row["last_at"], row["last_author"])
    detail = say("draft_line", lang, n=row["revision"], who=who, when=formats.moment(when), cs=row["base_cs"])
    return markup.heading(str(row["title"])) + f'<div class="gm-note">{markup.text(detail)}</div>'


def _draft_row(scene: Scene, row: Mapping[Hashable, Any]) -> None:
    name, lang = str(row["draft"]), scene.lang
    with st.container(key=f"gm_draft_{name}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_told(row, lang))
        st.button(say("open_draft", lang), key=f"gm_open_{name}", type="primary", on_click=state.change,
                  kwargs={"draft": name})  # fmt: skip
        with st.popover("", icon=":material/more_horiz:", help=say("more", lang)):
            st.caption(say("drop_hint", lang))
            st.button(say("drop_draft", lang), key=f"gm_drop_{name}", on_click=_drop, args=(name,))


def _closed(scene: Scene, found: pd.DataFrame) -> str:
    heads = ("draft_title", "status", "version", "author")
    rows = [
        (
            row["title"],
            say(f"draft_{row['status']}", scene.lang),
            formats.whole(row["published_cs"]),
            row["author"],
        )
        for row in found.to_dict("records")
    ]
    return markup.table([say(head, scene.lang) for head in heads], rows, empty="", numeric=(2,))


def _begin() -> None:
    """Begin the draft that the form asks for and open it."""
    title = str(st.session_state["gm_new_title"]).strip()
    name = str(st.session_state["gm_new_name"]).strip() or title
    taken = name in set(drafts.drafts(data.database())["draft"])
    if not name or taken:
        st.session_state[_TROUBLE] = "draft_name_taken" if taken else "draft_needs_name"
        return
    chosen = st.session_state["gm_new_version"]
    version = None if chosen == _NEWEST else chosen
    day = st.session_state["gm_new_base"] if version is None else None
    try:
        Drafting.begin(data.database(), name, title=title, on=day, version=version, author=who.author())
    except GridmapError:
        st.session_state[_TROUBLE] = "draft_no_base"
        return
    data.note("draft.begin", object_=name)
    state.change(draft=name)


def _drop(name: str) -> None:
    try:
        drafts.drop(data.database(), name)
    except GridmapError:
        st.session_state[_TROUBLE] = "draft_is_closed"
        return
    data.note("draft.drop", object_=name)


def _close_border() -> None:
    st.session_state.pop(_BORDER, None)


def _say_trouble(lang: str) -> None:
    trouble = st.session_state.pop(_TROUBLE, "")
    if trouble:
        st.error(say(trouble, lang), icon=":material/error:")


def _gone(scene: Scene) -> None:
    with st.container(key="gm_card_gone"):
        st.html(markup.blank(say("draft_gone", scene.lang, draft=scene.view.draft)))
        st.button(say("desk", scene.lang), on_click=state.change, kwargs={"draft": ""})
