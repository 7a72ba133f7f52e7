"""What the map card draws: cells painted by a measure, by coverage, or under a heat surface. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk
import shapely

from gridmap import maps
from gridmap.measures import Measure
from gridmap.ui import formats, kpis, markup
from gridmap.ui.scene import Scene
from gridmap.ui.theme import FONT
from gridmap.ui.view import to_params
from gridmap.ui.words import level_title, say, title_of, unit_of

#: Columns that travel to the browser with each cell.
PROPERTIES = ("code", "fill", "tip_name", "tip_line")
#: More names than this would only cover each other.
_LABELS = 70
#: On a map less wide, only cells have names, in smaller letters.
_SMALL_PX = 700
_PADDING = 0.05
#: Columns are looked at from the side; the highest is this share of the map's side.
_PITCH, _COLUMN_SHARE = 48, 0.28
_DEGREE_M = 111_320.0
#: Of more cells the borders would cover the colours.
_CELLS_WITH_WIDE_EDGES = 400


@dataclass(frozen=True, eq=False)
class Picture:
    """Hold what the map card shows.

    Parameters
    ----------
    cells : the cells with code, name, fill and tooltip, lon/lat
    legend : its legend as HTML
    surface : heat under the cells, None without one
    filled : whether the colours of the cells are drawn
    columns : columns standing on the cells: lon, lat, share, fill; None without
    """

    cells: gpd.GeoDataFrame
    legend: str
    surface: maps.HeatSurface | None = None
    filled: bool = True
    columns: pd.DataFrame | None = None


def by_measure(
    shapes: gpd.GeoDataFrame,
    rows: pd.DataFrame,
    measure: Measure,
    scene: Scene,
    *,
    classes: maps.Classes | None = None,
) -> Picture:
    """Paint cells by a measure, its classes given or else chosen over the cells drawn."""
    values = rows.set_index("region_id").reindex(shapes["region_id"])
    classes = classes or classes_of(values[measure.key], measure, scene)
    missing = maps.rgba(scene.colours.paint.missing, 0.7)
    lines = [_measure_line(row, measure, scene.lang) for row in values.to_dict("records")]
    cells = painted(shapes, maps.colours_of(values[measure.key], classes, missing=missing), lines)
    unit = unit_of(measure, scene.lang)
    legend = markup.legend(
        title_of(measure, scene.lang) + (f" ({unit})" if unit else ""),
        classes,
        labels=[span(low, high, measure, scene.lang) for low, high in classes.spans],
        missing=say("legend_missing" if scene.sees_small_cells else "legend_withheld", scene.lang),
        count_word=say("legend_cells", scene.lang),
    )
    return Picture(cells, legend)


def classes_of(values: pd.Series, measure: Measure, scene: Scene) -> maps.Classes:
    """Divide the values of the cells drawn into the classes of the view's scheme."""
    view = scene.view
    scheme = next(name for name in maps.SCHEMES if name == view.scheme)
    percent = 100 if measure.unit == "share" else 1
    breaks = [edge / percent for edge in view.breaks]
    return maps.classify(
        values.astype(float), scheme=scheme, k=view.classes, breaks=breaks, paint=scene.colours.paint
    )


def by_coverage(leaves: gpd.GeoDataFrame, scene: Scene, *, holes: pd.DataFrame) -> Picture:
    """Paint leaf cells by whether somebody is in charge; the legend tells how much land each class has.

    Parameters
    ----------
    leaves : the leaf cells with duty and area_m2
    scene : how to draw
    holes : code, people and open_petitions of those nobody is in charge of
    """
    colours = {duty: maps.rgba(colour, 0.78) for duty, colour in maps.COVERAGE_COLOURS.items()}
    fills = np.array([colours[duty] for duty in leaves["duty"]], dtype=np.uint8).reshape(-1, 4)
    left = {row["code"]: row for row in holes.to_dict("records")}
    rows = zip(leaves["code"], leaves["duty"], leaves["area_m2"], strict=True)
    lines = [f"{say(duty, scene.lang)} · {formats.area_km2(area)}{_left_alone(left.get(code), scene)}"
             for code, duty, area in rows]  # fmt: skip
    return Picture(painted(leaves, fills, lines), _coverage_legend(leaves, scene))


def by_heat(
    shapes: gpd.GeoDataFrame,
    rows: pd.DataFrame,
    measure: Measure,
    surface: maps.HeatSurface | None,
    n: int,
    scene: Scene,
    *,
    bin_m: float = 100.0,
) -> Picture:
    """Lay a heat surface under the borders of the cells; `bin_m` is the side of the squares it is made of."""
    values = rows.set_index("region_id").reindex(shapes["region_id"])
    lines = [_measure_line(row, measure, scene.lang) for row in values.to_dict("records")]
    cells = painted(shapes, np.zeros((len(shapes), 4), np.uint8), lines)
    note = say("heat_note", scene.lang, n=formats.whole(n), m=formats.whole(bin_m))
    if surface is None:
        return Picture(cells, markup.swatches(say("heat_title", scene.lang), [], note=note), filled=False)
    labels = [f"{formats.whole(low)} – {formats.whole(high)}" for low, high in surface.classes.spans]
    legend = markup.legend(
        say("heat_title", scene.lang), surface.classes, labels=labels, missing="", count_word="", note=note
    )
    return Picture(cells, legend, surface=surface, filled=False)


def by_load(shapes: gpd.GeoDataFrame, rows: pd.DataFrame, measure: Measure, scene: Scene) -> Picture:
    """Stand columns on the cells, as high as the values of a measure."""
    flat = by_measure(shapes, rows, measure, scene)
    values = rows.set_index("region_id")[measure.key].reindex(shapes["region_id"]).fillna(0.0)
    points = shapes.geometry.representative_point()
    fills = [[red, green, blue, 235] for red, green, blue, _ in flat.cells["fill"]]
    shares = (values / (values.max() or 1.0)).to_numpy()
    columns = pd.DataFrame({"lon": points.x, "lat": points.y, "share": shares, "fill": fills})
    return Picture(flat.cells, flat.legend, filled=False, columns=columns[columns["share"] > 0])


def painted(shapes: gpd.GeoDataFrame, fills: np.ndarray[Any, Any], lines: Sequence[str]) -> gpd.GeoDataFrame:
    """Give each cell its colour and the escaped text of its tooltip."""
    return shapes.assign(
        fill=fills.tolist(),
        tip_name=[escape(name) for name in shapes["name"]],
        tip_line=[escape(line) for line in lines],
    )


def deck_of(
    picture: Picture,
    outline: gpd.GeoDataFrame,
    scene: Scene,
    *,
    base: maps.BaseTiles | None,
    height_px: int,
    width_px: float | None = None,
    shift_px: float = 0,
) -> maps.FastDeck:
    """Put the map together: base map, heat, cells, border of the cell one is in, columns, names.

    The names of the base map stand above the cells, or below them where the cells have names of their own;
    a small map has no room for both.

    Parameters
    ----------
    picture, outline, scene : what is drawn
    base : where the tiles of the base map come from; None where there is none
    height_px, width_px : size of the map; the width is that of the overview when omitted
    shift_px : how far to the right of the middle the land lies
    """
    paint, scale = scene.colours.paint, scene.screen.scale
    layers: list[pdk.Layer] = maps.base_layers(base, paint=paint, scale=scale) if base else []
    wide_px = width_px or scene.screen.width * (0.95 if scene.screen.is_phone else 0.6)
    is_small, named = wide_px < _SMALL_PX * scale, _names_cells(picture.cells)
    names = maps.base_names(base, font=FONT, paint=paint, scale=scale) if base else []
    if named and not is_small:
        layers += names
    if picture.surface is not None:
        layers.append(maps.heat_layer(picture.surface))
    layers += _cells(picture, outline, scene)
    if len(outline):
        border, colour = maps.borders(outline), maps.rgba(paint.outline, 0.9)
        layers.append(maps.line_layer(border, layer_id="outline", colour=colour, width_px=2.5 * scale))
    if not named:
        layers += names
    layers += [*_columns(picture, outline), *_labels(picture.cells, scene, 11.0 if is_small else 13.5)]
    camera = _camera(picture, outline, (wide_px, height_px), shift_px)
    return maps.deck(layers, view=camera, tooltip=_tooltip(scene))


def layer_id(scene: Scene) -> str:
    """Return the name of the layer of cells.

    Every set of cells has another name: the browser keeps a selection by layer and position.
    """
    return f"cells-{scene.view.show}-{scene.level}-{scene.around.region_id}-{scene.day}"


def cells_url(scene: Scene, params: Mapping[str, str | list[str]]) -> str:
    """Return the address of the painted cells of a scene as GeoJSON."""
    theme = "dark" if scene.colours.paint is maps.DARK else "light"
    return "/api/cells.geojson?" + urlencode({**params, "theme": theme}, doseq=True)


def short_name(name: str, outer: str) -> str:
    """Leave out the beginning of a name that repeats the name of the cell around it.

    >>> short_name("大富社区第3红色网格", "大富社区")
    '第3红色网格'
    """
    rest = name.removeprefix(outer).strip()
    return rest or name


def _names_cells(cells: gpd.GeoDataFrame) -> bool:
    return 0 < len(cells) <= _LABELS


def _labels(cells: gpd.GeoDataFrame, scene: Scene, letter_px: float) -> list[pdk.Layer]:
    if not _names_cells(cells):
        return []
    points = cells.geometry.representative_point()
    names = [short_name(name, scene.around.name) for name in cells["name"]]
    # The larger cell keeps its name where two would cover each other.
    weight = pd.Series(shapely.area(cells.geometry.values), index=cells.index).rank(pct=True) * 1000
    labels = pd.DataFrame({"lon": points.x, "lat": points.y, "text": names, "weight": weight.round()})
    name, size = f"names-{layer_id(scene)}", letter_px * scene.screen.scale
    return [maps.label_layer(labels, layer_id=name, font=FONT, paint=scene.colours.paint, size_px=size)]


def _cells(picture: Picture, outline: gpd.GeoDataFrame, scene: Scene) -> list[pdk.Layer]:
    """Draw the cells, and their borders where the outline is not made of the same."""
    if not len(picture.cells):
        return []
    paint, name = scene.colours.paint, layer_id(scene)
    edge_px = (1.2 if len(picture.cells) <= _CELLS_WITH_WIDE_EDGES else 0.35) * scene.screen.scale
    if len(picture.cells) > maps.INLINE_FEATURES:
        url = cells_url(scene, to_params(scene.view))
        return [maps.cell_layer(url, layer_id=name, paint=paint, filled=picture.filled, edge_px=edge_px)]
    data = maps.feature_collection(picture.cells, PROPERTIES)
    cells = maps.cell_layer(data, layer_id=name, paint=paint, filled=picture.filled)
    if set(picture.cells["region_id"]) == set(outline["region_id"]):
        return [cells]
    colour = maps.edge_colour(paint, filled=picture.filled)
    edges = maps.line_layer(
        maps.borders(picture.cells), layer_id=f"edges-{name}", colour=colour, width_px=edge_px
    )
    return [cells, edges]


def _columns(picture: Picture, outline: gpd.GeoDataFrame) -> list[pdk.Layer]:
    if picture.columns is None or not len(picture.columns):
        return []
    west, south, east, north = (outline if len(outline) else picture.cells).total_bounds
    side_m = max((east - west) * np.cos(np.radians(south)), north - south) * _DEGREE_M
    radius_m = side_m / 9 / np.sqrt(len(picture.columns))
    layer = maps.column_layer(
        picture.columns, layer_id="columns", radius_m=radius_m, greatest_m=side_m * _COLUMN_SHARE
    )
    return [layer]


def _camera(
    picture: Picture, outline: gpd.GeoDataFrame, size_px: tuple[float, float], shift_px: float
) -> pdk.ViewState:
    drawn = outline if len(outline) else picture.cells
    bounds = drawn.total_bounds if len(drawn) else (113.75, 22.44, 114.63, 22.87)
    width_px, height_px = size_px
    return maps.view_of(
        bounds, width_px=width_px, height_px=height_px, padding=_PADDING, shift_px=shift_px,
        pitch=_PITCH if picture.columns is not None else 0,
    )  # fmt: skip


def _tooltip(scene: Scene) -> dict[str, Any]:
    colours, size = scene.colours, 13 * scene.screen.scale
    return {
        "html": "<b>{tip_name}</b><br/>{tip_line}",
        "style": {
            "backgroundColor": colours.card, "color": colours.text, "fontFamily": FONT, "zIndex": "40",
            "fontSize": f"{size:.0f}px", "borderRadius": "6px", "padding": "8px 12px", "lineHeight": "1.5",
            "boxShadow": "0 4px 16px rgba(0,0,0,.25)",
        },
    }  # fmt: skip


def _left_alone(hole: Mapping[Any, Any] | None, scene: Scene) -> str:
    """Say what a hole leaves alone; nothing of it to readers who may not see small cells."""
    if hole is None or not scene.sees_small_cells:
        return ""
    people, cases = formats.whole(hole["people"]), formats.whole(hole["open_petitions"])
    return " · " + say("left_alone", scene.lang, people=people, cases=cases)


def _measure_line(row: Mapping[Any, Any], measure: Measure, lang: str) -> str:
    if row.get(f"{measure.key}.withheld") is True:
        return f"{title_of(measure, lang)} {say('withheld', lang)}"
    value = kpis.written(row[measure.key], measure, lang)
    detail = kpis.parts(row, measure)
    return f"{title_of(measure, lang)} {value}" + (f" ({detail})" if "/" in detail else "")


def span(low: float, high: float, measure: Measure, lang: str) -> str:
    """Write the lowest and the highest value of a class."""
    texts = [formats.figure(edge, unit=measure.unit, kind=measure.kind, lang=lang) for edge in (low, high)]
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} – {texts[1]}"


def _coverage_legend(leaves: gpd.GeoDataFrame, scene: Scene) -> str:
    land = leaves.groupby("duty")["area_m2"].sum()
    whole = float(land.sum()) or 1.0
    rows = [(colour, say(duty, scene.lang), formats.percent(float(land.get(duty, 0.0)) / whole))
            for duty, colour in maps.COVERAGE_COLOURS.items()]  # fmt: skip
    note = f"{level_title(scene.around.level, scene.lang)} · {formats.area_km2(whole)}"
    return markup.swatches(
        say("coverage_title", scene.lang), rows, count_word=say("land_share", scene.lang), note=note
    )
