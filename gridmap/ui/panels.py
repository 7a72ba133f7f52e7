"""The cards of the pages: key figures, map, ranking, trend, compositions. Each asks, then draws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import pandas as pd
import streamlit as st

from gridmap import maps, settings
from gridmap.levels import TOTAL
from gridmap.ui import (
    base_tiles,
    cartography,
    charts,
    data,
    facts,
    film,
    formats,
    ground,
    kpis,
    markup,
    parts,
    rank,
    reconciling,
    rentals,
    state,
    who,
)
from gridmap.ui.scene import Scene
from gridmap.ui.view import DEFAULT_MEASURE, RATINGS, SHOWS, mappable
from gridmap.ui.words import level_title, measure_titles, say, title_of

_SHOWN_CATEGORIES = 7
#: How long each picture of a playing film stays.
_FILM_STEP = "1.5s"
#: What the slider of the film takes of the map's height, in rem.
_FILM_BAR = 3.6
#: The widgets of the film: whether it plays, and the step it is at.
_PLAYING, _STEP = "gm_playing", "gm_step"
#: Rows of the ranking; all of them are on the page of grid figures.
_LISTED = 200
#: Of these, the page brings so many along before it can draw by itself.
_FIRST = 30


def prepare(scene: Scene) -> None:
    """Ask for everything that the overview shows of a scene."""
    strip(scene, kpis.KEYS)
    unplaced_note(scene)
    _ranking(scene, _LISTED)
    ranking(scene, height_px=0)
    picture(scene)
    facts.outline(scene)
    base_tiles.source()
    facts.trend_steps(scene)
    _categories(scene)
    facts.ratings(scene)
    data.ask("category_list")


def key_figures(scene: Scene, keys: tuple[str, ...] = ()) -> None:
    """Draw the strip of key figures of the cell one is in: those of the view when none are named."""
    with st.container(key="gm_kpis"):
        st.html(strip(scene, keys or scene.view.strip or kpis.KEYS))


@data.made
def strip(scene: Scene, keys: tuple[str, ...]) -> str:
    """Return the strip of key figures of the cell one is in."""
    row = facts.figures_of(scene, scene.period, keys)
    before = facts.figures_before(scene, keys)
    cards = kpis.cards(row, before, preset=scene.view.period, lang=scene.lang, keys=keys)
    return markup.kpi_strip(cards, columns=min(len(cards), 8))


def unplaced_note(scene: Scene) -> str:
    """Say how many petitions of the period count in no cell of the top level; empty when there are none."""
    if scene.cell != scene.tree.top or scene.cell.level == TOTAL:
        return ""
    everything = facts.figures_at(scene, TOTAL, ("petition.received",))
    missing = everything["petition.received"].sum() - facts.figures_of(scene, scene.period).get(
        "petition.received", 0
    )
    if not missing > 0:
        return ""
    where = say("see_health", scene.lang) if who.scope().may("page.health") else ""
    return say("not_in_cells", scene.lang, n=formats.whole(missing)) + where


def map_card(scene: Scene, *, height_px: int) -> None:
    """Draw the map of the cells inside the cell one is in, with its switches and its legend."""
    with st.container(key="gm_card_map"):
        _map_switches(scene)
        if scene.view.show == "film":
            _film(scene, height_px)
        else:
            _stage(scene, picture(scene), height_px)


def ranking_card(scene: Scene, *, height_px: int) -> None:
    """Draw the ranking of the cells on the map; a click on a row leads into the cell."""
    title, note, table = _ranking(scene, _LISTED)
    with st.container(key="gm_card_ranking"):
        with st.container(key="gm_head_ranking", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(markup.heading(title, note))
            reconciling.button(scene)
        st.html(markup.tall(table, height_px - scene.screen.px(0.7)))


def ranking(scene: Scene, *, height_px: int) -> str:
    """Return the head of the ranking: what fits on a screen."""
    title, note, table = _ranking(scene, _FIRST)
    return markup.heading(title, note) + markup.tall(table, height_px)


@data.made
def _ranking(scene: Scene, most: int) -> tuple[str, str, str]:
    """Return the title of the ranking, a note, and its table."""
    measure = parts.measure_shown(scene.measure)
    fewest = settings.from_environment().min_rank_n
    rows = rank.cells_in(scene, facts.figures(scene))
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
        rank.rank_rows(shown, measure, classes, scene)[:most],
        heads=heads,
        empty=say("no_cells", scene.lang),
    )
    return title, " · ".join(notes), table


def trend_card(scene: Scene, *, height_px: int, place: str = "") -> None:
    """Draw petitions received and closed over time, with the on-time rate; `place` sets its keys apart.

    Where it stands in no other place a click on a bar looks at the days of that bar alone.
    """
    steps, own = facts.trend_steps(scene), not place
    with st.container(key=f"gm_card_{place}trend"):
        st.html(markup.heading(say("trend", scene.lang), say("trend_hint", scene.lang) if own else ""))
        if steps.empty:
            st.html(markup.blank(say("no_records", scene.lang)))
            return
        option = charts.trend(steps, lang=scene.lang, colours=scene.colours, screen=scene.screen, pick=own)
        key = f"gm_chart_{place}trend"
        if not own:
            st.echarts_chart(option, height=height_px, theme=None, key=key)
            return
        # Other days are another chart: the browser would keep the bar that was picked.
        key += f"_{scene.period.since}_{scene.period.until}"
        st.echarts_chart(option, height=height_px, theme=None, key=key,
                         on_select=lambda: _look_at_days(key, scene, list(steps["step_from"])))  # fmt: skip


def rating_card(scene: Scene, *, height_px: int, narrow: bool, place: str = "") -> None:
    """Draw the rental buildings of the cell by their rating; `place` sets its keys apart.

    Where it stands in no other place a click on a part shows the buildings of that rating on the map and in
    the ranking, another click the usual measure.
    """
    found = facts.ratings(scene)
    with st.container(key=f"gm_card_{place}ratings"):
        with st.container(
            key=f"gm_head_{place}ratings", horizontal=True, vertical_alignment="center", gap="small"
        ):
            st.html(
                markup.heading(say("ratings", scene.lang), "" if place else say("filter_hint", scene.lang))
            )
            if not place and len(found):
                rentals.button(scene)
        if found.empty:
            st.html(markup.blank(say("no_records", scene.lang)))
            return
        keys = [f"{RATINGS}.{level}" for level in found["level"]]
        chosen = keys.index(scene.view.measure) if not place and scene.view.measure in keys else None
        middle = say("buildings_n", scene.lang, n=formats.whole(found["n"].sum()))
        option = charts.shares(
            found, colours=scene.colours, screen=scene.screen, middle=middle, narrow=narrow, pick=not place,
            chosen=chosen,
        )  # fmt: skip
        if place:
            st.echarts_chart(option, height=height_px, theme=None, key=f"gm_chart_{place}ratings")
            return
        # Another choice is another chart: the browser would keep the part that was picked.
        key = f"gm_chart_ratings_{scene.cell.region_id}_{chosen}"
        st.echarts_chart(option, height=height_px, theme=None, key=key,
                         on_select=lambda: _show_rating(key, keys, chosen))  # fmt: skip


def category_card(scene: Scene, *, height_px: int) -> None:
    """Draw the petitions of the cell by category, the most frequent first; a click filters by one."""
    found = _categories(scene)
    with st.container(key="gm_card_categories"):
        hint = say("filter_hint", scene.lang) if scene.sees_small_cells else ""
        st.html(markup.heading(say("categories", scene.lang), hint))
        rows = [
            (row["value"] if scene.sees_small_cells else "", row["label"], float(row["n"]))
            for row in found.to_dict("records")
        ]
        bars = markup.filter_bars(rows, chosen=scene.view.categories, rest="gm-faint")
        st.html(markup.tall(bars or markup.blank(say("no_records", scene.lang)), height_px))


def _categories(scene: Scene) -> pd.DataFrame:
    return facts.shares(scene, "category", shown=_SHOWN_CATEGORIES, filtered=False)


def cells_as_drawn(scene: Scene) -> dict[str, Any]:
    """Return the cells of a scene as the map paints them, as GeoJSON."""
    return maps.feature_collection(picture(scene).cells, cartography.PROPERTIES)


def _map_switches(scene: Scene) -> None:
    view, lang = scene.view, scene.lang
    with st.container(key="gm_map_bar", horizontal=True, vertical_alignment="center", gap="small"):
        _switch("show", view.show, SHOWS, {name: say(name, lang) for name in SHOWS}, lang)
        if view.show in ("measure", "heat"):
            _measure_list(scene)
        below = scene.tree.levels_below(scene.cell)
        if len(below) > 1 and view.show != "coverage":
            titles = {level: level_title(level, lang) for level in below}
            _switch("level", scene.level, below, titles, lang)
        if view.show in ("measure", "film"):
            _class_breaks(scene)
        if view.show == "film":
            st.toggle(say("play", lang), key=_PLAYING)
            st.toggle(say("summed", lang), **state.bound("summed", view.summed))


def _measure_list(scene: Scene) -> None:
    """Offer every measure that a map can show, and the part of one that it shows now."""
    view, screen = scene.view, scene.screen
    keys = tuple(dict.fromkeys((*mappable(), view.measure)))
    shown = parts.measure_shown(view.measure)
    titles = {**measure_titles(scene.lang), shown.key: title_of(shown, scene.lang)}
    usual = screen.px(13.5 if screen.is_wide else 10)
    width: int | Literal["stretch"] = "stretch" if screen.is_phone else usual
    _list("measure", view.measure, keys, titles, scene.lang, width=width)


def _class_breaks(scene: Scene) -> None:
    """Offer how the classes are chosen, how many there may be, and edges of one's own."""
    view, lang = scene.view, scene.lang
    with st.popover(say(view.scheme, lang)):
        titles = {name: say(name, lang) for name in maps.SCHEMES}
        st.segmented_control(
            say("scheme", lang), maps.SCHEMES, format_func=titles.__getitem__, required=True, wrap=True,
            **state.bound("scheme", view.scheme),
        )  # fmt: skip
        if view.scheme != "own":
            st.slider(say("classes_n", lang), maps.LEAST_CLASSES, maps.MOST_CLASSES,
                      **state.bound("classes", view.classes))  # fmt: skip
            return
        st.session_state["gm_breaks"] = ", ".join(f"{edge:g}" for edge in view.breaks)
        st.text_input(
            say("breaks", lang), key="gm_breaks", placeholder="100, 500, 1000", on_change=_take_breaks
        )


def _take_breaks() -> None:
    parts = st.session_state["gm_breaks"].replace("，", ",").split(",")
    state.change(breaks=tuple(part.strip() for part in parts if part.strip()))


def _stage(scene: Scene, drawn: cartography.Picture, height_px: int) -> None:
    """Draw a map with its legend; a still one where the browser has no WebGL."""
    with st.container(key="gm_stage"):
        if scene.screen.webgl:
            draw_map(scene, drawn, height_px)
        else:
            still = maps.still_map(drawn.cells, paint=scene.colours.paint)
            st.html(markup.still(still, note=say("no_webgl", scene.lang), height_px=height_px))
        with st.container(key="gm_legend"):
            st.html(drawn.legend)


def _film(scene: Scene, height_px: int) -> None:
    """Draw the film with its time slider; while it plays, only the map is drawn anew."""
    names = film.steps(scene)
    if not names:
        st.html(markup.blank(say("no_records", scene.lang)))
        return
    playing = bool(st.session_state.get(_PLAYING))

    def draw() -> None:
        at = st.session_state.get(_STEP, names[-1])
        place = names.index(at) if at in names else len(names) - 1
        st.session_state[_STEP] = step = names[(place + playing) % len(names)]
        frame = film.frame(scene, step, summed=scene.view.summed)
        with st.container(key="gm_film_bar", horizontal=True, vertical_alignment="center", gap="medium"):
            st.html(markup.heading(frame.title), width="content")
            if len(names) > 1:
                st.select_slider(say("step", scene.lang), names, key=_STEP, label_visibility="collapsed")
        _stage(scene, frame.picture, height_px - scene.screen.px(_FILM_BAR))

    st.fragment(draw, run_every=_FILM_STEP if playing else None)()


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


@data.made
def picture(scene: Scene) -> cartography.Picture:
    """Return what the map of a scene shows."""
    if scene.view.show == "coverage":
        inside = facts.leaf_ids(scene)
        leaves = ground.leaves(scene.day, detail=scene.screen.detail)
        here = leaves[leaves["region_id"].isin(inside)]
        return cartography.by_coverage(here, scene, holes=facts.land_holes(scene))
    measure = parts.measure_shown(scene.measure)
    shapes = facts.shapes(scene)
    rows = facts.figures(scene)
    if scene.view.show == "measure":
        return cartography.by_measure(shapes, rows, measure, scene)
    surface, n = facts.heat(scene, dark=scene.colours.paint is maps.DARK)
    return cartography.by_heat(shapes, rows, measure, surface, n, scene)


def draw_map(
    scene: Scene,
    drawn: cartography.Picture,
    height_px: int,
    *,
    width_px: float | None = None,
    shift_px: float = 0,
    key: str = "gm_map",
) -> None:
    """Draw a map that leads into the cell that is clicked.

    Parameters
    ----------
    scene, drawn : what is drawn
    height_px, width_px : size of the map; as wide as on the overview when omitted
    shift_px : how far to the right of the middle the land lies
    key : name of the map on its page
    """
    show_map(_deck(scene, drawn, height_px, width_px, shift_px), height_px, key=key)


def show_map(deck: Any, height_px: int, *, key: str) -> None:
    """Show a deck; a click on a cell leads into it."""
    st.pydeck_chart(deck, height=height_px, key=key, on_select=lambda: _enter_clicked(key))


@data.made
def _deck(
    scene: Scene, drawn: cartography.Picture, height_px: int, width_px: float | None, shift_px: float
) -> maps.WrittenDeck:
    return maps.written(cartography.deck_of(
        drawn, facts.outline(scene), scene, base=base_tiles.source(), height_px=height_px,
        width_px=width_px, shift_px=shift_px,
    ))  # fmt: skip


def _look_at_days(key: str, scene: Scene, firsts: Sequence[date]) -> None:
    """Look at the days of the bar that was clicked."""
    picked = [at for series in st.session_state[key]["selection"]["selected"]
              for at in series["data_indices"]]  # fmt: skip
    if picked and picked[0] < len(firsts):
        since, until = facts.days_of_step(scene, firsts[picked[0]])
        state.change(period="custom", since=since, until=until)


def _show_rating(key: str, keys: Sequence[str], chosen: int | None) -> None:
    """Show the buildings of the rating that was clicked; once more leads back to the usual measure."""
    picked = [at for series in st.session_state[key]["selection"]["selected"]
              for at in series["data_indices"]]  # fmt: skip
    if picked and picked[0] < len(keys):
        measure = DEFAULT_MEASURE if picked[0] == chosen else keys[picked[0]]
        state.change(measure=measure, show="measure")


def _enter_clicked(key: str) -> None:
    """Drill into the cell that was clicked on the map."""
    picked = st.session_state[key]["selection"]["objects"]
    clicked = [cell for layer, cells in picked.items() if layer.startswith("cells-") for cell in cells]
    if clicked:
        state.change(at=clicked[0]["properties"]["code"], level="")
