"""What a scene asks of the store: figures, shapes, steps and compositions of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd

from gridmap import disclosure
from gridmap.comparing import recorded_by
from gridmap.levels import TOTAL
from gridmap.periods import Period
from gridmap.ui import data, kpis, parts, theme, who
from gridmap.ui.periods import step_of
from gridmap.ui.scene import Scene, day_of, scene_of
from gridmap.ui.view import RATINGS, from_params, whole_of
from gridmap.ui.words import say

_STEP_FORMATS = {"day": "%m-%d", "week": "%m-%d", "month": "%Y-%m"}


def scene_at(params: Mapping[str, Sequence[str]], *, colours: str | None = None) -> Scene:
    """Return the scene that the parameters of an address describe.

    Parameters
    ----------
    params : values by name, as lists
    colours : light or dark
    """
    view, now = from_params(params), data.now()
    tree = data.tree(day_of(view, now))
    return scene_of(view, tree=tree, now=now, colours=theme.palette(colours), screen=theme.Screen())


def figures(scene: Scene, keys: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return measures of all cells of the level drawn, that of the view when none is named."""
    asked = keys or (whole_of(scene.measure),)
    found = data.figures(
        asked, level=scene.level or TOTAL, period=scene.period, boundaries=scene.view.boundaries,
        categories=scene.view.categories, sees_small_cells=scene.sees_small_cells,
    )  # fmt: skip
    return found if keys else parts.filled(found, scene.measure)


@data.made
def figures_of(scene: Scene, period: Period, keys: tuple[str, ...] = kpis.KEYS) -> dict[Any, Any]:
    """Return measures of the cell one is in; empty when it was not there in the period."""
    rows = data.figures(
        keys, level=scene.cell.level, period=period, boundaries=scene.view.boundaries,
        categories=scene.view.categories, sees_small_cells=scene.sees_small_cells,
    )  # fmt: skip
    own = rows[rows["region_id"] == scene.cell.region_id]
    return own.to_dict("records")[0] if len(own) else {}


def figures_before(scene: Scene, keys: tuple[str, ...] = kpis.KEYS) -> dict[Any, Any] | None:
    """Return measures of the cell one is in for the period to compare with; None where there is none."""
    if scene.previous is None:
        return None
    return figures_of(scene, scene.previous, recorded_by(data.ask("first_days"), keys, scene.previous))


def shapes(scene: Scene) -> gpd.GeoDataFrame:
    """Return the cells drawn, lon/lat; the cell itself where it has none inside and no neighbours."""
    if not scene.level:
        return data.outline(scene.cell, day=scene.day)
    return data.shapes(scene.level, day=scene.day, within=scene.around)


@data.made
def leaf_ids(scene: Scene) -> set[int]:
    """Return the cells of every level inside the cell drawn."""
    levels = scene.tree.levels
    return {cell.region_id for level in levels for cell in scene.tree.within(scene.around, level)}


def step_of_scene(scene: Scene) -> str:
    """Return the step in which the period is drawn: day, week or month; empty without petitions."""
    days = data.ask("record_days").iloc[0]
    if pd.isna(days["first_day"]):
        return ""
    first, last = pd.Timestamp(days["first_day"]).date(), pd.Timestamp(days["last_day"]).date()
    return step_of(scene.period, first=first, last=last)


def step_labels(steps: pd.Series, step: str) -> pd.Series:
    """Return what the steps of a trend are called."""
    return pd.to_datetime(steps).dt.strftime(_STEP_FORMATS[step])


def days_of_step(scene: Scene, first: date) -> tuple[date, date]:
    """Return the first and the last day of a step of the trend, as far as they lie in the period."""
    begin = pd.Timestamp(first)
    ends = {"day": begin, "week": begin + pd.Timedelta(days=6), "month": begin + pd.offsets.MonthEnd(1)}
    last = ends[step_of_scene(scene)].date()
    since, until = scene.period.since, scene.period.until
    return max(begin.date(), since or begin.date()), min(last, until - timedelta(days=1)) if until else last


@data.made
def trend_steps(scene: Scene) -> pd.DataFrame:
    """Return label, received, closed, due, on_time of the cell one is in; one row per step.

    Readers who may not see small cells find the small steps empty, and those that would give them away.
    """
    steps = _steps(scene, "trend")
    if scene.sees_small_cells or steps.empty:
        return steps
    fewest = data.fewest_shown()
    shown = {name: disclosure.shown_parts(steps[name], fewest=fewest)
             for name in ("received", "closed", "due", "on_time")}  # fmt: skip
    late = disclosure.shown_parts(steps["due"] - steps["on_time"], fewest=fewest)
    return steps.assign(**{**shown, "on_time": shown["on_time"].mask(late.isna())})


@data.made
def backlog_steps(scene: Scene) -> pd.DataFrame:
    """Return label, open, overdue of the cell one is in at the end of each step, small ones empty."""
    steps = _steps(scene, "backlog")
    if scene.sees_small_cells or steps.empty:
        return steps
    small = {name: steps[name].between(1, data.fewest_shown() - 1) for name in ("open", "overdue")}
    return steps.assign(**{name: steps[name].mask(is_small) for name, is_small in small.items()})


@data.made
def shares(scene: Scene, field: str, *, shown: int, filtered: bool = True) -> pd.DataFrame:
    """Return value, label and n of the petitions of the cell by `category` or `channel`, the rest last.

    Parameters
    ----------
    scene : gives the cell and the period
    field : category or channel
    shown : how many are named
    filtered : whether the categories of the view are the only ones
    """
    params = cell_params(scene) if filtered else {**cell_params(scene), "categories": []}
    found = data.ask(f"{field}_shares", **params)
    named = pd.DataFrame({
        "value": found[field].fillna(""), "label": found[field].fillna(say("uncategorised", scene.lang)),
        "n": found["n"],
    })  # fmt: skip
    if not scene.sees_small_cells:
        shown = disclosure.parts_to_name(named["n"].tolist(), shown, fewest=data.fewest_shown())
    rest = int(named["n"].iloc[shown:].sum())
    if not rest:
        return named.head(shown)
    others = pd.DataFrame({"value": [""], "label": [say("others", scene.lang)], "n": [rest]})
    return pd.concat([named.head(shown), others], ignore_index=True)


@data.made
def ratings(scene: Scene) -> pd.DataFrame:
    """Return level, label, n and colour of each rating level found in the cell, the least risk first."""
    rows = data.figures(
        (RATINGS,), level=scene.cell.level, period=scene.period,
        boundaries=scene.view.boundaries, categories=(),
    )  # fmt: skip
    own = rows[rows["region_id"] == scene.cell.region_id]
    levels = data.ask("rating_levels")
    named = list(zip(levels["level"], levels[f"title_{scene.lang}"], levels["colour"], strict=True))
    named.append(("unrated", say("unrated", scene.lang), scene.colours.line))
    found = [(level, title, float(own[key].iloc[0]), colour) for level, title, colour in named
             if (key := f"{RATINGS}.{level}") in own and len(own)]  # fmt: skip
    levels_found = pd.DataFrame(found, columns=["level", "label", "n", "colour"])
    return levels_found[levels_found["n"] > 0].reset_index(drop=True)


def land_holes(scene: Scene) -> pd.DataFrame:
    """Return what nobody is in charge of among the leaf cells, for those who may know what is left alone."""
    if not (scene.sees_small_cells and who.scope().may("query.screens/duty_holes")):
        return pd.DataFrame(columns=["code", "people", "open_petitions"])
    holes = data.ask("duty_holes", on_day=scene.day, now=scene.now)
    return holes[holes["unit"] == "land"]


def boundaries_day(scene: Scene) -> date | None:
    """Return the day whose boundaries count, None for those of the day each record happened."""
    return scene.now.date() if scene.view.boundaries == "now" else None


def cell_params(scene: Scene) -> dict[str, Any]:
    """Return the parameters of a query about the petitions of the cell one is in."""
    return {
        "region_id": scene.cell.region_id,
        "level": scene.cell.level,
        "boundaries": boundaries_day(scene),
        "since": scene.period.since,
        "until": scene.period.until,
        "categories": list(scene.view.categories),
    }


def _steps(scene: Scene, query: str) -> pd.DataFrame:
    step = step_of_scene(scene)
    if not step:
        return pd.DataFrame()
    found = data.ask(query, step=step, **cell_params(scene), now=scene.now)
    return found.assign(label=step_labels(found["step_from"], step))
