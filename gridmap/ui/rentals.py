"""Behind the rental buildings of a cell: schemes, moves between ratings, risk by cell, what is overdue."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from gridmap.levels import TOTAL
from gridmap.measures import measure_named
from gridmap.ui import data, exports, facts, formats, kpis, markup, rank, who, written
from gridmap.ui.scene import Scene
from gridmap.ui.words import say, title_of

_FLOW = "building.rating_flow"
#: Beside the risk index stand its numerator and denominator and the share that is not in it.
_BY_CELL = ("building.risk_index", "building.unrated_share", "inspection.compliance", "inspection.overdue")
_LISTED = 200


def button(scene: Scene) -> None:
    """Draw the button that opens what lies behind the rating card."""
    if st.button(say("rating_details", scene.lang), icon=":material/swap_vert:", key="gm_ratings_open"):
        st.dialog(say("rating_details_title", scene.lang), width="large")(lambda: contents(scene))()


def contents(scene: Scene) -> None:
    """Draw schemes, moves between ratings in the period, risk by cell, and overdue inspections."""
    schemes = data.ask("rating_schemes", on_day=scene.now.date())
    titles = {row["level"]: row[f"title_{scene.lang}"] for row in schemes.to_dict("records")}
    titles["unrated"] = say("unrated", scene.lang)
    st.html(markup.heading(say("rating_flows", scene.lang), say("rating_flows_note", scene.lang)))
    st.html(_matrix(flows(scene), titles, scene))
    st.html(markup.heading(say("risk_by_cell", scene.lang), say("risk_note", scene.lang)))
    st.html(markup.tall(_risk(scene), scene.screen.px(14)))
    _overdue(scene, titles)
    st.html(markup.heading(say("rating_schemes", scene.lang)) + _schemes(schemes, scene))


def flows(scene: Scene) -> pd.DataFrame:
    """Return how many buildings of the cell went from which rating to which in the period.

    Returns
    -------
    Frame with was, is_now, buildings; one row per pair of ratings
    """
    own = facts.figures_of(scene, scene.period, (_FLOW,))
    steps = {str(key).removeprefix(f"{_FLOW}."): value for key, value in own.items() if ">" in str(key)}
    moves = [(*step.split(">"), value) for step, value in steps.items()
             if value and not step.endswith((".n", ".of"))]  # fmt: skip
    return pd.DataFrame(moves, columns=["was", "is_now", "buildings"])


def _matrix(found: pd.DataFrame, titles: dict[str, str], scene: Scene) -> str:
    """Draw the moves as a matrix: rows are the ratings before, columns those after."""
    known = [level for level in titles if level in {*found["was"], *found["is_now"]}]
    counts = {(row["was"], row["is_now"]): int(row["buildings"]) for row in found.to_dict("records")}
    rows = [(titles[was], *(_cell(was, now, counts.get((was, now), 0)) for now in known),
             formats.whole(sum(counts.get((was, now), 0) for now in known))) for was in known]  # fmt: skip
    heads = [say("from_to", scene.lang), *(titles[level] for level in known), say("sum", scene.lang)]
    return markup.table(heads, rows, empty=say("no_records", scene.lang), numeric=range(1, len(heads)))


def _cell(was: str, now: str, buildings: int) -> str:
    if not buildings:
        return formats.DASH
    return formats.whole(buildings) if was == now else f"→ {formats.whole(buildings)}"


def _risk(scene: Scene) -> str:
    rows = rank.cells_in(scene, facts.figures(scene, _BY_CELL)) if scene.level else pd.DataFrame()
    measures = [measure_named(key) for key in _BY_CELL]
    ordered = rows.sort_values(_BY_CELL[0], ascending=False) if len(rows) else rows
    lines = [(row["name"], *(_with_parts(row, key, scene) for key in _BY_CELL))
             for row in ordered.to_dict("records")]  # fmt: skip
    heads = [say("cell", scene.lang), *(title_of(measure, scene.lang) for measure in measures)]
    return markup.table(heads, lines, empty=say("no_cells", scene.lang), numeric=range(1, len(heads)))


def _with_parts(row: dict[Any, Any], key: str, scene: Scene) -> str:
    measure = measure_named(key)
    value = kpis.written(row[key], measure, scene.lang)
    return f"{value} ({kpis.parts(row, measure)})" if not formats.is_missing(row[f"{key}.of"]) else value


def _overdue(scene: Scene, titles: dict[str, str]) -> None:
    if not who.scope().may("query.screens/inspections_due"):
        return
    found = data.ask("inspections_due", region_id=scene.cell.region_id, level=scene.cell.level,
                     now=scene.now, within_days=-1)  # fmt: skip
    listed = written.inspections(found, titles, scene.lang)
    note = say("rows_n", scene.lang, n=formats.whole(len(found)))
    st.html(markup.heading(say("overdue_inspections", scene.lang), note))
    rows = [(number, rating, *(formats.day(None if pd.isna(day) else day) for day in (seen, due)),
             formats.whole(over))
            for number, rating, seen, due, over in listed.head(_LISTED).itertuples(index=False)]  # fmt: skip
    table = markup.table(list(listed.columns), rows, empty=say("none_overdue", scene.lang), numeric=(4,))
    st.html(markup.tall(table, scene.screen.px(14)))
    if len(found):
        exports.offer(listed, f"gridmap-overdue-{scene.cell.code or TOTAL}", scene.lang)


def _schemes(schemes: pd.DataFrame, scene: Scene) -> str:
    heads = ("rating_scheme", "rating", "interval_days", "weight", "buildings_rated")
    rows = [(row["scheme"], row[f"title_{scene.lang}"], formats.whole(row["interval_days"]),
             formats.decimal(row["weight"]), formats.whole(row["buildings"]))
            for row in schemes.to_dict("records")]  # fmt: skip
    titles = [say(head, scene.lang) for head in heads]
    return markup.table(titles, rows, empty=say("no_records", scene.lang), numeric=(2, 3, 4))
