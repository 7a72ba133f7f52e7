"""Taking a version back from the desk: what it would do is checked first, then it is put into force."""

from __future__ import annotations

import streamlit as st

from gridmap.editing.publishing import Publication, restore
from gridmap.errors import GridmapError
from gridmap.ui import data, desk_publish, desk_versions, markup, who
from gridmap.ui.scene import Scene
from gridmap.ui.words import say

_TRIED, _TROUBLE = "gm_restore_tried", "gm_restore_trouble"
_FIELDS = ("version", "void", "day", "later", "approved", "document")


def card(scene: Scene) -> None:
    """Ask which version is taken back, how and since when; say what it would do, then do it."""
    lang, known = scene.lang, desk_versions.named(scene.lang)
    with st.container(key="gm_card_restore"):
        st.html(markup.heading(say("restore", lang), say("restore_note", lang)))
        with st.form("gm_restore", border=False):
            first, second = st.columns([2, 1], gap="small")
            first.selectbox(
                say("version", lang), list(known), format_func=known.__getitem__, key="gm_restore_version"
            )
            second.date_input(
                say("effective_on", lang), value=scene.now.date(), key="gm_restore_day", format="YYYY-MM-DD"
            )
            st.checkbox(say("restore_void", lang), key="gm_restore_void")
            st.checkbox(say("restore_later", lang), key="gm_restore_later")
            left, right = st.columns(2, gap="small")
            left.text_input(say("approved_by", lang), key="gm_restore_approved")
            right.text_input(say("document_no", lang), key="gm_restore_document")
            st.form_submit_button(say("restore_try", lang), type="primary", on_click=_restore, args=(None,))
        _outcome(lang)


def _outcome(lang: str) -> None:
    """Show the checks; offer to do what was checked, with the very fields that were checked."""
    trouble = st.session_state.pop(_TROUBLE, "")
    if trouble:
        told = say("restore_refused", lang)
        st.error(f"{told} {trouble}" if lang == "en" else told, icon=":material/error:")
    if _TRIED not in st.session_state:
        return
    asked, tried = st.session_state[_TRIED]
    desk_publish.checks(tried, lang)
    if tried.cs is None and not tried.refused:
        sure = st.checkbox(say("publish_sure", lang), key="gm_restore_sure")
        st.button(say("restore_now", lang), key="gm_restore_now", type="primary", disabled=not sure,
                  on_click=_restore, args=(asked,))  # fmt: skip


def _restore(checked: dict[str, object] | None) -> None:
    """Try what the form says, or do what was checked; the outcome is kept for the next drawing."""
    told = st.session_state
    asked = checked or {name: told[f"gm_restore_{name}"] for name in _FIELDS}
    told.pop(_TRIED, None)
    try:
        told[_TRIED] = (asked, _done(asked, commit=checked is not None))
    except GridmapError as fault:
        told[_TROUBLE] = str(fault)


def _done(asked: dict[str, object], *, commit: bool) -> Publication:
    asking = who.scope()
    asking.require("command.restore")
    done = restore(
        data.desk(), int(str(asked["version"])), void=bool(asked["void"]), with_later=bool(asked["later"]),
        effective=None if asked["void"] else asked["day"],  # type: ignore[arg-type]
        approved_by=str(asked["approved"]) or None, document=str(asked["document"]) or None,
        author=who.author(), commit=commit,
    )  # fmt: skip
    if done.cs is not None:
        data.note("version.restore", object_=str(asked["version"]), detail={"version": done.cs})
    return done
