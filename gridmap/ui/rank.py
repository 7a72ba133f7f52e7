"""The ranking of the cells of a scene by a measure. Pure."""

from __future__ import annotations

import pandas as pd

from gridmap import maps
from gridmap.measures import Measure
from gridmap.ui import formats, kpis
from gridmap.ui.markup import Rank, css_colour
from gridmap.ui.scene import Scene
from gridmap.ui.words import say


def cells_in(scene: Scene, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a level's figures that belong to the cells drawn.

    Cells that were in force in the period and are no longer on the day drawn stay in, named as retired:
    their records must not vanish from the list.
    """
    drawn = {cell.region_id for cell in scene.inside}
    outer = scene.tree.within(scene.around, _level_above(scene))
    parents = {cell.region_id for cell in outer}
    mine = figures["region_id"].isin(drawn)
    retired = figures["parent_id"].isin(parents) & ~figures["region_id"].isin(set(scene.tree.by_id))
    kept = mine | retired
    return figures[kept].assign(retired=retired[kept].to_numpy())


def ranked(rows: pd.DataFrame, measure: Measure, *, fewest: int) -> pd.DataFrame:
    """Return the rows in the order of a measure, with their rank.

    Rates and times of fewer than `fewest` cases are not ranked and come last; equal values share a rank.

    Parameters
    ----------
    rows : KEY, KEY.n, KEY.of per cell
    measure : what to rank by
    fewest : least denominator (or numerator where there is none) of a ranked rate

    Returns
    -------
    The rows with a column rank (null when not ranked), ordered by value, the highest first
    """
    cases = rows[f"{measure.key}.of"].fillna(rows[f"{measure.key}.n"]).fillna(0)
    counted = (measure.kind == "count") | (cases >= fewest)
    value = rows[measure.key].where(counted)
    rank = value.rank(ascending=False, method="min")
    order = rows.assign(rank=rank, code_=rows["code"]).sort_values(["rank", "code_"], na_position="last")
    return order.drop(columns="code_")


def rank_rows(rows: pd.DataFrame, measure: Measure, classes: maps.Classes, scene: Scene) -> list[Rank]:
    """Return ranked rows ready to be written, each with a bar in the colour of its class on the map."""
    values = rows[measure.key].astype(float)
    greatest = values.max()
    total = values.sum() if measure.kind == "count" else 0.0
    colours = maps.colours_of(values, classes, missing=maps.rgba(scene.colours.line))
    return [
        Rank(
            place=formats.whole(row["rank"]),
            code=row["code"],
            name=row["name"] + (say("retired", scene.lang) if row["retired"] else ""),
            value=formats.figure(value, unit=measure.unit, kind=measure.kind, lang=scene.lang),
            exact="" if formats.is_missing(value) else repr(value),
            detail=formats.percent(value / total) if total else kpis.parts(row, measure),
            share=None if formats.is_missing(value) or not greatest else max(value / greatest, 0.0),
            colour=css_colour((int(colour[0]), int(colour[1]), int(colour[2]), 255)),
            current=row["region_id"] == scene.cell.region_id,
        )
        for row, value, colour in zip(rows.to_dict("records"), values, colours, strict=True)
    ]


def _level_above(scene: Scene) -> str:
    """Return the level right above the cells drawn, as far as the store has one inside `around`."""
    levels = scene.tree.levels
    place = levels.index(scene.level) if scene.level in levels else 0
    above = levels[place - 1] if place else scene.around.level
    return above if scene.tree.within(scene.around, above) else scene.around.level
