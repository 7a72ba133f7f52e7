"""Any map or chart of the screens as a picture: PNG or PDF with legend, scale, date, source, definition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import geopandas as gpd
import pandas as pd

from gridmap import maps, regions
from gridmap.errors import UsageError
from gridmap.levels import TOTAL
from gridmap.measures import Measure, measure_named
from gridmap.reports import charts, plates
from gridmap.reports.document import Drawing
from gridmap.reports.subject import is_synthetic
from gridmap.reports.typesetting import Form, typeset
from gridmap.reports.words import say
from gridmap.ui import cartography, data, facts, formats, ground, kpis
from gridmap.ui.parts import measure_shown
from gridmap.ui.scene import Scene
from gridmap.ui.theme import LIGHT
from gridmap.ui.words import definition_of, level_title, title_of, unit_of

_WIDE_MM, _MAP_MM, _CHART_MM = 190.0, 130.0, 75.0
_MOST_CATEGORIES = 12
_TREND_LABELS = 26


def picture(scene: Scene, what: str, *, form: Form = "png") -> bytes:
    """Return a map or chart of a scene as a picture, by day whatever the screen's colours are.

    Parameters
    ----------
    scene : what is looked at
    what : one of WHAT: map (as the view shows it), trend, categories, ratings
    form : png or pdf

    Raises
    ------
    UsageError : when there is no such picture
    """
    if what not in _DRAWN:
        raise UsageError(f"There is no picture '{what}'. Choose one of: {', '.join(_DRAWN)}.")
    drawing, measure = _DRAWN[what](scene)
    return typeset("picture", _sheet(scene, drawing, measure), form=form)


def _sheet(scene: Scene, drawing: Drawing, measure: Measure) -> dict[str, object]:
    """Return the drawing with all that has to be known about it."""
    lang = scene.lang
    about = [(say("definition", lang), definition_of(measure, lang)),
             (say("source", lang), kpis.source_of(measure, lang)),
             (say("caveat", lang), kpis.caveat_of(measure, lang))]  # fmt: skip
    return {
        "title": drawing.caption, "subtitle": " · ".join(_where_and_when(scene)), "svg": drawing.svg,
        "width": drawing.width_mm, "lang": lang, "about": [entry for entry in about if entry[1]],
        "made": say("fact_as_of", lang, when=formats.moment(scene.now)),
        "notice": say("synthetic", lang) if is_synthetic(data.database()) else "",
    }  # fmt: skip


def _where_and_when(scene: Scene) -> list[str]:
    lang, view, period = scene.lang, scene.view, scene.period
    place = scene.cell.name if scene.cell.level != TOTAL else say("everything", lang)
    if period.since or period.until:
        since = period.since.isoformat() if period.since else ""
        until = (period.until - timedelta(days=1)).isoformat() if period.until else ""
        days = say("days", lang, since=since, until=until)
    else:
        days = say("all_days", lang)
    chosen = list(view.categories)
    return [place, days, say(f"boundaries_{view.boundaries}", lang), *chosen]


def _map(scene: Scene) -> tuple[Drawing, Measure]:
    """Draw what the map of the view shows: a measure, heat, or who is in charge."""
    measure = measure_shown(scene.measure)
    if scene.view.show == "coverage":
        return _coverage(scene), measure
    shapes = _metric(facts.shapes(scene))
    values = (
        facts.figures(scene).set_index("region_id")[measure.key].reindex(shapes["region_id"]).astype(float)
    )
    classes = cartography.classes_of(values, measure, scene)
    if scene.view.show == "heat":
        return _heat(scene, shapes), measure_named("petition.received")
    fills = maps.colours_of(values, classes, missing=maps.rgba(maps.LIGHT.missing, 0.8))
    unit = unit_of(measure, scene.lang)
    level = level_title(scene.level or scene.cell.level, scene.lang)
    title = title_of(measure, scene.lang) + (f" ({unit})" if unit else "") + f" · {level}"
    painted = shapes.assign(fill=fills.tolist(), label=_labels(shapes, scene))
    return _on_paper(scene, painted, plates.class_keys(classes, measure, scene.lang), title), measure


def _coverage(scene: Scene) -> Drawing:
    leaves = ground.leaves(scene.day)
    own = _metric(leaves[leaves["region_id"].isin(facts.leaf_ids(scene))])
    painted, keys = plates.duty_paint(own, scene.lang)
    return _on_paper(scene, painted, keys, say("c_duty", scene.lang))


def _heat(scene: Scene, shapes: gpd.GeoDataFrame) -> Drawing:
    surface, _ = facts.heat(scene, dark=False)
    keys = (
        []
        if surface is None
        else [
            (maps_colour, f"{formats.whole(low)} – {formats.whole(high)}", "")
            for maps_colour, (low, high) in zip(
                plates.css_colours(surface.classes), surface.classes.spans, strict=True
            )
        ]
    )
    painted = shapes.assign(fill=[(0, 0, 0, 0)] * len(shapes), label=_labels(shapes, scene))
    return _on_paper(scene, painted, keys, say("heat_title", scene.lang), heat=surface)


def _on_paper(
    scene: Scene,
    painted: gpd.GeoDataFrame,
    keys: list[maps.Key],
    title: str,
    *,
    heat: maps.HeatSurface | None = None,
) -> Drawing:
    outline = _metric(ground.outline(scene.cell, day=scene.day))
    base = plates.base_of(data.database(), outline.total_bounds)
    sheet = maps.Sheet(painted, outline=outline, base=base, legend=keys, heat=heat,
                       north=say("north", scene.lang))  # fmt: skip
    return Drawing(maps.sheet_svg(sheet, width_mm=_WIDE_MM, height_mm=_MAP_MM), _WIDE_MM, _MAP_MM, title)


def _trend(scene: Scene) -> tuple[Drawing, Measure]:
    steps = facts.trend_steps(scene)
    shares = [float(done) / float(due) if due > 0 and done >= 0 else None
              for due, done in zip(steps.get("due", []), steps.get("on_time", []), strict=True)]  # fmt: skip
    bars = [_bars(steps, name, colour, scene.lang)
            for name, colour in zip(("received", "closed"), LIGHT.series, strict=False)]  # fmt: skip
    labels = charts.thinned([str(label) for label in steps.get("label", [])], most=_TREND_LABELS)
    line = charts.Line(say("on_time", scene.lang), LIGHT.series[2], shares)
    svg = charts.over_time(labels, bars, line, width_mm=_WIDE_MM, height_mm=_CHART_MM)
    return Drawing(svg, _WIDE_MM, _CHART_MM, say("trend_title", scene.lang)), measure_named(
        "petition.on_time_close_rate"
    )


def _bars(steps: pd.DataFrame, name: str, colour: str, lang: str) -> charts.Bars:
    return charts.Bars(say(name, lang), colour, [float(n) if n > 0 else 0.0 for n in steps.get(name, [])])


def _categories(scene: Scene) -> tuple[Drawing, Measure]:
    parts = facts.shares(scene, "category", shown=_MOST_CATEGORIES, filtered=False)
    colours = [LIGHT.series[0]] * len(parts)
    return _lying(parts.assign(colour=colours), say("t_category", scene.lang)), measure_named(
        "petition.received"
    )


def _ratings(scene: Scene) -> tuple[Drawing, Measure]:
    return _lying(facts.ratings(scene), say("t_ratings", scene.lang)), measure_named("building.by_rating")


def _lying(parts: pd.DataFrame, title: str) -> Drawing:
    total = float(parts["n"].sum()) or 1.0
    rows = [
        charts.Lying(label, float(n), f"{formats.whole(n)}  ({formats.percent(n / total)})", colour)
        for label, n, colour in zip(parts["label"], parts["n"], parts["colour"], strict=True)
    ]
    svg = charts.lying(rows, width_mm=_WIDE_MM)
    return Drawing(svg, _WIDE_MM, charts.lying_height_mm(len(rows)), title)


def _labels(shapes: gpd.GeoDataFrame, scene: Scene) -> list[str]:
    return [cartography.short_name(name, scene.around.name) for name in shapes["name"]]


def _metric(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return shapes of the screens in metres, in which scale and north are true."""
    return shapes.to_crs(regions.crs_of(data.database()))


_DRAWN: dict[str, Callable[[Scene], tuple[Drawing, Measure]]] = {
    "map": _map, "trend": _trend, "categories": _categories, "ratings": _ratings,
}  # fmt: skip
#: What there are pictures of.
WHAT = tuple(_DRAWN)
