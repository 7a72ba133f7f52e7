"""Maps of a report: the cells of a level coloured by a measure or by who is in charge, on paper."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from gridmap import maps, regions
from gridmap.measures import Measure
from gridmap.reports.document import Drawing
from gridmap.reports.subject import Subject
from gridmap.reports.words import say
from gridmap.store import Database
from gridmap.ui.cartography import short_name, span
from gridmap.ui.formats import percent
from gridmap.ui.markup import css_colour

_PIXELS = 2500
_BASE_MARGIN = 0.6
_ALPHA = 0.8


def by_measure(
    subject: Subject, rows: pd.DataFrame, measure: Measure, *, title: str, width_mm: float, height_mm: float
) -> Drawing:
    """Draw the cells inside, coloured by a measure in classes of Fisher-Jenks.

    Parameters
    ----------
    subject : gives the cells
    rows : region_id and the measure's column, one row per cell
    measure, title : what is drawn and what it is called
    width_mm, height_mm : size on paper
    """
    cells = shapes_inside(subject)
    values = rows.set_index("region_id")[measure.key].reindex(cells["region_id"]).astype(float)
    classes = maps.classify(values, scheme="natural", alpha=_ALPHA)
    missing = maps.rgba(maps.LIGHT.missing, _ALPHA)
    fills = maps.colours_of(values, classes, missing=missing)
    painted = cells.assign(fill=fills.tolist(), label=_labels(cells, subject))
    legend = class_keys(classes, measure, subject.lang)
    svg = drawn(subject, painted, legend, width_mm, height_mm)
    return Drawing(svg, width_mm, height_mm, title)


def by_duty(subject: Subject, *, title: str, width_mm: float, height_mm: float) -> Drawing:
    """Draw the leaf cells by whether somebody is in charge."""
    leaves = regions.leaves_on(subject.db, subject.day).merge(
        subject.ask("coverage_leaves", on_day=subject.day), on="region_id"
    )
    mine = [
        cell.region_id for level in subject.tree.levels for cell in subject.tree.within(subject.cell, level)
    ]
    own = leaves[leaves["region_id"].isin(mine)]
    painted, legend = duty_paint(simplified(own), subject.lang)
    return Drawing(drawn(subject, painted, legend, width_mm, height_mm), width_mm, height_mm, title)


def duty_paint(leaves: gpd.GeoDataFrame, lang: str) -> tuple[gpd.GeoDataFrame, list[maps.Key]]:
    """Colour leaf cells by whether somebody is in charge; the legend says how much land each class has."""
    colours = {duty: maps.rgba(colour, _ALPHA) for duty, colour in maps.COVERAGE_COLOURS.items()}
    land = leaves.groupby("duty")["area_m2"].sum()
    whole = float(land.sum()) or 1.0
    legend = [
        (colour, f"{say(duty, lang)} {percent(float(land[duty]) / whole)}", "")
        for duty, colour in maps.COVERAGE_COLOURS.items()
        if duty in land
    ]
    return leaves.assign(fill=[colours[duty] for duty in leaves["duty"]], label=""), legend


def css_colours(classes: maps.Classes) -> list[str]:
    """Return the colours of classes as CSS."""
    return [css_colour(colour) for colour in classes.colours]


def class_keys(classes: maps.Classes, measure: Measure, lang: str) -> list[maps.Key]:
    """Return the entries of a legend: span and number of cells of each class."""
    keys = [
        (css_colour(colour), span(low, high, measure, lang), str(count))
        for colour, (low, high), count in zip(classes.colours, classes.spans, classes.counts, strict=True)
    ]
    if classes.missing:
        keys.append((maps.LIGHT.missing, say("no_value", lang), str(classes.missing)))
    return keys


def shapes_inside(subject: Subject) -> gpd.GeoDataFrame:
    """Return the cells inside for drawing, in metres; the cell itself where it has none."""
    level, within = (subject.level, subject.cell.region_id or None) if subject.level else (
        subject.cell.level, subject.cell.parent_id)  # fmt: skip
    cells = simplified(regions.map_of(subject.db, level=level, on=subject.day, within=within))
    return cells if subject.level else cells[cells["region_id"] == subject.cell.region_id]


def simplified(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return cells with no more detail than paper shows."""
    return maps.simplified(cells, pixels=_PIXELS)


def outline_of(db: Database, subject: Subject) -> gpd.GeoDataFrame:
    """Return the border of the cell reported on, that of all cells of the top level for the whole store."""
    cell = subject.cell
    if cell.region_id:
        found = regions.map_of(db, level=cell.level, on=subject.day, within=cell.parent_id)
        return simplified(found[found["region_id"] == cell.region_id])
    return simplified(regions.map_of(db, level=subject.tree.levels[0], on=subject.day))


def base_of(db: Database, box: Sequence[float]) -> dict[str, gpd.GeoDataFrame]:
    """Return what lies under a map, by kind."""
    kinds = db.query("screens/base_kinds")["kind"]
    return {kind: regions.base_features(db, kind, box=box, margin=_BASE_MARGIN) for kind in kinds}


def drawn(
    subject: Subject,
    painted: gpd.GeoDataFrame,
    legend: Sequence[maps.Key],
    width_mm: float,
    height_mm: float,
    *,
    letter_mm: float = 2.5,
) -> str:
    """Draw painted cells over the base map with the border of the cell reported on, as SVG."""
    outline = outline_of(subject.db, subject)
    sheet = maps.Sheet(
        painted, outline=outline, base=base_of(subject.db, outline.total_bounds), legend=legend,
        north=say("north", subject.lang), letter_mm=letter_mm,
    )  # fmt: skip
    return maps.sheet_svg(sheet, width_mm=width_mm, height_mm=height_mm)


def _labels(cells: gpd.GeoDataFrame, subject: Subject) -> list[str]:
    return [short_name(name, subject.cell.name) for name in cells["name"]]
