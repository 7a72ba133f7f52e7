"""The film: petitions received step by step, one scale for all of it, alone or summed up so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gridmap import maps
from gridmap.levels import TOTAL
from gridmap.measures import measure_named
from gridmap.ui import cartography, data, facts
from gridmap.ui.scene import Scene
from gridmap.ui.words import say

KEY = "petition.received"


@dataclass(frozen=True, eq=False)
class Frame:
    """Hold one picture of the film and what is written above it."""

    picture: cartography.Picture
    title: str


def steps(scene: Scene) -> list[str]:
    """Return the names of the steps of the period, the oldest first."""
    return list(_counts(scene).columns)


@data.made
def frame(scene: Scene, step: str, *, summed: bool = False) -> Frame:
    """Return one picture.

    Parameters
    ----------
    scene : gives the cells and the period
    step : one of `steps`
    summed : whether everything since the beginning of the period counts
    """
    counts = _counts(scene).cumsum(axis=1, skipna=False) if summed else _counts(scene)
    measure = measure_named(KEY)
    classes = cartography.classes_of(pd.Series(counts.to_numpy().ravel()), measure, scene)
    values = counts[step].to_numpy(dtype=float)
    rows = pd.DataFrame({"region_id": counts.index, KEY: values, f"{KEY}.n": values, f"{KEY}.of": np.nan})
    shown = maps.recounted(rows[KEY], classes)
    picture = cartography.by_measure(facts.shapes(scene), rows, measure, scene, classes=shown)
    word = "until_step" if summed else "in_step"
    return Frame(picture, say(word, scene.lang, step=step))


def shown(scene: Scene, *, at_s: float, seconds: float) -> Frame | None:
    """Return the picture that is on at a moment when each stays for some seconds; None without any.

    Parameters
    ----------
    scene : gives the cells and the period
    at_s : seconds since the epoch
    seconds : how long each picture stays
    """
    names = steps(scene)
    return frame(scene, names[int(at_s // seconds) % len(names)]) if names else None


def _counts(scene: Scene) -> pd.DataFrame:
    """Return petitions received: one row per cell drawn, one column per step, 0 where there were none."""
    if not scene.sees_small_cells:
        return _by_months(scene)
    step = facts.step_of_scene(scene)
    found = data.ask(
        "frames", level=scene.level or TOTAL, boundaries=facts.boundaries_day(scene),
        since=scene.period.since, until=scene.period.until, now=scene.now,
        categories=list(scene.view.categories), step=step,
    )  # fmt: skip
    drawn = [cell.region_id for cell in scene.inside] or [scene.cell.region_id]
    labels = facts.step_labels(found["step_from"], step)
    table = found.assign(label=labels).pivot_table(
        index="region_id", columns="label", values="n", aggfunc="sum", fill_value=0, sort=False
    )
    return table.reindex(index=drawn, fill_value=0)


def _by_months(scene: Scene) -> pd.DataFrame:
    """Return the same for readers who may not see small cells: by months, each as its measure tells it."""
    drawn = [cell.region_id for cell in scene.inside] or [scene.cell.region_id]
    told = {}
    for month in facts.months(scene):
        rows = facts.figures_at(scene, scene.level or TOTAL, (KEY,), month)
        told[f"{month.since:%Y-%m}"] = rows.set_index("region_id")[KEY].reindex(drawn)
    return pd.DataFrame(told, index=drawn)
