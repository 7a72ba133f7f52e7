"""Views kept under a name: what the address says, by whom it was kept; opened, sent on, forgotten."""

from __future__ import annotations

from datetime import datetime
from html import escape
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from gridmap.errors import GridmapError
from gridmap.ui import data, state, who
from gridmap.ui.scene import Scene
from gridmap.ui.words import say

_LONGEST_NAME = 60
_FAULT = "gm_saved_fault"


def button(scene: Scene) -> None:
    """Draw the button behind which this view can be kept and those kept before are listed."""
    lang = scene.lang
    with st.popover("", icon=":material/bookmarks:", help=say("saved_views", lang)):
        kept = views()
        st.html(f"<b>{escape(say('saved_views', lang))}</b>")
        for at, row in enumerate(kept.to_dict("records")):
            with st.container(
                key=f"gm_saved_{at}", horizontal=True, vertical_alignment="center", gap="small"
            ):
                st.html(link(row["name"], row["page"], row["address"]))
                st.button("", icon=":material/delete:", key=f"gm_forget_{at}", type="tertiary",
                          help=say("forget_view", lang), on_click=forget, args=(row["name"],))  # fmt: skip
        if kept.empty:
            st.html(f'<span class="gm-note">{escape(say("no_saved_views", lang))}</span>')
        st.text_input(say("name_of_view", lang), key="gm_view_name", max_chars=_LONGEST_NAME,
                      on_change=_keep_named)  # fmt: skip
        st.button(say("keep_view", lang), on_click=_keep_named, width="stretch")
        if fault := st.session_state.pop(_FAULT, ""):
            st.html(f'<span class="gm-note">{escape(fault)}</span>')


def views() -> pd.DataFrame:
    """Return name, page, address and saved_at of the views the reader keeps, ordered by name."""
    return data.notebook().known_rows("views/list", owner=owner())


def keep(name: str, page: str, address: str) -> None:
    """Keep a view of the reader's under a name; an earlier one of that name is replaced.

    Parameters
    ----------
    name : what the reader calls it
    page : path of the page
    address : parameters, as after the question mark
    """
    with data.notebook().noting() as tx:
        tx.run("views/save", owner=owner(), name=name, page=page, address=address, saved_at=datetime.now())


def forget(name: str) -> None:
    """Forget a view of the reader's."""
    with data.notebook().noting() as tx:
        tx.run("views/remove", owner=owner(), name=name)


def owner() -> str:
    """Return who is signed in; empty where nobody signs in, so that the views are everybody's."""
    asking = who.scope()
    return "" if asking.role in ("owner", "demo") else asking.user


def link(name: str, page: str, address: str) -> str:
    """Return the link that opens a view; it can be copied and sent like any other.

    >>> link("<a>", "/mine", "at=1")
    '<a class="gm-saved" href="/mine?at=1" target="_self">&lt;a&gt;</a>'
    """
    where = escape(f"{page}?{address}" if address else page)
    return f'<a class="gm-saved" href="{where}" target="_self">{escape(name)}</a>'


def page_of(url: str | None) -> str:
    """Return the path of the page in an address.

    >>> page_of("http://localhost:8501/mine?at=1"), page_of(None)
    ('/mine', '/')
    """
    return urlsplit(url or "").path or "/"


def _keep_named() -> None:
    name = str(st.session_state.get("gm_view_name", "")).strip()
    if not name:
        return
    try:
        keep(name, page_of(st.context.url), urlencode(state.params_of(state.current()), doseq=True))
    except GridmapError as fault:  # a snapshot, or a full disk: said, not thrown at the reader
        st.session_state[_FAULT] = str(fault)
    st.session_state["gm_view_name"] = ""
