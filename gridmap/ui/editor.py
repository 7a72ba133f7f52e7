"""The boundary editor: the component in the browser, what it is told, and what it asks.

The browser gets the map of a draft once, from /api/drafts/NAME/map.json. After that it sends operations to
/api/drafts/NAME/operations, each with the revision it was drawn on, and is told which cells have changed, or
why not. The page hears of it afterwards: an answer does not wait until a page has been drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import streamlit as st

from gridmap import maps, polygons
from gridmap.coverage import Coverage
from gridmap.editing import drafts
from gridmap.errors import EditRefused, Refused
from gridmap.levels import LEVELS
from gridmap.periods import Period
from gridmap.planning import Baseline
from gridmap.ui import data, theme, traffic
from gridmap.ui.open_drafts import OpenDraft
from gridmap.ui.scene import Scene
from gridmap.ui.words import say, say_if_known
from gridmap.ui.words_desk import EDITOR

KEY = "gm_editor"
SCRIPTS = Path(__file__).parent / "boundary_editor"
#: What is drawn on the ground, the lowest first.
GROUND = ("green", "water", "industry", "road", "building")
_FINEST_RANK = 9


def mount(scene: Scene, draft: OpenDraft, *, height_px: int) -> None:
    """Draw the editor of a draft.

    Parameters
    ----------
    scene : the scene
    draft : the open draft
    height_px : height of the map
    """
    component = st.components.v2.component("gridmap_boundary_editor", js=_loader(), isolate_styles=False)
    name = draft.drafting.draft.name
    told = {
        "draft": name, "lang": scene.lang, "height": height_px,
        "module": f"/assets/editor/editor.js?v={version()}",
        "map": _address(scene, name, "map.json"), "changes": _address(scene, name, "changes.json"),
        "ground": _address(scene, name, "ground.json"),
        "operations": _address(scene, name, "operations"), "colours": _colours(scene.colours),
        "scale": scene.screen.scale, "revision": draft.revision,
    }  # fmt: skip
    component(key=KEY, data=told, on_seen_change=lambda: None, on_border_change=lambda: None)


def asked_border() -> tuple[str, str] | None:
    """Return the two regions whose border was clicked on in this run, if one was."""
    told = getattr(st.session_state.get(KEY), "border", None)
    return (str(told[0]), str(told[1])) if told else None


def answer(
    draft: OpenDraft, asked: Mapping[str, Any], *, author: str, period: Period, lang: str
) -> dict[str, Any]:
    """Do what the editor asks.

    Parameters
    ----------
    draft : the open draft
    asked : id of the request, revision it was drawn on, and the operation itself as `op`
    author : who asks
    period : petitions received in it are counted
    lang : language of a refusal

    Returns
    -------
    The id, what has changed since that revision (see `changed`), and `refused`: None or why not
    """
    refused = None
    try:
        draft.do(asked["op"], author=author, expected=int(asked["revision"]))
    except EditRefused as fault:
        refused = fault.to_json() | {"text": reason(fault, lang)}
    except Refused as fault:
        refused = {
            "reason": "refused",
            "message": str(fault),
            "text": say("refused_closed", lang),
            "codes": [],
        }
    since = changed(draft, int(asked["revision"]), period=period)
    return {"id": asked["id"], "refused": refused, **since}


def changed(draft: OpenDraft, revision: int, *, period: Period) -> dict[str, Any]:
    """Return what has changed in a draft since a revision.

    Returns
    -------
    since, revision, whether there is something to undo or redo, what is unlocked; and cells, regions and
    loads that differ, by code. `whole` is true instead when that state is not remembered: then the whole map
    must be asked for again
    """
    with draft.lock:
        known, now = draft.state(revision), _standing(draft)
        if known is None:
            return {**now, "since": revision, "whole": True}
        found = traffic.changes(known, draft.coverage, traffic.origin_of(draft.drafting.base))
        _, loads = draft.loads(period)
        return {**now, "since": revision, "whole": False, **found,
                "loads": traffic.loads_of(loads, found["cells"])}  # fmt: skip


def news(draft: OpenDraft, revision: int, *, period: Period) -> dict[str, Any]:
    """Return what has changed since a revision, as `changed`, and `by` whom; only the revision if nothing."""
    if draft.revision == revision:
        return {"revision": revision}
    steps = drafts.steps(draft.drafting.db, draft.drafting.draft.name, after=revision)
    return {**changed(draft, revision, period=period), "by": sorted({step.author for step in steps})}


def whole_map(draft: OpenDraft, *, period: Period, lang: str) -> dict[str, Any]:
    """Return everything the editor needs to begin: the map, what lies on it, and its words."""
    with draft.lock:
        base, origin = draft.drafting.base, traffic.origin_of(draft.drafting.base)
        today, now = draft.loads(period)
        return {
            **_standing(draft), "draft": draft.drafting.draft.name, "origin": origin, "names": traffic.LOADS,
            **traffic.whole(draft.coverage, origin),
            "loads": traffic.loads_of(now, draft.coverage.codes),
            "today": traffic.loads_of(today, base.codes),
            "areas": {code: round(base.land(code).area * base.metres_per_step**2, 1) for code in base.codes},
            "points": traffic.points(today, origin),
            "locked": draft.drafting.rules.locked, "band": today.band, "breaks": _breaks(today),
            "levels": {level.key: level.title_en if lang == "en" else level.title_zh for level in LEVELS},
            "words": {name.removeprefix("ed_"): both[lang == "en"] for name, both in EDITOR.items()},
        }  # fmt: skip


def ground(draft: OpenDraft) -> dict[str, Any]:
    """Return what is drawn on the ground under a draft: lines and areas by kind."""
    base = draft.drafting.base
    west, south, east, north = (float(n) * base.step for n in _box(base))
    origin = traffic.origin_of(base)
    found = {}
    for kind in GROUND:
        rows = data.database().query("screens/base_features", kind=kind, max_rank=_FINEST_RANK, min_x=west,
                                     min_y=south, max_x=east, max_y=north)  # fmt: skip
        parts = polygons.with_geometry(rows, base.crs).explode()
        found[kind] = {"shapes": traffic.drawn(np.asarray(parts.geometry.array), origin),
                       "ranks": [int(rank) for rank in parts["rank"]],
                       "names": list(parts["name"].fillna(""))} if len(rows) else None  # fmt: skip
    return found


def reason(fault: EditRefused, lang: str) -> str:
    """Say why an edit was refused; the message of the engine where there is no word for the reason."""
    name = f"refused_{fault.reason}"
    text = say_if_known(name, lang)
    return str(fault) if text == name else text


@cache
def version() -> str:
    """Return a text that changes when a script of the editor does."""
    parts = (path.read_bytes() for path in sorted(SCRIPTS.iterdir()))
    return sha256(b"".join(parts)).hexdigest()[:12]


def _standing(draft: OpenDraft) -> dict[str, Any]:
    drafting = draft.drafting
    return {"revision": drafting.revision, "undo": bool(drafting.done), "redo": drafting.can_redo,
            "edits": len(drafting.done), "unlocked": sorted(drafting.rules.unlocked),
            "status": drafting.draft.status}  # fmt: skip


def _breaks(today: Baseline) -> dict[str, list[float]]:
    """Return the upper edges of the classes of every load; they stay while one edits."""
    codes = [code for code in today.base.codes if not today.base.region(code).is_unassigned]
    return {name: _edges(today.loads.loc[codes, name].to_numpy(dtype=float)) for name in traffic.LOADS}


def _edges(values: np.ndarray[Any, Any]) -> list[float]:
    if not len(values):
        return []
    return list(dict.fromkeys(round(float(n), 1) for n in maps.classify(values, k=5).edges[1:-1]))


def _box(coverage: Coverage) -> tuple[float, float, float, float]:
    low, high = coverage.bounds[:, :2].min(axis=0), coverage.bounds[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _address(scene: Scene, name: str, what: str) -> str:
    days = {
        side: day.isoformat()
        for side, day in (("from", scene.period.since), ("to", scene.period.until))
        if day
    }
    return f"/api/drafts/{quote(name, safe='')}/{what}?{urlencode({'lang': scene.lang, **days})}"


def _colours(colours: theme.Palette) -> dict[str, Any]:
    paint = colours.paint
    plain = {name: value for name, value in vars(paint).items() if isinstance(value, str)}
    return {**plain, "ramp": paint.ramp, "accent": colours.accent, "bad": colours.bad, "good": colours.good,
            "card": colours.card, "text": colours.text, "soft": colours.soft}  # fmt: skip


@cache
def _loader() -> str:
    return (SCRIPTS / "loader.js").read_text(encoding="utf-8")
