"""What a draft does to everyone's load: figures of the whole plan, of both sides of every change, moves."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from gridmap.planning import CORNERS, Impact
from gridmap.ui import data, formats, markup
from gridmap.ui.markup import Card
from gridmap.ui.open_drafts import OpenDraft
from gridmap.ui.scene import Scene
from gridmap.ui.words import say

#: Figures of every changed cell, with their decimals.
_FIGURES = {"households": 0, "people": 0, "petitions": 0, "rental_buildings": 0, "inspections_due": 0,
            "area_m2": 0, "polsby_popper": 2, "reock": 2}  # fmt: skip
_MOVED = ("area_m2", "households", "people", "petitions")
_SPREAD = (("households", "max_over_mean"), ("petitions", "max_over_mean"), ("households", "cv"),
           ("households", "gini"))  # fmt: skip
_LISTED = 60
_RATED = "rated_"


def card(scene: Scene, draft: OpenDraft) -> None:
    """Draw what the draft changes against the map it began with."""
    found = draft.impact(scene.period)
    if found.is_empty:
        st.html(markup.blank(say("no_impact", scene.lang)))
        return
    known = [card for card in _cards(found, scene.lang) if card.value != formats.DASH]
    st.html(markup.kpi_strip(known, columns=2))
    _sheets(scene, "both_sides", _sides(found, scene), ["cell", *_FIGURES])
    ratings = _ratings(found, scene)
    if ratings:
        levels = _rating_titles(scene.lang)
        names = [levels.get(name, name) for name in _rated(found)]
        _table(scene, "by_rating", ratings, ["cell"], more=names)
    _table(
        scene,
        "moving",
        _moving(found, draft),
        ["from_cell", "to_cell", "area_m2", "households", "people", "petitions"],
    )
    _table(scene, "outside_band", _outside(found, draft, scene.lang), ["cell", "households", "when"])
    _table(scene, "road_crossings", _crossings(found, scene.lang), ["road_name", "when"])


def _cards(found: Impact, lang: str) -> list[Card]:
    """Return the figures of the whole plan, each with that of today."""
    plan = {row["load"]: row for row in found.balance.to_dict("records") if row["scope"] == "plan"}
    outside = found.outside_band["when"]
    now, was = (int(outside.isin([side, "both"]).sum()) for side in ("after", "before"))
    told = found.summary
    return [
        _card("cells_changed", told["cells_changed"], None, formats.whole, lang),
        _card("moved_people", told["moved_people_share"], None, formats.percent, lang),
        *(_card(f"{name}_{load}", plan[load][f"{name}_after"], plan[load][f"{name}_before"],
                _two, lang) for load, name in _SPREAD),
        _card("grids_outside_band", now, was, formats.whole, lang),
        *(_card(name, told[f"{name}_after"], told[f"{name}_before"], written, lang)
          for name, written in (("buildings_cut", formats.whole), ("share_along_roads", formats.percent),
                                ("polsby_popper_mean", _two), ("reock_mean", _two),
                                ("households_500m_share", formats.percent),
                                ("households_1000m_share", formats.percent))),
    ]  # fmt: skip


def _card(name: str, now: float, was: float | None, written: Any, lang: str) -> Card:
    change = "" if was is None else say("today_value", lang, value=written(was))
    return Card(key=f"impact.{name}", title=say(f"impact_{name}", lang), value=written(now), unit="",
                exact=repr(float(now)), change=change, mood="", alarm=False, help=())  # fmt: skip


def _two(value: float | None) -> str:
    return formats.decimal(value, digits=2)


def _sides(found: Impact, scene: Scene) -> list[tuple[str, ...]]:
    return [(_named(row, scene.lang), *(_both(row, name, digits) for name, digits in _FIGURES.items()))
            for row in _seen(found).to_dict("records")]  # fmt: skip


def _seen(found: Impact) -> pd.DataFrame:
    """Return the cells that are listed: not those whose border only learned of a corner."""
    return found.cells[found.cells["change"] != CORNERS].head(_LISTED)


def _named(row: Mapping[Hashable, Any], lang: str) -> str:
    name = str(row["name"] or row["code"])
    change = str(row["change"])
    return name if change == "changed" else f"{name} ({say(f'change_{change}', lang)})"


def _both(row: Mapping[Hashable, Any], name: str, digits: int) -> str:
    """Write a figure before and after, once where it stays."""
    sides = [formats.decimal(row[f"{name}_{side}"], digits=digits) for side in ("before", "after")]
    return sides[1] if sides[0] == sides[1] else " → ".join(sides)


def _rated(found: Impact) -> list[str]:
    names = [str(name) for name in found.cells.columns if str(name).startswith(_RATED)]
    return list(
        dict.fromkeys(
            name.removeprefix(_RATED).removesuffix("_before").removesuffix("_after") for name in names
        )
    )


def _ratings(found: Impact, scene: Scene) -> list[tuple[str, ...]]:
    names = [f"{_RATED}{level}" for level in _rated(found)]
    return [(_named(row, scene.lang), *(_both(row, name, 0) for name in names))
            for row in _seen(found).to_dict("records")] if names else []  # fmt: skip


def _rating_titles(lang: str) -> dict[str, str]:
    levels = data.ask("rating_levels").drop_duplicates("level")
    return dict(zip(levels["level"], levels[f"title_{lang}"], strict=True))


def _moving(found: Impact, draft: OpenDraft) -> list[tuple[str, ...]]:
    return [(_name(row["from_code"], draft), _name(row["to_code"], draft),
             *(formats.whole(row[name]) for name in _MOVED))
            for row in found.moves.head(_LISTED).to_dict("records")]  # fmt: skip


def _outside(found: Impact, draft: OpenDraft, lang: str) -> list[tuple[str, ...]]:
    fresh = found.outside_band[found.outside_band["when"] != "both"]
    return [(_name(row["code"], draft), formats.whole(row["households"]), say(f"when_{row['when']}", lang))
            for row in fresh.head(_LISTED).to_dict("records")]  # fmt: skip


def _crossings(found: Impact, lang: str) -> list[tuple[str, ...]]:
    counted = found.crossings.groupby(["road", "when"], as_index=False).size()
    fresh: pd.DataFrame = counted[counted["when"] != "both"]
    return [(f"{row['road'] or say('unnamed_road', lang)} × {row['size']}", say(f"when_{row['when']}", lang))
            for row in fresh.head(_LISTED).to_dict("records")]  # fmt: skip


def _name(code: str, draft: OpenDraft) -> str:
    for coverage in (draft.coverage, draft.drafting.base):
        if code in coverage:
            return coverage.region(code).name or code
    return code


def _sheets(scene: Scene, title: str, rows: list[tuple[str, ...]], heads: list[str]) -> None:
    """Draw rows of many figures below each other, each under its name: no table of them is as narrow."""
    body = markup.table([say(head, scene.lang) for head in heads], rows, empty="")
    st.html(f'{markup.heading(say(title, scene.lang))}<div class="gm-sheets">{body}</div>')


def _table(
    scene: Scene, title: str, rows: list[tuple[str, ...]], heads: list[str], *, more: list[str] | None = None
) -> None:
    if not rows:
        return
    names = [*(say(head, scene.lang) for head in heads), *(more or [])]
    body = markup.table(names, rows, empty="", numeric=range(1, len(names)))
    st.html(markup.heading(say(title, scene.lang)) + body)
