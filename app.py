"""The entry of the dashboards: the pages in one frame. Served by `gridmap serve`."""

from pathlib import Path

import streamlit as st

import gridmap
from gridmap.ui import frame, state, theme, who
from gridmap.ui.shell import BARE, PAGES
from gridmap.ui.words import say

st.set_page_config(
    page_title="gridmap", page_icon=theme.icon(), layout="wide", initial_sidebar_state="collapsed"
)
folder = Path(gridmap.__file__).parent / "pages"
lang = state.current().lang
frame.require_signed_in()
names = who.pages(PAGES)
pages = [st.Page(folder / f"{name}.py", title=say(name, lang), default=name == names[0]) for name in names]
page = st.navigation(pages, position="hidden")
frame.begin(pages, names, bare=page.url_path in BARE)
page.run()
