"""The search box: cells by code and name, buildings and petitions by number, people and places by name."""

from __future__ import annotations

from html import escape
from itertools import islice

import geopandas as gpd
import shapely
import streamlit as st

from gridmap import regions
from gridmap.ui import data, ground, markup, state, who
from gridmap.ui.scene import Scene
from gridmap.ui.words import level_title, say

KEY = "gm_search"
_MOST = 6
#: Names of the base map looked at: most of them may lie where whoever asks has no cells.
_MOST_NAMES = 500
#: Kinds as the query names them, with the word for each, in the order they are listed.
_KINDS = {"cell": "cell", "rental_building": "rental_building", "petition": "petition",
          "responsibility": "responsibilities", "base_place": "base_place"}  # fmt: skip


def box(scene: Scene) -> None:
    """Draw the box and, below it, what was found; a click on a row leads to where it lies."""
    words = st.text_input(
        say("search", scene.lang), key=KEY, placeholder=say("search_hint", scene.lang),
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    if words.strip():
        st.html(results(scene, words.strip()))


def results(scene: Scene, words: str) -> str:
    """Return what goes by a name or number as rows that lead to where it lies."""
    names = data.people_named(words)
    found = data.ask("search", words=words, people=list(names), on_day=scene.day, most=_MOST)
    if not who.scope().has("records"):  # where a single petition or building lies is a record
        found = found[found["kind"].isin(["cell", "responsibility"])]
    found = found.assign(title=found["title"].where(found["kind"] != "responsibility",
                                                    found["title"].map(names)))  # fmt: skip
    rows = [row for kind in _KINDS for row in found[found["kind"] == kind].to_dict("records")]
    lines = [
        line
        for row in rows
        if (line := _line(scene, row["kind"], row["title"], row["number"], row["region_id"]))
    ]
    lines += _places(scene, words)
    return f'<div class="gm-found">{"".join(lines) or markup.blank(say("nothing_found", scene.lang))}</div>'


def clear() -> None:
    """Empty the box: somebody has gone where they wanted to go."""
    if KEY in st.session_state:
        st.session_state[KEY] = ""


def here(lon: float, lat: float) -> None:
    """Go to the leaf cell in which a point lies; stay where one is when it lies in none."""
    view = state.current()
    leaves = ground.leaves(data.database().now().date())
    inside = leaves[leaves.covers(shapely.Point(lon, lat))]
    state.change(at=inside.iloc[0]["code"] if len(inside) else view.at, level="")
    st.session_state["gm_not_here"] = inside.empty


def _places(scene: Scene, words: str) -> list[str]:
    """Return roads, villages and waters that the base map names so; each leads to the cell it lies in."""
    found = data.ask("base_searched", words=words, most=_MOST_NAMES)
    if found.empty:
        return []
    points = gpd.GeoSeries.from_xy(found["x"], found["y"], crs=regions.crs_of(data.database())).to_crs(4326)
    leaves = ground.leaves(scene.day)
    cells = (leaves["region_id"][leaves.covers(point)].head(1).tolist() for point in points)
    lines = (_line(scene, "base_place", name, "", cell[0])
             for name, cell in zip(found["name"], cells, strict=True) if cell)  # fmt: skip
    return list(islice(filter(None, lines), _MOST))


def _line(scene: Scene, kind: str, title: str, number: str, region_id: int) -> str:
    cell = scene.tree.by_id.get(int(region_id))
    if cell is None:
        return ""
    sign = level_title(cell.level, scene.lang) if kind == "cell" else say(_KINDS[kind], scene.lang)
    aside = number if kind == "cell" else cell.name
    return (
        f'<div class="gm-find" data-gm-go="{escape(cell.code)}" role="button" tabindex="0">'
        f"<i>{escape(sign)}</i><b>{escape(str(title))}</b><span>{escape(str(aside))}</span></div>"
    )
