"""Taking a boundary file drawn elsewhere into a draft: what changes cell by cell, to be accepted or left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import streamlit as st

from gridmap.errors import EditRefused, GridmapError, Refused
from gridmap.findings import Finding
from gridmap.loading.accepting import accepted, groups
from gridmap.loading.boundaries import Map
from gridmap.loading.regions import Drawing, Drawn, draw_over
from gridmap.repair import Rules
from gridmap.ui import data, formats, markup, who
from gridmap.ui.open_drafts import OpenDraft
from gridmap.ui.scene import Scene
from gridmap.ui.words import level_title, say, say_if_known

_LISTED, _TROUBLE = "gm_drawn", "gm_drawn_trouble"
_KINDS = ["gpkg", "geojson", "json", "zip", "kml", "fgb", "parquet"]
_SHOWN, _GROUPS, _NAMED = 12, 60, 3


@dataclass(frozen=True)
class Listed:
    """Hold what a file would change, until it is accepted or another one is looked at.

    Parameters
    ----------
    draft, revision : what it was compared with
    operation : what is written into the draft's steps
    today : the map of the draft
    drawn : what the file would do
    """

    draft: str
    revision: int
    operation: dict[str, Any]
    today: Map
    drawn: Drawn


def card(scene: Scene, draft: OpenDraft) -> None:
    """Ask for a file and how to read it; list what it changes, and take over what is accepted."""
    lang = scene.lang
    levels = list(dict.fromkeys(region.level for region in draft.coverage.regions.values()))
    with st.form("gm_draw", border=False):
        _uploader(lang)
        st.selectbox(say("level", lang), levels[::-1], key="gm_draw_level",
                     format_func=lambda key: level_title(key, lang))  # fmt: skip
        for field, (left, right) in (("code", ("code", "name")), ("parent", ("parent", "layer"))):
            one, other = st.columns(2, gap="small", vertical_alignment="bottom")
            one.text_input(say(f"draw_{left}", lang), value="" if field == "parent" else left,
                           key=f"gm_draw_{left}")  # fmt: skip
            other.text_input(
                say(f"draw_{right}", lang), value="" if right == "layer" else right, key=f"gm_draw_{right}"
            )
        st.checkbox(say("draw_repair", lang), key="gm_draw_repair", help=say("draw_repair_hint", lang))
        st.form_submit_button(say("draw_compare", lang), type="primary", on_click=_compare, args=(draft,))
    _say_trouble(lang)
    listed = st.session_state.get(_LISTED)
    if listed is None or listed.draft != draft.drafting.draft.name:
        st.html(markup.blank(say("draw_hint", lang)))
    elif listed.revision != draft.revision:
        st.info(say("draw_old", lang), icon=":material/info:")
    else:
        _differences(scene, draft, listed)


def _uploader(lang: str) -> None:
    """Ask for the file; the words inside the field are put there by the style sheet."""
    most = say("draw_file_limit", lang, mb=st.get_option("server.maxUploadSize"))
    choose = say("draw_choose_file", lang)
    with st.container(key="gm_upload_drawing", gap=None):
        words = f"--gm-choose-file: '{choose}'; --gm-file-limit: '{most}'"
        st.html(f"<style>.st-key-gm_upload_drawing {{ {words} }}</style>")
        st.file_uploader(say("draw_file", lang), type=_KINDS, key="gm_draw_file")


def _differences(scene: Scene, draft: OpenDraft, listed: Listed) -> None:
    """List the cells that change, those that change together under one box to accept them."""
    lang, rows = scene.lang, _rows(listed, scene.lang)
    _say_findings(listed.drawn.report.findings, lang)
    if rows.empty:
        st.html(markup.blank(say("draw_nothing", lang)))
        return
    st.html(markup.heading(say("draw_changes", lang, n=len(rows)), say("draw_together", lang)))
    heads = [say(head, lang) for head in ("cell", "what_changed", "area_m2", "mended_m2")]
    chosen: list[str] = []
    for number, group in list(rows.groupby("together"))[:_GROUPS]:
        name = say("draw_group", lang, names=", ".join(group["name"][:_NAMED]), n=len(group))
        if st.checkbox(name, value=True, key=f"gm_drawn_{listed.revision}_{number}"):
            chosen += group["code"].to_list()
        body = group[["name", "change", "area_m2", "mended_m2"]].itertuples(index=False, name=None)
        st.html(markup.table(heads, list(body), empty="", numeric=(2, 3)))
    st.button(say("draw_accept", lang, n=len(chosen)), type="primary", disabled=not chosen,
              key="gm_draw_accept", on_click=_take, args=(draft, listed, chosen))  # fmt: skip


def _rows(listed: Listed, lang: str) -> pd.DataFrame:
    """Return together, code, name, change, area_m2, mended_m2, one row per cell that changes."""
    plan, today = listed.drawn.plan, listed.today
    found = listed.drawn.report.changes
    asked = found[found["change"] != "noded"].rename(columns={"changed_m2": "mended_m2"})
    ended = today.regions.loc[list(plan.ended), ["code", "name"]].assign(change="ended")
    rows = pd.concat([asked, ended], ignore_index=True)
    named = rows["name"].fillna("")
    return rows.assign(
        together=rows["code"].map(groups(plan, today)), name=named.where(named != "", rows["code"]),
        change=[say_if_known(f"drawn_{change}", lang) for change in rows["change"]],
        area_m2=[formats.whole(area) for area in rows["area_m2"]],
        mended_m2=[formats.whole(area) for area in rows["mended_m2"]],
    ).sort_values("together", ignore_index=True)  # fmt: skip


def _compare(draft: OpenDraft) -> None:
    """Work out what the file of the form would change."""
    told = st.session_state
    told.pop(_LISTED, None)
    sent = told["gm_draw_file"]
    if sent is None:
        told[_TROUBLE] = ("draw_needs_file", "", ())
        return
    asked = {name: told[f"gm_draw_{name}"].strip() for name in ("code", "name", "parent", "layer")}
    level, repair = told["gm_draw_level"], bool(told["gm_draw_repair"])
    drawing = Drawing(level, asked["code"], asked["name"], asked["parent"] or None, None,
                      asked["layer"] or None, None)  # fmt: skip
    state = draft.drafting.state()
    today = Map.of(state.regions.reset_index(), state.leaves)
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(sent.name).name
        path.write_bytes(sent.getvalue())
        try:
            drawn = draw_over(data.desk(), path, drawing, today, rules=Rules(repair=repair))
        except Refused as fault:
            told[_TROUBLE] = ("draw_refused", str(fault), fault.findings)
            return
        except GridmapError as fault:
            told[_TROUBLE] = ("draw_unreadable", str(fault), ())
            return
    operation = {"op": "draw", "file": path.name, "level": level, "repair": repair}
    told[_LISTED] = Listed(draft.drafting.draft.name, draft.revision, operation, today, drawn)


def _take(draft: OpenDraft, listed: Listed, codes: Sequence[str]) -> None:
    """Take over the cells that were accepted."""
    told = st.session_state
    try:
        part = accepted(listed.drawn.plan, listed.today, codes)
        draft.redraw(part.opened, part.ended, listed.operation, author=who.author())
    except (EditRefused, GridmapError) as fault:
        told[_TROUBLE] = ("draw_not_taken", str(fault), ())
        return
    told.pop(_LISTED, None)
    told[_TROUBLE] = ("draw_taken", "", ())


def _say_findings(findings: Sequence[Finding], lang: str) -> None:
    rows = [(finding.message, ", ".join(finding.codes[:3])) for finding in findings[:_SHOWN]]
    if rows:
        heads = [say("draw_finding", lang), say("cell", lang)]
        st.html(
            markup.heading(say("draw_findings", lang, n=len(findings))) + markup.table(heads, rows, empty="")
        )


def _say_trouble(lang: str) -> None:
    name, detail, findings = st.session_state.pop(_TROUBLE, ("", "", ()))
    if name == "draw_taken":
        st.success(say(name, lang), icon=":material/check_circle:")
    elif name:
        st.error(f"{say(name, lang)} {detail}".strip(), icon=":material/error:")
    _say_findings(findings, lang)
