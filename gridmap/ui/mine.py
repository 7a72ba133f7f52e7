"""The cards of "my grid": who is in charge, what is urgent, what is to be inspected, how it compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any

import pandas as pd
import shapely
import streamlit as st

from gridmap.levels import TOTAL
from gridmap.measures import Measure, measure_named
from gridmap.ui import (
    charts,
    data,
    exports,
    facts,
    formats,
    ground,
    kpis,
    markup,
    panels,
    rank,
    state,
    who,
    written,
)
from gridmap.ui.parts import measure_shown
from gridmap.ui.scene import Scene
from gridmap.ui.tree import Cell
from gridmap.ui.view import URGENCIES
from gridmap.ui.words import level_title, say, say_if_known, title_of

#: The strip of the page.
KEYS = (
    "petition.open", "petition.overdue", "petition.on_time_close_rate", "petition.received",
    "population.people", "building.count", "inspection.compliance", "building.unrated_share",
)  # fmt: skip
#: Inspections due within so many days are listed.
_SOON_DAYS = 7
_LISTED = 200
_SHOWN_ISSUES = 5
#: A cell that is alone of its kind, or whose peers are not to be seen, is compared with none.
_FEWEST_PEERS = 2


def prepare(scene: Scene) -> None:
    """Ask for what takes longest on the page of an area."""
    panels.strip(scene, KEYS)
    _open(scene)
    _due(scene)
    _issues(scene)
    _beside_peers(scene)
    _comparison(scene)
    neighbours(scene)


def key_figures(scene: Scene) -> None:
    """Draw the strip of key figures of the area."""
    panels.key_figures(scene, KEYS)


def petitions_card(scene: Scene, *, height_px: int) -> None:
    """List the open petitions by urgency, with the time each has left."""
    found = _open(scene)
    counts = found["urgency"].value_counts()
    chosen = scene.view.urgency
    shown = found[found["urgency"] == chosen] if chosen else found
    with st.container(key="gm_card_cases"):
        note = say("rows_n", scene.lang, n=formats.whole(len(shown)))
        file = written.petitions(shown, scene.lang)
        _head(scene, "cases", say("open_cases", scene.lang), note, file, shown[["x", "y"]])
        with st.container(key="gm_cases_bar", horizontal=True, vertical_alignment="center", gap="small"):
            names = {"": say("every_urgency", scene.lang)} | {
                name: f"{say(name, scene.lang)} {counts.get(name, 0)}" for name in URGENCIES}  # fmt: skip
            st.segmented_control(
                say("urgency", scene.lang), list(names), format_func=names.__getitem__, required=True,
                wrap=True, label_visibility="collapsed", **state.bound("urgency", chosen),
            )  # fmt: skip
        lines = [_case(row, scene.now, scene.lang) for row in shown.head(_LISTED).to_dict("records")]
        more = (
            say("first_of", scene.lang, n=_LISTED, of=formats.whole(len(shown)))
            if len(shown) > _LISTED
            else ""
        )
        body = "".join(lines) + (f'<div class="gm-note">{escape(more)}</div>' if more else "")
        empty = markup.blank(say("no_open_cases", scene.lang))
        st.html(f'<div class="gm-list" style="--gm-list-height:{height_px}px">{body or empty}</div>')


def _open(scene: Scene) -> pd.DataFrame:
    return data.ask("open_petitions", region_id=scene.cell.region_id, level=scene.cell.level, now=scene.now,
                    categories=list(scene.view.categories))  # fmt: skip


def _due(scene: Scene) -> pd.DataFrame:
    return data.ask("inspections_due", region_id=scene.cell.region_id, level=scene.cell.level, now=scene.now,
                    within_days=_SOON_DAYS)  # fmt: skip


def _issues(scene: Scene) -> pd.DataFrame:
    return data.ask("hot_issues", level=scene.cell.level, boundaries=scene.now.date(), until=None,
                    now=scene.now, categories=list(scene.view.categories))  # fmt: skip


def inspections_card(scene: Scene, *, height_px: int) -> None:
    """List the rental buildings whose inspection is overdue or due within a week."""
    found = _due(scene)
    levels = data.ask("rating_levels").drop_duplicates("level").set_index("level")
    _list_card(scene, "inspections", found, lambda row: _inspection(row, levels, scene.lang),
               title=say("inspections_due", scene.lang, days=_SOON_DAYS),
               none=say("no_inspections_due", scene.lang),
               file=written.inspections(found, dict(levels[f"title_{scene.lang}"].items()), scene.lang),
               places=found[["x", "y"]], height_px=height_px)  # fmt: skip


def visits_card(scene: Scene, *, height_px: int) -> None:
    """List the priority targets whose visit of this month is still due; pseudonyms only."""
    found = data.ask("visits_due", region_id=scene.cell.region_id, level=scene.cell.level, now=scene.now)
    _list_card(scene, "visits", found, lambda row: _visit(row, scene.lang),
               title=say("visits_due", scene.lang), none=say("no_visits_due", scene.lang),
               file=written.visits(found, scene.lang), height_px=height_px)  # fmt: skip


def topics_card(scene: Scene, *, height_px: int) -> None:
    """List the topics of the block councils that are still tracked, the oldest first."""
    found = data.ask("topics_tracked", region_id=scene.cell.region_id, level=scene.cell.level, now=scene.now)
    _list_card(scene, "topics", found, lambda row: _topic(row, scene.lang),
               title=say("topics_tracked", scene.lang), none=say("no_topics_tracked", scene.lang),
               file=written.topics(found, scene.lang), height_px=height_px)  # fmt: skip


def _list_card(
    scene: Scene, name: str, found: pd.DataFrame, line: Callable[[dict[Any, Any]], str], *, title: str,
    none: str, file: pd.DataFrame, height_px: int, places: pd.DataFrame | None = None,
) -> None:  # fmt: skip
    """Draw a list: how many, the button that takes it away, the first rows as lines."""
    with st.container(key=f"gm_card_{name}"):
        _head(scene, name, title, say("rows_n", scene.lang, n=formats.whole(len(found))), file, places)
        _listed([line(row) for row in found.head(_LISTED).to_dict("records")], none, height_px)


def _head(
    scene: Scene, name: str, title: str, note: str, listed: pd.DataFrame, places: pd.DataFrame | None
) -> None:
    """Draw the heading of a list with the button that takes it away."""
    file = "petitions" if name == "cases" else name
    with st.container(key=f"gm_head_{name}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(markup.heading(title, note))
        exports.offer(listed, f"{file}-{scene.cell.code}", scene.lang, places=places)


def people_card(scene: Scene) -> None:
    """List who is in charge of the area and of the cells around it, contacts masked."""
    path = scene.tree.path(scene.cell)
    codes = [cell.code for cell in path if cell.code]
    found = data.with_people(data.ask("in_charge", codes=codes, on_day=scene.day))
    names = {cell.code: cell.name for cell in path}
    heads = ("area_of_duty", "role", "person", "phone")
    rows = [
        (names.get(row["region_code"], ""), say_if_known(row["role"], scene.lang), _text(row["person_name"]),
         _text(row["phone"]))
        for row in found.to_dict("records")
    ]  # fmt: skip
    with st.container(key="gm_card_people"):
        st.html(markup.heading(say("responsibilities", scene.lang), say("masked", scene.lang))
                + markup.table([say(head, scene.lang) for head in heads], rows,
                               empty=say("nobody_in_charge", scene.lang)))  # fmt: skip


def neighbours_card(scene: Scene) -> None:
    """Name the cells that border on the area; a click leads there."""
    cells = neighbours(scene)
    lines = "".join(
        f'<span class="gm-chip" data-gm-go="{escape(cell.code)}" role="button" tabindex="0">'
        f"{escape(cell.name)}</span>"
        for cell in cells
    )
    with st.container(key="gm_card_neighbours"):
        none = "no_neighbours" if who.scope().regions is None else "no_neighbours_seen"
        body = lines or markup.blank(say(none, scene.lang))
        st.html(markup.heading(say("neighbours", scene.lang)) + f'<div class="gm-chips">{body}</div>')


def map_card(scene: Scene, *, height_px: int) -> None:
    """Draw the area among its neighbours; a tap leads into another."""
    shown = panels.picture(scene)
    with st.container(key="gm_card_mine_map"):
        st.html(
            markup.heading(title_of(measure_shown(scene.measure), scene.lang), say("tap_hint", scene.lang))
        )
        width_px = scene.screen.width * (0.93 if scene.screen.is_phone else 0.3)
        panels.draw_map(scene, shown, height_px, width_px=width_px, key="gm_mine_map")


def trend_card(scene: Scene, *, height_px: int) -> None:
    """Draw the petitions of the area over time beside the middle one of the cells like it."""
    steps = _beside_peers(scene)
    with st.container(key="gm_card_mine_trend"):
        st.html(markup.heading(say("trend_of_peers" if "peers" in steps else "trend", scene.lang)))
        if steps.empty:
            st.html(markup.blank(say("no_records", scene.lang)))
            return
        option = charts.beside_peers(steps, lang=scene.lang, colours=scene.colours, screen=scene.screen)
        st.echarts_chart(option, height=height_px, theme=None, key="gm_chart_peers")


def issues_card(scene: Scene) -> None:
    """List what comes back in the area: the same place or the same matter again and again."""
    found = _issues(scene)
    own = found[found["region_id"] == scene.cell.region_id]
    with st.container(key="gm_card_issues"):
        st.html(markup.heading(say("hot_issues", scene.lang), say("hot_issues_note", scene.lang)))
        rows = [_issue(row, scene.lang) for row in own.head(_SHOWN_ISSUES).to_dict("records")]
        st.html("".join(rows) or markup.blank(say("no_hot_issues", scene.lang)))


def compare_card(scene: Scene) -> None:
    """Compare the area with the period before and with the middle of the cells of its level."""
    with st.container(key="gm_card_compare"):
        st.html(_comparison(scene))


@data.made
def _comparison(scene: Scene) -> str:
    keys = scene.view.columns or (*kpis.KEYS, "petition.per_1000_people", "building.risk_index")
    own, before = facts.figures_of(scene, scene.period, keys), facts.figures_before(scene, keys)
    peers = facts.figures_at(scene, scene.cell.level, keys)
    kind, alike = peers_of(scene)
    peers = peers[peers["region_id"].isin(alike)]
    rows = [_compared(measure_named(key), own, before, peers, scene) for key in keys]
    heads = ("measure", "here", "before", "peers_middle", "place_among")
    level = level_title(scene.cell.level, scene.lang)
    named = say("peers_of_type", scene.lang, type=say_if_known(f"type_{kind}", scene.lang)) if kind else ""
    note = say("peers_n", scene.lang, n=len(peers), level=level) + named
    table = markup.table(
        [say(head, scene.lang) for head in heads],
        rows,
        numeric=(1, 2, 3, 4),
        empty=say("no_records", scene.lang),
    )
    return markup.heading(say("compared", scene.lang), note) + table


def peers_of(scene: Scene) -> tuple[str, set[int]]:
    """Return the community type of the area and the cells like it: of its level and kind, and of that type.

    Returns
    -------
    The type, empty where none is known, and the region_ids, that of the area among them
    """
    found = data.ask("cell_types", on_day=scene.day)
    types = dict(zip(found["region_id"], found["type"], strict=True))
    kind = str(types.get(scene.cell.region_id, ""))
    level = scene.tree.of_level(scene.cell.level)
    alike = {cell.region_id for cell in level
             if cell.kind == scene.cell.kind and types.get(cell.region_id, "") == kind}  # fmt: skip
    return kind, alike


@data.made
def neighbours(scene: Scene) -> list[Cell]:
    """Return the cells of the area's level that share a border with it; leaf cells where there is none."""
    leaves = ground.leaves(scene.day)
    inside = {cell.region_id for level in scene.tree.levels for cell in scene.tree.within(scene.cell, level)}
    mine = leaves["region_id"].isin(inside | {scene.cell.region_id})
    if scene.cell.level == TOTAL or not mine.any():
        return []
    own = shapely.union_all(leaves[mine].geometry.values)
    around = leaves[~mine]
    touching = around[around.intersects(own.buffer(1e-7))]
    cells = {_at_level(scene, int(region), scene.cell.level) for region in touching["region_id"]}
    return sorted(cells - {scene.cell}, key=lambda cell: cell.code)


def _at_level(scene: Scene, region_id: int, level: str) -> Cell:
    path = scene.tree.path(scene.tree.by_id[region_id])
    return next((cell for cell in path if cell.level == level), path[-1])


def _case(row: Mapping[Any, Any], now: datetime, lang: str) -> str:
    what = row["category"] if isinstance(row["category"], str) else say("uncategorised", lang)
    kind = f" · {row['subcategory']}" if isinstance(row["subcategory"], str) else ""
    due = (
        say("due_at_moment", lang, when=formats.moment(row["due_at"])) if row["due_at"] is not pd.NaT else ""
    )
    passed_up = row["escalated_to"]
    up = say("escalated_to", lang, level=level_title(passed_up, lang)) if isinstance(passed_up, str) else ""
    detail = " · ".join(
        text for text in (row["petition_no"], row["handler"], up, due) if isinstance(text, str) and text
    )
    return (
        f'<div class="gm-case gm-{row["urgency"]}"><div><b>{escape(what + kind)}</b>'
        f"<span>{escape(detail)}</span></div><em>{escape(time_left(row['hours_left'], lang))}</em></div>"
    )


def time_left(hours: float, lang: str) -> str:
    """Write how much time is left, or by how much it is over.

    >>> time_left(30.0, "zh"), time_left(-50.0, "en"), time_left(float("nan"), "en")
    ('剩 1 天', '2 days over', 'No limit')
    """
    if formats.is_missing(hours):
        return say("no_limit", lang)
    amount = abs(hours)
    unit, count = ("hours", int(amount)) if amount < 24 else ("days", int(amount / 24))
    word = say(f"{unit}_n", lang, n=count)
    return say("time_over" if hours < 0 else "time_left", lang, time=word)


def _inspection(row: Mapping[Any, Any], levels: pd.DataFrame, lang: str) -> str:
    known = row["rating"] in levels.index
    title = levels.loc[row["rating"], f"title_{lang}"] if known else row["rating"]
    colour = levels.loc[row["rating"], "colour"] if known else "var(--gm-line)"
    over = int(row["days_over"])
    left = say("time_over" if over > 0 else "time_left", lang, time=say("days_n", lang, n=abs(over)))
    seen = row["last_inspected_at"]
    last = say("last_inspected", lang, when=formats.day(None if pd.isna(seen) else seen))
    dot = f'<i class="gm-dot" style="background:{escape(str(colour))}"></i>'
    return (
        f'<div class="gm-case gm-{"overdue" if over > 0 else "day"}"><div>'
        f"<b>{escape(row['building_no'])}</b><span>{dot}{escape(str(title))} · {escape(last)}</span></div>"
        f"<em>{escape(left)}</em></div>"
    )


def _visit(row: Mapping[Any, Any], lang: str) -> str:
    seen = row["last_visited_on"]
    last = say("last_visited", lang, when=formats.day(None if pd.isna(seen) else seen))
    left = int(row["days_left"])
    word = say("time_left", lang, time=say("days_n", lang, n=left))
    urgency = "soon" if left <= _SOON_DAYS else "calm"
    return (
        f'<div class="gm-case gm-{urgency}"><div><b>{escape(row["target_no"])}</b>'
        f"<span>{escape(last)}</span></div><em>{escape(word)}</em></div>"
    )


def _topic(row: Mapping[Any, Any], lang: str) -> str:
    what = _text(row["category"]) if isinstance(row["category"], str) else say("uncategorised", lang)
    detail = " · ".join(text for text in (row["topic_no"], row["owner"], formats.day(row["raised_on"]))
                        if isinstance(text, str) and text)  # fmt: skip
    open_for = say("days_n", lang, n=int(row["days_open"]))
    return (
        f'<div class="gm-case gm-calm"><div><b>{escape(what)}</b><span>{escape(detail)}</span></div>'
        f"<em>{escape(open_for)}</em></div>"
    )


def _listed(lines: list[str], nothing: str, height_px: int) -> None:
    body = "".join(lines) or markup.blank(nothing)
    st.html(f'<div class="gm-list" style="--gm-list-height:{height_px}px">{body}</div>')


def _issue(row: Mapping[Any, Any], lang: str) -> str:
    what = row["subcategory"] if isinstance(row["subcategory"], str) else say("hot_place", lang)
    first, last = formats.day(row["first_at"]), formats.day(row["last_at"])
    detail = f"{first} – {last} · {row['petitions'][-1]}{' …' if len(row['petitions']) > 1 else ''}"
    count = say("cases_open", lang, n=row["cases"], open=row["open_cases"])
    return (
        f'<div class="gm-case gm-issue"><div><b>{escape(what)}</b>'
        f"<span>{escape(detail)}</span></div><em>{escape(count)}</em></div>"
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else formats.DASH


def _compared(
    measure: Measure,
    own: Mapping[Any, Any],
    before: Mapping[Any, Any] | None,
    peers: pd.DataFrame,
    scene: Scene,
) -> tuple[str, ...]:
    value, alone = own.get(measure.key), len(peers) < _FEWEST_PEERS
    ranked = rank.ranked(peers, measure, fewest=1)
    mine = ranked[ranked["region_id"] == scene.cell.region_id]["rank"]
    place = formats.whole(mine.iloc[0]) if len(mine) and pd.notna(mine.iloc[0]) else formats.DASH
    middle = None if alone else peers[measure.key].astype(float).median()
    return (
        title_of(measure, scene.lang),
        kpis.written(value, measure, scene.lang),
        kpis.written(before.get(measure.key) if before else None, measure, scene.lang),
        kpis.written(middle, measure, scene.lang),
        formats.DASH if alone else f"{place} / {ranked['rank'].notna().sum()}",
    )


@data.made
def _beside_peers(scene: Scene) -> pd.DataFrame:
    """Return label, own and peers (the median of the cells of the same level and kind) per step.

    Where the cell is alone of its kind there are no peers.
    """
    step = facts.step_of_scene(scene)
    if not step:
        return pd.DataFrame()
    found = data.ask(
        "frames", level=scene.cell.level, boundaries=facts.boundaries_day(scene), since=scene.period.since,
        until=scene.period.until, now=scene.now, categories=list(scene.view.categories), step=step,
    )  # fmt: skip
    alike = sorted(peers_of(scene)[1])
    table = found.pivot_table(index="step_from", columns="region_id", values="n", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=alike or [scene.cell.region_id], fill_value=0)
    own = table.get(scene.cell.region_id, pd.Series(0, index=table.index))
    labels = facts.step_labels(pd.Series(table.index), step)
    beside = {"peers": table.median(axis=1).to_numpy()} if len(alike) >= _FEWEST_PEERS else {}
    return pd.DataFrame({"label": labels.to_numpy(), "own": own.to_numpy(), **beside})
