"""The cards of the pages: key figures, map, ranking, trend, compositions. Each asks, then draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from gridmap import maps, settings
from gridmap.levels import TOTAL
from gridmap.measures import measure_named
from gridmap.ui import cartography, charts, data, formats, kpis, markup, rank, state
from gridmap.ui.periods import step_of
from gridmap.ui.scene import Scene
from gridmap.ui.view import SHOWS, mappable
from gridmap.ui.words import level_title, measure_titles, say, title_of

_STEP_FORMATS = {"day": "%m-%d", "week": "%m-%d", "month": "%Y-%m"}
_SHOWN_CATEGORIES = 7
#: Rows of the ranking; all of them are on the page of grid figures.
_LISTED = 200


def key_figures(scene: Scene) -> None:
    """Draw the strip of key figures of the cell one is in."""
    row = _row(scene, scene.period)
    before = _row(scene, scene.previous) if scene.previous else None
    cards = kpis.cards(row, before, preset=scene.view.period, lang=scene.lang)
    with st.container(key="gm_kpis"):
        st.html(markup.kpi_strip(cards))


def unplaced_note(scene: Scene) -> str:
    """Say how many petitions of the period count in no cell of the top level; empty when there are none."""
    if scene.cell != scene.tree.top or scene.cell.level == TOTAL:
        return ""
    everything = data.figures(
        ("petition.received",), level=TOTAL, period=scene.period, boundaries=scene.view.boundaries,
        categories=scene.view.categories,
    )  # fmt: skip
    missing = everything["petition.received"].sum() - _row(scene, scene.period).get("petition.received", 0)
    return say("not_in_cells", scene.lang, n=formats.whole(missing)) if missing > 0 else ""


def map_card(scene: Scene, *, height_px: int) -> None:
    """Draw the map of the cells inside the cell one is in, with its switches and its legend."""
    with st.container(key="gm_card_map"):
        _map_switches(scene)
        picture = _picture(scene)
        outline = data.outline(scene.cell, day=scene.day)
        with st.container(key="gm_stage"):
            if scene.screen.webgl:
                _live_map(scene, picture, outline, height_px)
            else:
                still = maps.still_map(picture.cells, paint=scene.colours.paint)
                st.html(markup.still(still, note=say("no_webgl", scene.lang), height_px=height_px))
            with st.container(key="gm_legend"):
                st.html(picture.legend)


def ranking_card(scene: Scene, *, height_px: int) -> None:
    """Draw the ranking of the cells on the map; a click on a row leads into the cell."""
    measure = measure_named(scene.measure)
    fewest = settings.from_environment().min_rank_n
    rows = rank.cells_in(scene, _figures(scene))
    shown = rank.ranked(rows, measure, fewest=fewest)
    classes = cartography.classes_of(shown[measure.key], measure, scene)
    names = ("rank", "cell", "measure", "value", "share" if measure.kind == "count" else "n_of")
    heads = [say(name, scene.lang) for name in names]
    heads[2] = title_of(measure, scene.lang)
    title = say("ranking", scene.lang, level=level_title(scene.level or TOTAL, scene.lang))
    notes = [say("few_cases", scene.lang, n=fewest)] if measure.kind != "count" else []
    if len(shown) > _LISTED:
        notes.append(say("first_of", scene.lang, n=_LISTED, of=formats.whole(len(shown))))
    table = markup.ranking(
        rank.rank_rows(shown, measure, classes, scene)[:_LISTED],
        heads=heads,
        empty=say("no_cells", scene.lang),
    )
    with st.container(key="gm_card_ranking"):
        st.html(markup.heading(title, " · ".join(notes)) + markup.tall(table, height_px))


def trend_card(scene: Scene, *, height_px: int) -> None:
    """Draw petitions received and closed over time, with the on-time rate."""
    steps = _trend_steps(scene)
    with st.container(key="gm_card_trend"):
        st.html(markup.heading(say("trend", scene.lang)))
        if steps.empty:
            st.html(markup.blank(say("no_records", scene.lang)))
            return
        option = charts.trend(steps, lang=scene.lang, colours=scene.colours, screen=scene.screen)
        st.echarts_chart(option, height=height_px, theme=None, key="gm_chart_trend")


def rating_card(scene: Scene, *, height_px: int) -> None:
    """Draw the rental buildings of the cell by their rating."""
    parts = _ratings(scene)
    with st.container(key="gm_card_ratings"):
        st.html(markup.heading(say("ratings", scene.lang)))
        if parts.empty:
            st.html(markup.blank(say("no_records", scene.lang)))
            return
        middle = say("buildings_n", scene.lang, n=formats.whole(parts["n"].sum()))
        option = charts.shares(parts, colours=scene.colours, screen=scene.screen, middle=middle)
        st.echarts_chart(option, height=height_px, theme=None, key="gm_chart_ratings")


def category_card(scene: Scene, *, height_px: int) -> None:
    """Draw the petitions of the cell by category, the most frequent first."""
    parts = _categories(scene)
    with st.container(key="gm_card_categories"):
        st.html(markup.heading(say("categories", scene.lang)))
        if parts.empty:
            st.html(markup.blank(say("no_records", scene.lang)))
            return
        option = charts.bars(parts, colours=scene.colours, screen=scene.screen)
        st.echarts_chart(option, height=height_px, theme=None, key="gm_chart_categories")


def cells_as_drawn(scene: Scene) -> dict[str, Any]:
    """Return the cells of a scene as the map paints them, as GeoJSON."""
    return maps.feature_collection(_picture(scene).cells, cartography.PROPERTIES)


def _figures(scene: Scene, keys: tuple[str, ...] = ()) -> pd.DataFrame:
    return data.figures(
        keys or (scene.measure,), level=scene.level or TOTAL, period=scene.period,
        boundaries=scene.view.boundaries, categories=scene.view.categories,
    )  # fmt: skip


def _row(scene: Scene, period: Any) -> dict[Any, Any]:
    """Return the key figures of the cell one is in; empty when it was not there in the period."""
    rows = data.figures(
        kpis.KEYS, level=scene.cell.level, period=period, boundaries=scene.view.boundaries,
        categories=scene.view.categories,
    )  # fmt: skip
    own = rows[rows["region_id"] == scene.cell.region_id]
    return own.to_dict("records")[0] if len(own) else {}


def _map_switches(scene: Scene) -> None:
    view, lang = scene.view, scene.lang
    with st.container(key="gm_map_bar", horizontal=True, vertical_alignment="center", gap="small"):
        _switch("show", view.show, SHOWS, {name: say(name, lang) for name in SHOWS}, lang)
        if view.show != "coverage":
            titles = measure_titles(lang)
            width: int | Literal["stretch"] = "stretch" if scene.screen.is_phone else scene.screen.px(14.5)
            _list("measure", view.measure, mappable(), titles, lang, width=width)
        below = scene.tree.levels_below(scene.cell)
        if len(below) > 1 and view.show != "coverage":
            titles = {level: level_title(level, lang) for level in below}
            _switch("level", scene.level, below, titles, lang)
        if view.show == "measure":
            titles = {name: say(name, lang) for name in maps.SCHEMES}
            width = scene.screen.px(7.5 if scene.screen.is_phone else 8.5)
            _list("scheme", view.scheme, maps.SCHEMES, titles, lang, width=width)


def _switch(field: str, value: str, options: Sequence[str], titles: dict[str, str], lang: str) -> None:
    st.segmented_control(
        say(field, lang), options, format_func=titles.__getitem__, required=True,
        label_visibility="collapsed", **state.bound(field, value),
    )  # fmt: skip


def _list(
    field: str,
    value: str,
    options: Sequence[str],
    titles: dict[str, str],
    lang: str,
    *,
    width: int | Literal["stretch"],
) -> None:
    st.selectbox(
        say(field, lang), options, format_func=titles.__getitem__, width=width,
        label_visibility="collapsed", **state.bound(field, value),
    )  # fmt: skip


def _picture(scene: Scene) -> cartography.Picture:
    if scene.view.show == "coverage":
        inside = _leaf_ids(scene)
        leaves = data.leaves(scene.day)
        return cartography.by_coverage(leaves[leaves["region_id"].isin(inside)], scene)
    measure = measure_named(scene.measure)
    shapes = data.shapes(scene.level, day=scene.day, within=scene.around) if scene.level else _whole(scene)
    rows = _figures(scene)
    if scene.view.show == "measure":
        return cartography.by_measure(shapes, rows, measure, scene)
    surface, n = data.heat(
        scene.around, period=scene.period, categories=scene.view.categories,
        dark=scene.colours.paint is maps.DARK,
    )  # fmt: skip
    return cartography.by_heat(shapes, rows, measure, surface, n, scene)


def _live_map(scene: Scene, picture: cartography.Picture, outline: Any, height_px: int) -> None:
    where = urlencode({"at": scene.around.code, "day": scene.day, "v": data.stamp()})
    base = {kind: f"/api/base/{kind}.geojson?{where}" for kind in data.base_kinds()}
    deck = cartography.deck_of(picture, outline, scene, base=base, height_px=height_px)
    st.pydeck_chart(deck, height=height_px, key="gm_map", on_select=_enter_clicked)


def _enter_clicked() -> None:
    """Drill into the cell that was clicked on the map."""
    picked = st.session_state["gm_map"]["selection"]["objects"]
    clicked = [cell for layer, cells in picked.items() if layer.startswith("cells-") for cell in cells]
    if clicked:
        state.change(at=clicked[0]["properties"]["code"], level="")


def _whole(scene: Scene) -> Any:
    return data.outline(scene.cell, day=scene.day)


def _leaf_ids(scene: Scene) -> set[int]:
    levels = scene.tree.levels
    return {cell.region_id for level in levels for cell in scene.tree.within(scene.around, level)}


def _trend_steps(scene: Scene) -> pd.DataFrame:
    days = data.ask("record_days").iloc[0]
    if pd.isna(days["first_day"]):
        return pd.DataFrame()
    first, last = pd.Timestamp(days["first_day"]).date(), pd.Timestamp(days["last_day"]).date()
    step = step_of(scene.period, first=first, last=last)
    found = data.ask("trend", step=step, **_cell_params(scene), now=scene.now)
    labels = pd.to_datetime(found["step_from"]).dt.strftime(_STEP_FORMATS[step])
    return found.assign(label=labels)


def _categories(scene: Scene) -> pd.DataFrame:
    found = data.ask("category_shares", **_cell_params(scene))
    named = found.assign(label=found["category"].fillna(say("uncategorised", scene.lang)))
    rest = int(named["n"].iloc[_SHOWN_CATEGORIES:].sum())
    others = pd.DataFrame({"label": [say("others", scene.lang)], "n": [rest]}) if rest else None
    shown = named[["label", "n"]].head(_SHOWN_CATEGORIES)
    return shown if others is None else pd.concat([shown, others], ignore_index=True)


def _cell_params(scene: Scene) -> dict[str, Any]:
    return {
        "region_id": scene.cell.region_id,
        "level": scene.cell.level,
        "boundaries": scene.now.date() if scene.view.boundaries == "now" else None,
        "since": scene.period.since,
        "until": scene.period.until,
        "categories": list(scene.view.categories),
    }


def _ratings(scene: Scene) -> pd.DataFrame:
    """Return label, n and colour of each rating level found in the cell, the least risk first."""
    rows = data.figures(
        ("building.by_rating",), level=scene.cell.level, period=scene.period,
        boundaries=scene.view.boundaries, categories=(),
    )  # fmt: skip
    own = rows[rows["region_id"] == scene.cell.region_id]
    levels = data.ask("rating_levels")
    named = list(zip(levels["level"], levels[f"title_{scene.lang}"], levels["colour"], strict=True))
    named.append(("unrated", say("unrated", scene.lang), scene.colours.line))
    found = [(title, float(own[key].iloc[0]), colour) for level, title, colour in named
             if (key := f"building.by_rating.{level}") in own and len(own)]  # fmt: skip
    parts = pd.DataFrame(found, columns=["label", "n", "colour"])
    return parts[parts["n"] > 0]
