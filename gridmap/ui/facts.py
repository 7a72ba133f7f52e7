"""What a scene asks of the store: figures, shapes, steps and compositions of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gridmap import maps
from gridmap.comparing import recorded_by
from gridmap.levels import TOTAL
from gridmap.periods import OPEN_FUTURE, OPEN_PAST, Period, month_before, next_month
from gridmap.ui import data, ground, kpis, parts, theme, who
from gridmap.ui.periods import step_of
from gridmap.ui.scene import Scene, day_of, read_by_months, read_running, scene_of
from gridmap.ui.view import RATINGS, View, from_params, whole_of
from gridmap.ui.words import say

#: Measures that tell the steps of a trend by months, and where not the numerator is meant.
_OF_A_STEP = {"received": "petition.received", "closed": "petition.mean_handling_days",
              "due": "petition.on_time_close_rate", "on_time": "petition.on_time_close_rate"}  # fmt: skip
_PART = {"closed": "of", "due": "of"}
_MONTHS = 12
_STEP_FORMATS = {"day": "%m-%d", "week": "%m-%d", "month": "%Y-%m"}


def scene_at(
    params: Mapping[str, Sequence[str]], *, colours: str | None = None, sees_small_cells: bool = True
) -> Scene:
    """Return the scene that the parameters of an address describe.

    Parameters
    ----------
    params : values by name, as lists
    colours : light or dark
    sees_small_cells : whether whoever will look at it may see counts of a few people
    """
    return scene_for(from_params(params), colours=theme.palette(colours), screen=theme.Screen(),
                     sees_small_cells=sees_small_cells)  # fmt: skip


def scene_for(view: View, *, colours: theme.Palette, screen: theme.Screen, sees_small_cells: bool) -> Scene:
    """Return the scene of a view now, for readers who may see small cells or may not.

    Parameters
    ----------
    view : the view of the address
    colours, screen : how to draw
    sees_small_cells : whether whoever will look at it may see counts of a few people
    """
    now = data.now()

    def read(as_had: View) -> Scene:
        return scene_of(as_had, tree=data.tree(day_of(as_had, now)), now=now, colours=colours, screen=screen,
                        sees_small_cells=sees_small_cells)  # fmt: skip

    if sees_small_cells:
        return read(view)
    running = None if view.period == "custom" else read(read_running(view))
    return running if running and running.may_run else read(read_by_months(view, now.date()))


def figures(scene: Scene, keys: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return measures of all cells of the level drawn, that of the view when none is named."""
    asked = keys or (whole_of(scene.measure),)
    found = figures_at(scene, scene.level or TOTAL, asked)
    return found if keys else parts.filled(found, scene.measure)


def figures_at(scene: Scene, level: str, keys: Sequence[str], period: Period | None = None) -> pd.DataFrame:
    """Return measures of all cells of a level, in the period of the scene when none is named."""
    asked = period or scene.period
    return data.figures(
        keys, level=level, period=asked, boundaries=scene.view.boundaries, categories=scene.view.categories,
        sees_small_cells=scene.sees_small_cells,
        running=scene.is_running and asked in (scene.period, scene.previous),
    )  # fmt: skip


@data.made
def figures_of(scene: Scene, period: Period, keys: tuple[str, ...] = kpis.KEYS) -> dict[Any, Any]:
    """Return measures of the cell one is in; empty when it was not there in the period."""
    rows = figures_at(scene, scene.cell.level, keys, period)
    own = np.flatnonzero(rows["region_id"].to_numpy() == scene.cell.region_id)
    # A row as it is: to make a frame of it, and records of that, takes ten times as long.
    return rows.iloc[own[0]].to_dict() if len(own) else {}


def figures_before(scene: Scene, keys: tuple[str, ...] = kpis.KEYS) -> dict[Any, Any] | None:
    """Return measures of the cell one is in for the period to compare with; None where there is none."""
    if scene.previous is None:
        return None
    return figures_of(scene, scene.previous, recorded_by(data.ask("first_days"), keys, scene.previous))


def shapes(scene: Scene) -> gpd.GeoDataFrame:
    """Return the cells drawn, lon/lat; the cell itself where it has none inside and no neighbours."""
    if not scene.level:
        return outline(scene)
    return ground.inside(scene.level, day=scene.day, within=scene.around, detail=scene.screen.detail)


def outline(scene: Scene) -> gpd.GeoDataFrame:
    """Return the cell one is in, lon/lat; all cells of the highest level for the whole store."""
    return ground.outline(scene.cell, day=scene.day, detail=scene.screen.detail)


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
    if not scene.sees_small_cells:
        return "month"
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
    if not scene.sees_small_cells:
        return begin.date(), last
    return max(begin.date(), since or begin.date()), min(last, until - timedelta(days=1)) if until else last


@data.made
def trend_steps(scene: Scene) -> pd.DataFrame:
    """Return label, received, closed, due, on_time of the cell one is in; one row per step.

    Readers who may not see small cells get the last twelve months, each as its measures tell it.
    """
    if scene.sees_small_cells:
        return _steps(scene, "trend")
    rows = [
        (month, figures_of(scene, month, tuple(dict.fromkeys(_OF_A_STEP.values()))))
        for month in months(scene)
    ]
    steps = pd.DataFrame([
        {"step_from": month.since, **{name: row.get(f"{key}.{_PART.get(name, 'n')}", np.nan)
                                      for name, key in _OF_A_STEP.items()}}
        for month, row in rows
    ], columns=["step_from", *_OF_A_STEP])  # fmt: skip
    known = steps.dropna(subset=list(_OF_A_STEP), how="all")
    return known.assign(label=step_labels(known["step_from"], "month"))


def months(scene: Scene) -> list[Period]:
    """Return twelve months that are over, up to that of a scene or to the last one, the oldest first."""
    since = month_before(scene.now.date()) if scene.is_running else scene.period.since
    first = data.ask("record_days").iloc[0]["first_day"]
    found: list[Period] = []
    while since is not None and len(found) < _MONTHS and pd.notna(first):
        found.insert(0, Period(since, next_month(since)))
        if since <= pd.Timestamp(first).date():
            break
        since = month_before(since)
    return found


def months_before(scene: Scene) -> list[Period]:
    """Return those of the months that are over when the period of the scene begins."""
    begin = scene.period.since or OPEN_PAST
    return [month for month in months(scene) if (month.until or OPEN_FUTURE) <= begin]


@data.made
def backlog_steps(scene: Scene) -> pd.DataFrame:
    """Return label, open, overdue of the cell one is in at the end of each step; none without small cells."""
    return _steps(scene, "backlog") if scene.sees_small_cells else pd.DataFrame()


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
    found, others = _shares_of(scene, field, filtered=filtered)
    named = pd.DataFrame({
        "value": found[field].fillna(""), "label": found[field].fillna(say("uncategorised", scene.lang)),
        "n": found["n"],
    })  # fmt: skip
    rest = others + int(named["n"].iloc[shown:].sum())
    if not rest:
        return named.head(shown)
    added = pd.DataFrame({"value": [""], "label": [say("others", scene.lang)], "n": [rest]})
    return pd.concat([named.head(shown), added], ignore_index=True)


def shares_by_month(scene: Scene, field: str) -> dict[str, tuple[float, ...]]:
    """Return the petitions of the cell by `category` or `channel` in months that are over, the oldest first.

    What a reader may not know of a month is NaN. The months are those that all readers may see.
    """
    told = [_parts_of_month(scene, field, month) for month in months(scene)]
    together = pd.concat(told, axis=1).astype(float) if told else pd.DataFrame()
    return {str(part): tuple(row) for part, row in zip(together.index, together.to_numpy(), strict=True)}


def _parts_of_month(scene: Scene, field: str, month: Period) -> pd.Series:
    told = data.composition(field, month)
    own = told[(told["region_id"] == scene.cell.region_id) & told["part"].notna()]
    return own.groupby("part")["n"].sum()


def _shares_of(scene: Scene, field: str, *, filtered: bool) -> tuple[pd.DataFrame, int]:
    """Return the parts a reader may know, the largest first, and how many petitions all others have."""
    if scene.sees_small_cells:
        params = cell_params(scene) if filtered else {**cell_params(scene), "categories": []}
        return data.ask(f"{field}_shares", **params), 0
    told = data.composition(field, scene.period)
    own = told[told["region_id"] == scene.cell.region_id].rename(columns={"part": field})
    known = own[field].notna()
    named = own[known].sort_values("n", ascending=False, kind="stable").reset_index(drop=True)
    return named, int(own.loc[~known, "n"].sum())


def heat(
    scene: Scene, *, dark: bool, bin_m: float = 100.0, fewest: int = 1
) -> tuple[maps.HeatSurface | None, int]:
    """Return the heat surface of a scene, see gridmap.ui.ground.heat.

    For readers who may not see small cells it is that of everything, whatever cell they look at: the squares
    of one cell beside those of another would tell what lies in the squares between them.
    """
    cell = scene.around if scene.sees_small_cells else scene.tree.top
    least = fewest if scene.sees_small_cells else max(fewest, data.fewest_shown())
    return ground.heat(cell, period=scene.period, categories=scene.view.categories, dark=dark, bin_m=bin_m,
                     fewest=least)  # fmt: skip


@data.made
def ratings(scene: Scene) -> pd.DataFrame:
    """Return level, label, n and colour of each rating level found in the cell, the least risk first."""
    rows = figures_at(scene, scene.cell.level, (RATINGS,))
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
