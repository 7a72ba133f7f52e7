"""Links to what can be taken away on paper: pictures of maps and charts, the monthly report.

The server makes them when they are asked for; the address says all of it, so that it can be sent on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from gridmap.periods import month_before
from gridmap.ui import state
from gridmap.ui.scene import Scene
from gridmap.ui.words import say

_MONTHS = 13


def picture_button(scene: Scene, *pictures: str) -> None:
    """Draw the button behind which pictures of the page can be taken away, each as PNG and PDF."""
    with st.popover("", icon=":material/image:", help=say("as_picture", scene.lang)):
        rows = [(say(f"picture_{what}", scene.lang), _picture_links(scene, what)) for what in pictures]
        st.html(_links(say("as_picture", scene.lang), rows))


def report_button(scene: Scene) -> None:
    """Draw the button behind which the monthly report of the cell one is in can be taken away."""
    lang = scene.lang
    label = "" if scene.screen.is_phone else say("monthly_report", lang)
    with st.popover(label, icon=":material/description:", help=say("monthly_report", lang)):
        months = months_over(scene.now.date())
        month = st.selectbox(say("month", lang), months, key="gm_report_month")
        rows = [(say(f"report_{other}", lang), _report_links(scene, month, other)) for other in ("zh", "en")]
        st.html(_links(say("monthly_report_note", lang), rows))


def board_button(scene: Scene) -> None:
    """Draw the button behind which the notice board of the cell one is in can be taken away."""
    lang = scene.lang
    if not scene.cell.code:
        return
    with st.popover(say("notice_board", lang), icon=":material/developer_board:"):
        rows = [(say(f"report_{other}", lang), _board_links(scene, other)) for other in ("zh", "en")]
        st.html(_links(say("notice_board_note", lang), rows))


def plan_button(scene: Scene, of: str, against: str) -> None:
    """Draw the button behind which a plan can be taken away: as a map, as a list, as a change sheet.

    Parameters
    ----------
    scene : the scene
    of, against : the map and what it is compared with, as the address names them
    """
    lang = scene.lang
    with st.popover(say("plan_files", lang), icon=":material/download:"):
        own, both = {"of": of, "lang": lang}, {"of": of, "against": against, "lang": lang}
        st.html(_links(say("plan_files_note", lang), [
            (say("plan_sheet", lang), _plan_links(both, {"PDF": "pdf", "Word": "docx"})),
            (say("plan_qgis", lang), _plan_links(both, {"GeoPackage": "gpkg"})),
            (say("plan_layer", lang), _plan_links(own, {"GeoJSON": "geojson", "Shapefile": "shp.zip"})),
            (say("plan_buildings", lang), _plan_links(own, {"CSV": "csv"})),
        ]))  # fmt: skip


def _plan_links(asked: Mapping[str, str], forms: Mapping[str, str]) -> dict[str, str]:
    return {word: f"/api/plan.{form}?{urlencode(asked)}" for word, form in forms.items()}


def _board_links(scene: Scene, lang: str) -> dict[str, str]:
    return {paper.upper(): f"/api/board/{scene.cell.code}.pdf?{urlencode({'paper': paper, 'lang': lang})}"
            for paper in ("a3", "a1")}  # fmt: skip


def _picture_links(scene: Scene, what: str) -> dict[str, str]:
    asked = urlencode(state.params_of(scene.view), doseq=True)
    return {form.upper(): f"/api/picture/{what}.{form}?{asked}" for form in ("png", "pdf")}


def _report_links(scene: Scene, month: str, lang: str) -> dict[str, str]:
    level = scene.level if scene.level in scene.tree.levels_below(scene.cell) else ""
    asked = urlencode({"at": scene.cell.code, "level": level, "lang": lang})
    forms = {"PDF": "pdf", "Word": "docx"}
    return {name: f"/api/report/{month}.{form}?{asked}" for name, form in forms.items()}


def _links(title: str, rows: Sequence[tuple[str, Mapping[str, str]]]) -> str:
    lines = "".join(f"<div><span>{escape(name)}</span>{_buttons(links)}</div>" for name, links in rows)
    return f'<div class="gm-papers"><b>{escape(title)}</b>{lines}</div>'


def _buttons(links: Mapping[str, str]) -> str:
    return "".join(_link(word, address) for word, address in links.items())


def _link(word: str, address: str) -> str:
    return f'<a class="gm-button" href="{escape(address)}" download>{escape(word)}</a>'


def months_over(today: date) -> list[str]:
    """Return the months that are over, as YYYY-MM, the last one first."""
    first, found = today.replace(day=1), []
    for _ in range(_MONTHS):
        first = month_before(first)
        found.append(f"{first:%Y-%m}")
    return found
