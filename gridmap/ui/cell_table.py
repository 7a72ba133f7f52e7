"""The table of cells: any measures of any level, to read, to sort and to export."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from gridmap.levels import TOTAL
from gridmap.measures import Measure, measure_named
from gridmap.ui import data, exports, facts, formats, kpis, markup, rank, state
from gridmap.ui.scene import Scene
from gridmap.ui.view import mappable
from gridmap.ui.words import definition_of, level_title, measure_titles, say, title_of, unit_of

#: Rows that the page brings along before it can draw by itself.
_FIRST = 40


def cells_card(scene: Scene, *, height_px: int) -> None:
    """Draw chosen measures for the cells of a level as a table that can be sorted and exported."""
    keys = scene.view.columns or kpis.KEYS
    with st.container(key="gm_card_cells"):
        frame = _cell_figures(scene, keys)
        _cells_bar(scene, keys, frame)
        row_px = scene.screen.px(2.2)
        nothing = formats.DASH if scene.sees_small_cells else formats.WITHHELD
        st.dataframe(
            _shown(frame, keys, scene), height=min(height_px, row_px * (len(frame) + 1) + 4), hide_index=True,
            placeholder=nothing, column_config=_columns(keys, scene), row_height=row_px,
        )  # fmt: skip


@data.made
def plain(scene: Scene) -> str:
    """Return the first rows of the table as HTML, written as figures are everywhere."""
    keys = scene.view.columns or kpis.KEYS
    found = _cell_figures(scene, keys).head(_FIRST)
    about = ["name"] if scene.screen.is_phone else ["code", "name", "parent"]
    known = [measure_named(key) for key in keys]
    rows = [[*(str(row[name]) for name in about), *(_written(row[each.key], each, scene) for each in known)]
            for row in found.to_dict("records")]  # fmt: skip
    heads = [
        *(say(name, scene.lang) for name in about),
        *(title_of(measure, scene.lang) for measure in known),
    ]
    numeric = range(len(about), len(heads))
    return markup.table(heads, rows, empty=say("no_cells", scene.lang), numeric=numeric)


def _written(value: float, measure: Measure, scene: Scene) -> str:
    if formats.is_missing(value) and not scene.sees_small_cells:
        return formats.WITHHELD
    return kpis.written(value, measure, scene.lang)


def _cells_bar(scene: Scene, keys: Sequence[str], frame: pd.DataFrame) -> None:
    lang = scene.lang
    with st.container(key="gm_cells_bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        below = scene.tree.levels_below(scene.cell) or ((scene.level,) if scene.level else ())
        titles = measure_titles(lang)
        st.multiselect(say("measures", lang), mappable(), format_func=titles.__getitem__,
                       **state.bound("columns", list(keys)))  # fmt: skip
        if below:
            st.segmented_control(say("level", lang), below, required=True,
                                 format_func=lambda level: level_title(level, lang),
                                 **state.bound("level", scene.level))  # fmt: skip
        exports.offer(frame, f"gridmap-{scene.level or TOTAL}", lang)


def _cell_figures(scene: Scene, keys: Sequence[str]) -> pd.DataFrame:
    """Return code, name, parent and KEY, KEY.n, KEY.of for the cells of the scene."""
    found = facts.figures_at(scene, scene.level or TOTAL, keys)
    rows = rank.cells_in(scene, found)
    parents = [scene.tree.name_of(parent) for parent in rows["parent_id"]]
    parts = ("", ".n", ".of") if scene.sees_small_cells else ("", ".n", ".of", ".withheld")
    numbers = [f"{key}{part}" for key in keys for part in parts]
    return rows.assign(parent=parents)[["code", "name", "parent", *numbers]]


def _shown(frame: pd.DataFrame, keys: Sequence[str], scene: Scene) -> pd.DataFrame:
    """Return what the table on the screen shows: shares in per cent."""
    shares = {key: frame[key] * 100 for key in keys if measure_named(key).unit == "share"}
    about = ["name"] if scene.screen.is_phone else ["code", "name", "parent"]
    return frame.assign(**shares)[[*about, *keys]]


def _columns(keys: Sequence[str], scene: Scene) -> dict[str, ColumnConfig]:
    columns: dict[str, ColumnConfig] = {
        name: st.column_config.TextColumn(say(name, scene.lang), pinned=name != "parent")
        for name in ("code", "name", "parent")
    }
    for key in keys:
        measure = measure_named(key)
        unit = "%" if measure.unit == "share" else unit_of(measure, scene.lang)
        title = title_of(measure, scene.lang) + (f" ({unit})" if unit else "")
        digits = "%.1f" if measure.unit == "share" or measure.kind != "count" else "localized"
        about = definition_of(measure, scene.lang)
        columns[key] = st.column_config.NumberColumn(title, format=digits, help=about)
    return columns
