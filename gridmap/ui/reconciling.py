"""The reconciliation behind the ranking: one measure as then and as now, and what moved between cells."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from gridmap import comparing
from gridmap.levels import TOTAL
from gridmap.measures import Measure, measure_named
from gridmap.ui import data, exports, formats, kpis, markup
from gridmap.ui.scene import Scene
from gridmap.ui.view import is_part
from gridmap.ui.words import say, title_of

_PARTS = ("then", "now")
_LISTED = 300


def button(scene: Scene) -> None:
    """Draw the button that opens the reconciliation of the measure, for those who may see small cells."""
    if not scene.sees_small_cells or not scene.level or is_part(scene.measure):
        return
    if st.button(say("reconcile", scene.lang), icon=":material/compare_arrows:", key="gm_reconcile"):
        _dialog(scene)


def _dialog(scene: Scene) -> None:
    title = say("reconcile_title", scene.lang, measure=title_of(measure_named(scene.measure), scene.lang))
    st.dialog(title, width="large")(lambda: contents(scene))()


def contents(scene: Scene) -> None:
    """Draw the sums of both views, the cells between which petitions moved, and every cell in both views."""
    moves = data.ask(
        "moved_between_cells", level=scene.level, day=scene.now.date(), since=scene.period.since,
        until=scene.period.until, categories=list(scene.view.categories),
    )  # fmt: skip
    moved = moves[moves["moved"]]
    total, count = moves["petitions"].sum(), moved["petitions"].sum()
    st.html(f"<p>{say('reconcile_sum', scene.lang, n=formats.whole(total), moved=formats.whole(count))}</p>")
    heads = [say(name, scene.lang) for name in ("moved_from", "moved_to", "petitions")]
    nowhere = say("in_no_cell", scene.lang)
    rows = [(row["from_name"] or nowhere, row["to_name"] or nowhere, formats.whole(row["petitions"]))
            for row in moved.head(_LISTED).to_dict("records")]  # fmt: skip
    if rows:
        st.html(markup.tall(markup.table(heads, rows, empty="", numeric=(2,)), scene.screen.px(11)))
    else:
        st.html(f"<p>{say('nothing_moved', scene.lang)}</p>")
    views = comparing.both_views(
        data.database(), scene.measure, level=scene.level, period=scene.period,
        categories=scene.view.categories,
    )  # fmt: skip
    st.html(markup.tall(_both(views, measure_named(scene.measure), scene), scene.screen.px(22)))
    exports.offer(views, f"gridmap-reconciled-{scene.level or TOTAL}", scene.lang)


def _both(views: pd.DataFrame, measure: Measure, scene: Scene) -> str:
    heads = [say(name, scene.lang) for name in ("cell", *_PARTS, "difference")]
    sums_first = pd.concat([views.iloc[-2:][::-1], views.iloc[:-2]])
    rows = [(_named(row, scene.lang), *(_value(row, view, measure, scene.lang) for view in _PARTS),
             _changed(row, measure)) for row in sums_first.to_dict("records")]  # fmt: skip
    return markup.table(heads, rows, empty=say("no_cells", scene.lang), numeric=(1, 2, 3))


def _named(row: dict[Any, Any], lang: str) -> str:
    special = {"": "in_no_cell", "*": "everything"}
    return say(special[row["code"]], lang) if row["code"] in special else str(row["name"])


def _value(row: dict[Any, Any], view: str, measure: Measure, lang: str) -> str:
    parts: kpis.Row = {f"{measure.key}.n": row[f"n_{view}"], f"{measure.key}.of": row[f"of_{view}"]}
    told = kpis.parts(parts, measure)
    if formats.is_missing(row[view]):
        return told or formats.DASH
    value = kpis.written(row[view], measure, lang)
    return f"{value} ({told})" if "/" in told else value


def _changed(row: dict[Any, Any], measure: Measure) -> str:
    change = (row["n_now"] or 0) - (row["n_then"] or 0)
    tells = measure.kind in ("count", "rate") and not pd.isna(change) and change
    return f"{change:+,.0f}" if tells else formats.DASH
