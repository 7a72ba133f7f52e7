"""The reconciliation behind the ranking: a measure as then and as now, what moved, and how it changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from gridmap import comparing
from gridmap.comparing import Against
from gridmap.levels import TOTAL
from gridmap.measures import Measure, measure_named, measures
from gridmap.ui import data, exports, facts, formats, kpis, markup
from gridmap.ui.scene import Scene
from gridmap.ui.view import whole_of
from gridmap.ui.words import say, title_of

_PARTS = ("then", "now")
_AGAINST: tuple[tuple[str, Against], ...] = (("versus_previous", "previous"), ("versus_last_year", "year"))
_LISTED = 300


def button(scene: Scene) -> None:
    """Draw the button that opens the reconciliation, for those who may see small cells."""
    if not scene.sees_small_cells or not scene.level:
        return
    if st.button(say("reconcile", scene.lang), icon=":material/compare_arrows:", key="gm_reconcile"):
        st.dialog(say("reconcile_title", scene.lang), width="large")(lambda: contents(scene))()


def contents(scene: Scene) -> None:
    """Draw of the measure chosen how it changed, what moved, and every cell in both views, with the sums."""
    titles = {measure.key: title_of(measure, scene.lang) for measure in measures()}
    shown = list(titles).index(whole_of(scene.measure))
    key = st.selectbox(say("measure", scene.lang), list(titles), index=shown, format_func=titles.__getitem__,
                       key="gm_reconcile_measure")  # fmt: skip
    measure = measure_named(key)
    if not measure.split:
        st.html(_changes(measure, scene))
    st.html(_moves(measure, scene))
    views = comparing.both_views(
        data.database(), key, level=scene.level, period=scene.period, categories=scene.view.categories
    )
    st.html(markup.tall(_both(views, measure, scene), scene.screen.px(22)))
    exports.offer(views, f"gridmap-reconciled-{scene.level or TOTAL}", scene.lang)


def _changes(measure: Measure, scene: Scene) -> str:
    """Draw the value of the cell one is in beside those of the period before and of the year before."""
    lang, now = scene.lang, facts.figures_of(scene, scene.period, (measure.key,))
    rows = [(say("this_period", lang), _told(now, measure, lang), formats.DASH)]
    if scene.period.since and scene.period.until:
        for name, against in _AGAINST:
            earlier = comparing.period_before(scene.period, against)
            before = facts.figures_of(scene, earlier, (measure.key,))
            rows.append((say(name, lang), _told(before, measure, lang), _change(now, before, measure, lang)))
    heads = [scene.cell.name or say("everything", lang), title_of(measure, lang), say("versus_change", lang)]
    return markup.table(heads, rows, empty="", numeric=(1, 2))


def _told(row: dict[Any, Any], measure: Measure, lang: str) -> str:
    value, parts = row.get(measure.key), kpis.parts(row, measure)
    if formats.is_missing(value):
        return parts or formats.DASH
    written = kpis.written(value, measure, lang)
    return f"{written} ({parts})" if "/" in parts else written


def _change(now: dict[Any, Any], before: dict[Any, Any], measure: Measure, lang: str) -> str:
    new, old = now.get(measure.key), before.get(measure.key)
    if new is None or old is None or pd.isna(new) or pd.isna(old):
        return formats.DASH
    return kpis.difference(measure, new - old, old, lang) or say("same", lang)


def _moves(measure: Measure, scene: Scene) -> str:
    """Draw how many records moved, and between which cells."""
    kind = comparing.moving(measure.key)
    if not kind:
        return f"<p>{say('reconcile_in_place', scene.lang)}</p>"
    moves = comparing.reconciled(data.database(), level=scene.level, period=scene.period, key=measure.key,
                                 categories=scene.view.categories)  # fmt: skip
    moved = moves[moves["moved"]]
    numbers = {"n": formats.whole(moves["records"].sum()), "moved": formats.whole(moved["records"].sum())}
    said = f"<p>{say(f'reconcile_{kind}', scene.lang, **numbers)}</p>"
    heads = [say(name, scene.lang) for name in ("moved_from", "moved_to", "moved_n")]
    nowhere = say("in_no_cell", scene.lang)
    rows = [(row["from_name"] or nowhere, row["to_name"] or nowhere, formats.whole(row["records"]))
            for row in moved.head(_LISTED).to_dict("records")]  # fmt: skip
    if not rows:
        return f"{said}<p>{say('nothing_moved', scene.lang)}</p>"
    return said + markup.tall(markup.table(heads, rows, empty="", numeric=(2,)), scene.screen.px(11))


def _both(views: pd.DataFrame, measure: Measure, scene: Scene) -> str:
    heads = [say(name, scene.lang) for name in ("cell", *_PARTS, "difference")]
    sums = views["code"].isin(["", "*"])
    sums_first = pd.concat([views[sums][::-1], views[~sums]])
    rows = [(_named(row, scene.lang), *(_value(row, view, measure, scene.lang) for view in _PARTS),
             _changed(row, measure)) for row in sums_first.to_dict("records")]  # fmt: skip
    return markup.table(heads, rows, empty=say("no_cells", scene.lang), numeric=(1, 2, 3))


def _named(row: dict[Any, Any], lang: str) -> str:
    special = {"": "in_no_cell", "*": "everything"}
    name = say(special[row["code"]], lang) if row["code"] in special else str(row["name"])
    return f"{name} · {row['part']}" if row["part"] else name


def _value(row: dict[Any, Any], view: str, measure: Measure, lang: str) -> str:
    return _told({measure.key: row[view], f"{measure.key}.n": row[f"n_{view}"],
                  f"{measure.key}.of": row[f"of_{view}"]}, measure, lang)  # fmt: skip


def _changed(row: dict[Any, Any], measure: Measure) -> str:
    now, then = (0 if formats.is_missing(row[part]) else row[part] for part in ("n_now", "n_then"))
    change = now - then
    tells = measure.kind in ("count", "rate") and not pd.isna(change) and change
    return f"{change:+,.0f}" if tells else formats.DASH
