"""The leader's wall: what is hot, what is late, which land nobody covers, which buildings are dangerous.

Shows aggregates only: squares of 250 m, cells, and nothing made of fewer cases than are ranked. It draws
itself anew without anybody touching it, and goes round its scenes by the clock, so that all walls agree.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from gridmap import disclosure, maps, settings
from gridmap.measures import measure_named
from gridmap.ui import (
    cartography,
    data,
    facts,
    film,
    formats,
    ground,
    kpis,
    markup,
    named,
    panels,
    rank,
    state,
)
from gridmap.ui.scene import Scene
from gridmap.ui.view import SCENES
from gridmap.ui.words import say

#: Seconds between two looks at the store, and between two pictures of the film.
REFRESH_S, FILM_S = 10, 2
_BIN_M = 250.0
#: What is on the rise is held against so many months before.
_HOT_MONTHS = 8
_SPARK_STEPS = 12
#: Channels and categories that are named.
_SHOWN = 5
_UNCOVERED = ("unassigned", "no_person", "expired", "undivided")
#: Words for land that a row of a list has room for.
_BRIEF = {"undivided": "undivided_brief"}
_MEASURES = {"late": "petition.overdue", "load": "petition.open", "risk": "building.risk_index"}
#: In rem: title and key figures with the gaps around them, what a card has around its content, a gap, the
#: trend, a row of a list.
_AROUND, _HEADED, _GAP, _TREND, _ROW = 14.1, 3.8, 0.9, 11.5, 2.6
#: Letters on a wall are this much larger than at a desk.
_ZOOM = 1.12


@dataclass(frozen=True)
class Sizes:
    """Hold how high things are on a wall, in pixels; a panorama is more than three times as wide as high."""

    map_px: int
    trend_px: int
    long_px: int
    long_rows: int
    short_px: int
    short_rows: int
    chart_px: int
    panorama: bool


def prepare(scene: Scene) -> None:
    """Ask for everything that a wall shows of a scene, whichever picture is on."""
    shown = scene_on_wall(scene)
    strip(shown)
    for lines in (_hot_lines, _late_lines, _bare_land):
        lines(shown, 1)
    for name in SCENES:
        _picture(shown, name)
    for field in ("channel", "category"):
        _kinds(shown, field)
    facts.ratings(shown)
    facts.trend_steps(shown)


def scene_on_wall(scene: Scene) -> Scene:
    """Return the scene as drawn on a wall: everything in proportion to the screen, the moment that of now."""
    screen = scene.screen
    fit = 1.0 if screen.is_phone else min(screen.width / 1920, screen.height / 1080) * _ZOOM
    bare = replace(screen, zoom=1.0)
    # A wall is read by everybody who passes.
    return facts.scene_for(scene.view, colours=scene.colours, screen=replace(bare, zoom=fit / bare.scale),
                           sees_small_cells=False)  # fmt: skip


def sizes_of(scene: Scene) -> Sizes:
    """Return the sizes that fill the screen once."""
    screen = scene.screen
    panorama = screen.width > 3 * screen.height
    body = max(screen.height / screen.px(1) - _AROUND, 34.0)
    half, third = (body - _GAP) / 2, (body - 2 * _GAP) / 3
    trend = half - _HEADED if panorama else _TREND
    side = half if panorama else third
    long_list = (body if panorama else half) - _HEADED
    short_list = side - _HEADED - 1.7
    return Sizes(
        map_px=screen.px(body - _HEADED if panorama else body - _TREND - 2 * _HEADED - _GAP),
        trend_px=screen.px(trend),
        long_px=screen.px(long_list), long_rows=max(int(long_list / _ROW), 1),
        short_px=screen.px(short_list), short_rows=max(int(short_list / _ROW), 1),
        chart_px=screen.px(side - _HEADED), panorama=panorama,
    )  # fmt: skip


def seconds_between(scene: Scene) -> int:
    """Return how often the wall is drawn anew."""
    return FILM_S if "film" in scenes_of(scene) else REFRESH_S


def scenes_of(scene: Scene) -> tuple[str, ...]:
    """Return the scenes of the round."""
    return scene.view.scenes or SCENES


def shown_scene(scene: Scene, *, at_s: float) -> str:
    """Return which scene is on at a moment: by the clock, so that two walls side by side agree.

    Parameters
    ----------
    scene : gives the round and how long each stays
    at_s : seconds since the epoch
    """
    round_of, stays = scenes_of(scene), scene.view.rotate
    return round_of[int(at_s // stays) % len(round_of)] if stays else round_of[0]


def css(scene: Scene) -> str:
    """Return the style of the wall, its root size in proportion to the screen."""
    return f"html {{ font-size: {16 * scene.screen.scale:.2f}px !important; }}\n{_sheet()}"


def head(scene: Scene, name: str) -> None:
    """Draw the title, the name of the scene with its place in the round, and the moment of the data."""
    st.html(title(scene, name))


def title(scene: Scene, name: str) -> str:
    """Return the title, the name of the scene with its place in the round, and the moment of the data."""
    lang = scene.lang
    here = scene.cell.name if scene.cell != scene.tree.top else ""
    synthetic = f'<span class="gm-synthetic">{escape(say("synthetic", lang))}</span>'
    mark = synthetic if named.is_synthetic() else ""
    dots = "".join(f'<i class="{"gm-on" if each == name else ""}"></i>' for each in scenes_of(scene))
    up = (
        f'<a data-gm-go="{escape(_parent(scene))}" role="button" tabindex="0">↑ {escape(here)}</a>'
        if here
        else ""
    )
    when = say("as_of", lang, when=formats.moment(scene.now))
    return (
        f'<div class="gm-wall-head gm-wall"><div class="gm-wall-side">{mark}{up}</div>'
        f'<b>{escape(named.title(lang))}</b><div class="gm-wall-side"><span class="gm-dots">{dots}</span>'
        f'<span>{escape(when)}</span><a href="{escape(_overview(scene))}" target="_self">'
        f"{escape(say('leave_wall', lang))}</a></div></div>"
    )


def key_figures(scene: Scene) -> None:
    """Draw the strip of key figures, with the past of those that have one."""
    with st.container(key="gm_kpis"):
        st.html(strip(scene))


@data.made
def strip(scene: Scene) -> str:
    """Return the strip of key figures, with the past of those that have one."""
    row = facts.figures_of(scene, scene.period)
    before = facts.figures_before(scene)
    cards = kpis.cards(row, before, preset=scene.view.period, lang=scene.lang, brief=True)
    past = _past(scene)
    return markup.kpi_strip([replace(card, spark=past.get(card.key, ()), help=()) for card in cards])


def map_card(scene: Scene, name: str, sizes: Sizes) -> None:
    """Draw the map of a scene with its legend."""
    picture, note = _picture(scene, name)
    screen = scene.screen
    share = 0.95 if screen.is_phone else 0.3 if sizes.panorama else 0.46
    with st.container(key="gm_card_wall_map"):
        st.html(markup.heading(say(f"scene_{name}", scene.lang), note))
        with st.container(key="gm_stage"):
            if screen.webgl:
                panels.draw_map(
                    scene,
                    picture,
                    sizes.map_px,
                    width_px=screen.width * share,
                    shift_px=0 if screen.is_phone else screen.px(6),
                    key="gm_wall_map",
                )
            else:
                still = maps.still_map(picture.cells, paint=scene.colours.paint)
                st.html(markup.still(still, note="", height_px=sizes.map_px))
            with st.container(key="gm_legend"):
                st.html(picture.legend)


def hot_card(scene: Scene, sizes: Sizes) -> None:
    """List what is on the rise, by cell and category."""
    _card("hot", hot_list(scene, sizes))


def hot_list(scene: Scene, sizes: Sizes) -> str:
    """Return what is on the rise, by cell and category."""
    month = say("30d", scene.lang) if scene.is_running else f"{scene.period.since:%Y-%m}"
    note = say("hot_months", scene.lang, month=month)
    lines = _hot_lines(scene, sizes.long_rows)
    return _list(scene, "hot", note, lines, empty="none_hot", height_px=sizes.long_px)


@data.made
def _hot_lines(scene: Scene, most: int) -> list[str]:
    before = [data.composition("category", month) for month in facts.months_before(scene)[-_HOT_MONTHS:]]
    found = disclosure.on_the_rise(data.composition("category", scene.period), before, fewest=_fewest())
    names = {cell.region_id: cell for cell in scene.inside}
    lines = []
    for row in found[found["region_id"].isin(names)].head(most).to_dict("records"):
        cell, category = names[row["region_id"]], row["category"] or say("uncategorised", scene.lang)
        usual = say("usually", scene.lang, n=formats.decimal(row["expected"])) if row["expected"] >= 1 else ""
        lines.append(
            _line(cell.code, f"{category} · {_short(cell.name, scene)}", formats.whole(row["n"]), usual)
        )
    return lines


def late_card(scene: Scene, sizes: Sizes) -> None:
    """List the cells with the most overdue petitions."""
    _card("late", late_list(scene, sizes))


def late_list(scene: Scene, sizes: Sizes) -> str:
    """Return the cells with the most overdue petitions."""
    note, lines = say("late_note", scene.lang), _late_lines(scene, sizes.long_rows)
    return _list(scene, "late", note, lines, empty="none_late", height_px=sizes.long_px)


@data.made
def _late_lines(scene: Scene, most: int) -> list[str]:
    measure = measure_named("petition.overdue")
    found = rank.ranked(rank.cells_in(scene, facts.figures(scene, (measure.key,))), measure, fewest=_fewest())
    late = found[found[measure.key] >= _fewest()].head(most)
    return [_line(row["code"], _short(row["name"], scene), formats.whole(row[measure.key]),
                   say("of_open", scene.lang, n=formats.whole(row[f"{measure.key}.of"])), alarm=True)
             for row in late.to_dict("records")]  # fmt: skip


def land_card(scene: Scene, sizes: Sizes) -> None:
    """Show how much of the land nobody is in charge of, and the largest pieces."""
    note, bars, lines = _bare_land(scene, sizes.short_rows)
    listed = _list(scene, "bare_land", note, lines, empty="none_land", height_px=sizes.short_px, above=bars)
    _card("bare_land", listed)


@data.made
def _bare_land(scene: Scene, most: int) -> tuple[str, str, list[str]]:
    """Return a note, the classes of the land as a bar, and the largest pieces that nobody covers."""
    inside = facts.leaf_ids(scene)
    leaves = ground.leaves(scene.day, detail=scene.screen.detail)
    leaves = leaves[leaves["region_id"].isin(inside)]
    land = leaves.groupby("duty")["area_m2"].sum()
    whole = float(land.sum()) or 1.0
    parts = "".join(f'<i style="width:{float(land.get(duty, 0.0)) / whole:.2%};background:{colour}"></i>'
                    for duty, colour in maps.COVERAGE_COLOURS.items())  # fmt: skip
    bare = leaves[leaves["duty"].isin(_UNCOVERED)].sort_values("area_m2", ascending=False)
    lines = [_line(row["code"], row["name"], formats.area_km2(row["area_m2"]),
                   say(_BRIEF.get(row["duty"], row["duty"]), scene.lang))
             for row in bare.head(most).to_dict("records")]  # fmt: skip
    note = say("land_note", scene.lang, area=formats.area_km2(float(bare["area_m2"].sum())))
    return note, f'<div class="gm-bars">{parts}</div>', lines


def rating_card(scene: Scene, sizes: Sizes) -> None:
    """Draw the rental buildings by rating."""
    panels.rating_card(_lettered(scene), height_px=sizes.chart_px, narrow=True, place="wall_")


def kinds_card(scene: Scene, sizes: Sizes) -> None:
    """List the petitions by channel and by category, with their months."""
    heading = markup.heading(say("channels_and_categories", scene.lang), say("by_month", scene.lang))
    lists = "".join(_kinds(scene, field) for field in ("channel", "category"))
    _card("kinds", f'{heading}<div class="gm-kinds-of" style="height:{sizes.chart_px}px">{lists}</div>')


@data.made
def _kinds(scene: Scene, field: str) -> str:
    """Return the petitions by channel or category: of the period, and of the months that are over."""
    found = facts.shares(scene, field, shown=_SHOWN)
    if found.empty:
        return markup.blank(say("no_records", scene.lang))
    past = facts.shares_by_month(scene, field)
    return markup.kinds([(row["label"], formats.whole(row["n"]), past.get(row["value"], ()))
                         for row in found.to_dict("records")])  # fmt: skip


def trend_card(scene: Scene, sizes: Sizes) -> None:
    """Draw petitions received and closed over time, with the on-time rate."""
    panels.trend_card(_lettered(scene), height_px=sizes.trend_px, place="wall_")


def _picture(scene: Scene, name: str) -> tuple[cartography.Picture, str]:
    """Return what the map of a scene shows, and the line beside its title."""
    if name == "coverage":
        return panels.picture(replace(scene, view=replace(scene.view, show="coverage"))), ""
    as_seen = replace(scene, view=replace(scene.view, show="measure", scheme="natural"))
    if name == "film":
        frame = film.shown(as_seen, at_s=time.time(), seconds=FILM_S)
        return (frame.picture, frame.title) if frame else (panels.picture(as_seen), "")
    return _painted(as_seen, name), ""


@data.made
def _painted(scene: Scene, name: str) -> cartography.Picture:
    """Return the map of a measure or of the heat."""
    if name in _MEASURES:
        measure = measure_named(_MEASURES[name])
        shapes, rows = facts.shapes(scene), facts.figures(scene, (measure.key,))
        draw = cartography.by_load if name == "load" else cartography.by_measure
        return draw(shapes, rows, measure, scene)
    surface, n = facts.heat(scene, dark=scene.colours.paint is maps.DARK, bin_m=_BIN_M, fewest=_fewest())
    received = measure_named("petition.received")
    rows = facts.figures(scene, (received.key,))
    return cartography.by_heat(facts.shapes(scene), rows, received, surface, n, scene, bin_m=_BIN_M)


def _past(scene: Scene) -> dict[str, tuple[float, ...]]:
    """Return how the figures that are counted over time have moved, by key of the measure."""
    steps = facts.trend_steps(scene).tail(_SPARK_STEPS)
    backlog = facts.backlog_steps(scene).tail(_SPARK_STEPS)
    past: dict[str, tuple[float, ...]] = {}
    if len(steps) > 1:
        past["petition.received"] = tuple(steps["received"].dropna().astype(float))
        rate = steps["on_time"] / steps["due"].where(steps["due"] > 0)
        past["petition.on_time_close_rate"] = tuple(rate.dropna().astype(float))
    if len(backlog) > 1:
        past["petition.open"] = tuple(backlog["open"].dropna().astype(float))
        past["petition.overdue"] = tuple(backlog["overdue"].dropna().astype(float))
    return past


def _list(
    scene: Scene, name: str, note: str, lines: Sequence[str], *, empty: str, height_px: int, above: str = ""
) -> str:
    body = "".join(lines) or markup.blank(say(empty, scene.lang))
    heading = markup.heading(say(name, scene.lang), note)
    return f'{heading}{above}<div class="gm-wall-list" style="height:{height_px}px">{body}</div>'


def _card(name: str, body: str) -> None:
    with st.container(key=f"gm_card_wall_{name}"):
        st.html(body)


def _line(code: str, name: str, value: str, aside: str, *, alarm: bool = False) -> str:
    return (
        f'<div class="gm-wall-row" data-gm-go="{escape(code)}" role="button" tabindex="0">'
        f'<span>{escape(name)}</span><b class="{"gm-alarm" if alarm else ""}">{escape(value)}</b>'
        f"<em>{escape(aside)}</em></div>"
    )


def _short(name: str, scene: Scene) -> str:
    return cartography.short_name(name, scene.around.name)


def _lettered(scene: Scene) -> Scene:
    """Return the scene for charts: their letters are set larger than the desk's."""
    return replace(scene, screen=replace(scene.screen, zoom=scene.screen.zoom * 1.15))


def _parent(scene: Scene) -> str:
    path = scene.tree.path(scene.cell)
    return path[-2].code if len(path) > 1 else ""


def _overview(scene: Scene) -> str:
    """Return the address of the overview on the same cell and period."""
    return "/?" + urlencode(state.params_of(replace(scene.view, scenes=(), rotate=20)), doseq=True)


def _fewest() -> int:
    return max(settings.from_environment().min_rank_n, data.fewest_shown())


@cache
def _sheet() -> str:
    return (Path(__file__).parent / "wall.css").read_text(encoding="utf-8")
