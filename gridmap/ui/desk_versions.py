"""Versions on the planner's desk: the list, what differs between two states, who changed a border."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from gridmap import maps, versions
from gridmap.editing import drafts
from gridmap.errors import GridmapError
from gridmap.levels import LEVELS
from gridmap.ui import base_tiles, cartography, data, exports, formats, markup, panels, papers, state
from gridmap.ui.open_drafts import opened
from gridmap.ui.scene import Scene
from gridmap.ui.words import level_title, say, say_if_known
from gridmap.versions import Diff, State

_PLAIN = "#8aa0b4"
#: Cells whose border only learned of a corner are left out: their land is the same.
_UNSEEN = "corners"
_MOST = 900


def versions_card(scene: Scene, *, height_px: int) -> None:
    """List the versions, the newest first."""
    found = versions.versions(data.database()).iloc[::-1]
    heads = ("version", "what_changed", "effective_on", "author", "approved_by", "document_no", "counts")
    rows = [
        (formats.whole(row["cs"]), _title(row, scene.lang), formats.day(row["effective_on"]), row["author"],
         _text(row["approved_by"]), _text(row["document"]),
         f"+{row['created']} · {row['changed']} · −{row['ended']}")
        for row in found.to_dict("records")
    ]  # fmt: skip
    with st.container(key="gm_card_versions"):
        st.html(markup.heading(say("versions", scene.lang), say("versions_note", scene.lang)))
        body = markup.table(
            [say(head, scene.lang) for head in heads], rows, empty=say("no_records", scene.lang)
        )
        st.html(markup.tall(body, height_px))


def compare_card(scene: Scene, *, height_px: int) -> None:
    """Say what differs between two versions, days or drafts: a map and a table."""
    known = _states(scene)
    before, after = _chosen(scene, known)
    with st.container(key="gm_card_compare_states"):
        st.html(markup.heading(say("compare_states", scene.lang)))
        with st.container(key="gm_compare_bar", horizontal=True, vertical_alignment="center", gap="small"):
            for field, value in (("before", before), ("after", after)):
                st.session_state[f"gm_compare_{field}"] = value
                st.selectbox(say(f"state_{field}", scene.lang), list(known), format_func=known.__getitem__,
                             key=f"gm_compare_{field}", on_change=_take)  # fmt: skip
        try:
            found = _compared(data.stamp(), before, after, _revision(before), _revision(after))
        except GridmapError as fault:
            st.html(markup.blank(str(fault)))
            return
        _differences(scene, found, height_px)


def border_of(scene: Scene, codes: tuple[str, str], *, on_close: Callable[[], None]) -> None:
    """Say who changed the border between two cells, and why: the versions, the newest first."""
    names = " | ".join(codes)
    with st.container(key="gm_border"):
        with st.container(key="gm_border_head", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(markup.heading(say("border_history", scene.lang), names))
            st.button("", icon=":material/close:", key="gm_border_close", on_click=on_close, type="tertiary",
                      help=say("ed_cancel", scene.lang))  # fmt: skip
        try:
            found = versions.border_between(data.database(), *codes)
        except GridmapError:
            st.html(markup.blank(say("border_is_new", scene.lang)))
            return
        heads = (
            "version",
            "what_changed",
            "effective_on",
            "author",
            "approved_by",
            "document_no",
            "moved_m2",
        )
        rows = [(formats.whole(row["cs"]), _title(row, scene.lang), formats.day(row["effective_on"]),
                 _text(row["author"]), _text(row["approved_by"]), _text(row["document"]),
                 formats.whole(row["moved_m2"])) for row in found.iloc[::-1].to_dict("records")]  # fmt: skip
        body = markup.table([say(head, scene.lang) for head in heads], rows, empty="")
        st.html(f'<div class="gm-sheets">{body}</div>')


def named(lang: str) -> dict[int, str]:
    """Return what every version is called, the newest first, by its number."""
    found = versions.versions(data.database()).iloc[::-1]
    return {int(row["cs"]): say("version_named", lang, cs=row["cs"], title=_title(row, lang))
            for row in found.to_dict("records")}  # fmt: skip


def _title(row: Mapping[Hashable, Any], lang: str) -> str:
    """Return what a version is called; what gridmap says in a title is in the language of the screen."""
    level, _, file = str(row["title"]).partition(": ")
    if row["kind"] in ("void", "restore"):
        return say(f"title_{row['kind']}", lang, what=file)
    known = row["kind"] == "load" and file and level in {each.key for each in LEVELS}
    return f"{level_title(level, lang)} · {file}" if known else str(row["title"])


def _states(scene: Scene) -> dict[str, str]:
    """Return what can be compared: today, the versions, the open drafts, each with its name."""
    kept = drafts.drafts(data.database())
    listed = {str(cs): name for cs, name in named(scene.lang).items()}
    drafted = {f"draft:{row['draft']}": say("draft_named", scene.lang, title=row["title"])
             for row in kept[kept["status"] == "open"].to_dict("records")}  # fmt: skip
    return {"today": say("state_today", scene.lang), **drafted, **listed}


def _chosen(scene: Scene, known: dict[str, str]) -> tuple[str, str]:
    """Return the states of the address; else today and the newest draft, or the last two versions."""
    chosen = [name for name in scene.view.compare if name in known]
    if len(chosen) == 2:
        return chosen[0], chosen[1]
    others = [name for name in known if name != "today"]
    if others and others[0].startswith("draft:"):
        return "today", others[0]
    return (others[1], others[0]) if len(others) > 1 else ("today", "today")


def _take() -> None:
    state.change(compare=(st.session_state["gm_compare_before"], st.session_state["gm_compare_after"]))


def _revision(name: str) -> int:
    return opened(name.removeprefix("draft:")).revision if name.startswith("draft:") else 0


@lru_cache(maxsize=20)
def _compared(_version: str, before: str, after: str, _first: int, _second: int) -> Diff:
    db = data.database()
    return versions.compare(db, state_of(before), state_of(after))


def state_of(name: str) -> State:
    """Return the map that a version number, a day, `today` or `draft:NAME` stands for."""
    if name.startswith("draft:"):
        return opened(name.removeprefix("draft:")).drafting.state()
    return versions.state_named(data.database(), name)


def _differences(scene: Scene, found: Diff, height_px: int) -> None:
    seen = found.cells[found.cells["change"] != _UNSEEN]
    if seen.empty:
        st.html(markup.blank(say("no_difference", scene.lang)))
        return
    left, right = st.columns([5, 6], gap="small")
    with left:
        _map(scene, found, height_px)
    with right:
        _tables(scene, found, height_px)


def _map(scene: Scene, found: Diff, height_px: int) -> None:
    """Paint the leaf cells that differ, and the land that moved over them."""
    leaves = found.cells[(found.cells["change"] != _UNSEEN) & found.cells.geometry.notna()]
    lowest = leaves[leaves["level"] == leaves["level"].iloc[-1]].head(_MOST).to_crs(4326)
    first = [str(change).split(",")[0] for change in lowest["change"]]
    rgba = [maps.rgba(maps.CHANGE_COLOURS.get(change, _PLAIN), 0.6) for change in first]
    fills = np.array(rgba, np.uint8).reshape(-1, 4)
    lines = [_changes(change, scene.lang) for change in lowest["change"]]
    shapes = lowest[["region_id", "code", "name", "geometry"]]
    counted = pd.Series(first).value_counts()
    rows = [
        (maps.CHANGE_COLOURS.get(str(change), _PLAIN), _changes(str(change), scene.lang), str(n))
        for change, n in counted.items()
    ]
    picture = cartography.Picture(cartography.painted(shapes, fills, lines), "")
    if scene.screen.webgl:
        width = scene.screen.width * (0.92 if scene.screen.is_phone else 0.4)
        deck = cartography.deck_of(picture, shapes, scene, base=base_tiles.source(), height_px=height_px,
                                   width_px=width)  # fmt: skip
        panels.show_map(deck, height_px, key="gm_compare_map")
    else:
        still = maps.still_map(picture.cells, paint=scene.colours.paint)
        st.html(markup.still(still, note=say("no_webgl", scene.lang), height_px=height_px))
    st.html(markup.swatches(say("what_changed", scene.lang), rows))


def _tables(scene: Scene, found: Diff, height_px: int) -> None:
    seen = found.cells[found.cells["change"] != _UNSEEN]
    heads = ("level", "cell", "what_changed", "area_before", "area_after", "came_from", "went_to")
    rows = [
        (level_title(row["level"], scene.lang), row["name"] or row["code"],
         _changes(row["change"], scene.lang), formats.whole(row["area_m2_before"]),
         formats.whole(row["area_m2"]), _called(row["came_from"], found), _called(row["went_to"], found))
        for row in seen.head(_MOST).to_dict("records")
    ]  # fmt: skip
    titles = [say(head, scene.lang) for head in heads]
    with st.container(key="gm_head_differences", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(markup.heading(say("differences_n", scene.lang, n=len(seen))))
        exports.offer(pd.DataFrame(rows, columns=titles), "gridmap-differences", scene.lang)
        papers.plan_button(scene, *reversed(_chosen(scene, _states(scene))))
    st.html(markup.tall(markup.table(titles, rows, empty="", numeric=(3, 4)), height_px // 2))
    moved = ("level", "from_cell", "to_cell", "area_m2", "people", "households", "petitions")
    told = [
        (level_title(row["level"], scene.lang), row["from_name"] or row["from_code"],
         row["to_name"] or row["to_code"], *(formats.whole(row[name]) for name in moved[3:]))
        for row in found.moves.head(_MOST).to_dict("records")
    ]  # fmt: skip
    if told:
        st.html(markup.heading(say("moving", scene.lang))
                + markup.tall(markup.table([say(head, scene.lang) for head in moved], told, empty="",
                                           numeric=(3, 4, 5, 6)), height_px // 3))  # fmt: skip


def _called(codes: str, found: Diff) -> str:
    """Name the regions that land came from or went to."""
    names = {str(row[f"{side}_code"]): str(row[f"{side}_name"])
             for row in found.moves.to_dict("records") for side in ("from", "to")}  # fmt: skip
    return ", ".join(names.get(code) or code for code in str(codes).split(",") if code)


def _changes(words: str, lang: str) -> str:
    return " · ".join(say_if_known(f"change_{word}", lang) for word in str(words).split(","))


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else formats.DASH
