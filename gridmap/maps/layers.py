"""Cells, names, surfaces and the base map as pydeck layers.

Every map is drawn with `map_provider=None`: the base map is our own layers, no public style is ever
fetched. All geometry handed to a layer is WGS-84 longitude and latitude.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pydeck as pdk
import shapely
from pydeck.bindings.json_tools import default_serialize

from gridmap.maps.heat import HeatSurface, png
from gridmap.maps.names import LETTER_PX
from gridmap.maps.paint import LIGHT, Paint, rgba

#: Features with their properties, or the URL that gives them.
GeoJson = str | Mapping[str, Any]

#: More features than this travel by URL, not inside the page's message.
INLINE_FEATURES = 1000

_TILE_PX = 512

_AREAS = ("green", "industry", "building", "water")
#: Width of roads by rank, in metres of the land.
_ROAD_WIDTHS_M = (32.0, 22.0, 11.0, 6.0, 4.0)


class FastDeck(pdk.Deck):  # type: ignore[misc]
    """A deck written by orjson: the same JSON as pydeck's own, about 40 times faster."""

    def to_json(self) -> str:
        """Return the deck as JSON text."""
        options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
        return orjson.dumps(self, default=default_serialize, option=options).decode()


@dataclass(frozen=True)
class WrittenDeck:
    """Hold a deck as JSON text: what `st.pydeck_chart` asks of one, written once for many readers."""

    text: str
    _tooltip: Mapping[str, Any] | bool | None

    def to_json(self) -> str:
        """Return the deck as JSON text."""
        return self.text


def written(deck: FastDeck) -> WrittenDeck:
    """Return a deck as text."""
    return WrittenDeck(deck.to_json(), deck._tooltip)


def simplified(cells: gpd.GeoDataFrame, *, pixels: int = 2000) -> gpd.GeoDataFrame:
    """Return the cells with no more detail than a screen can show, neighbours still sharing borders.

    Parameters
    ----------
    cells : cells in a metric CRS
    pixels : how many dots the longer side of the extent is drawn with
    """
    if cells.empty:
        return cells
    west, south, east, north = cells.total_bounds
    tolerance_m = max(east - west, north - south) / pixels
    return cells.set_geometry(shapely.coverage_simplify(cells.geometry.values, tolerance_m), crs=cells.crs)


def feature_collection(
    cells: gpd.GeoDataFrame, columns: Sequence[str], *, decimals: int = 6
) -> dict[str, Any]:
    """Return cells as GeoJSON for `FastDeck` or orjson.

    Parameters
    ----------
    cells : cells in longitude and latitude
    columns : columns that become properties
    decimals : of the coordinates; 6 are 0.1 m and enough to draw, 9 keep the lattice of 1 mm
    """
    rounded = shapely.transform(cells.geometry.values, lambda xy: xy.round(decimals))
    properties = cells[list(columns)].to_dict("records")
    features = [{"type": "Feature", "properties": values, "geometry": orjson.Fragment(text)}
                for values, text in zip(properties, shapely.to_geojson(rounded), strict=True)]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def borders(cells: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the borders of cells as GeoJSON lines: one that two cells share is drawn once.

    Parameters
    ----------
    cells : cells in longitude and latitude, neighbours sharing the corners of their border
    """
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(cells.geometry.values)))
    return feature_collection(gpd.GeoDataFrame(geometry=[lines]), [])


def cell_layer(
    data: GeoJson, *, layer_id: str, paint: Paint = LIGHT, filled: bool = True, edge_px: float = 0
) -> pdk.Layer:
    """Draw cells that can be hovered and clicked.

    Parameters
    ----------
    data : a FeatureCollection whose features have a `fill` property, or the URL of one
    layer_id : must differ between levels: the browser keeps a selection by layer and position
    paint : gives the colour of the borders
    filled : whether the colours are drawn; the cells can be clicked either way
    edge_px : width of the borders; 0 where they are drawn as lines of their own
    """
    return pdk.Layer(
        "GeoJsonLayer",
        id=layer_id,
        data=data,
        get_fill_color="properties.fill" if filled else [0, 0, 0, 1],
        stroked=edge_px > 0,
        get_line_color=edge_colour(paint, filled=filled),
        line_width_units=pdk.types.String("pixels"),
        get_line_width=edge_px,
        pickable=True,
        auto_highlight=True,
        highlight_color=list(rgba(paint.highlight, 0.4)),
    )


def column_layer(columns: pd.DataFrame, *, layer_id: str, radius_m: float, greatest_m: float) -> pdk.Layer:
    """Stand a column on each cell, as high as its share of the greatest value.

    Parameters
    ----------
    columns : columns lon, lat, share (0 to 1), fill (RGBA); one row per cell
    layer_id : name of the layer
    radius_m, greatest_m : half the width of a column and the height of the highest, in metres
    """
    return pdk.Layer(
        "ColumnLayer",
        id=layer_id,
        data=columns[["lon", "lat", "share", "fill"]].to_dict("records"),
        get_position=["lon", "lat"],
        get_elevation="share",
        elevation_scale=greatest_m,
        get_fill_color="fill",
        radius=radius_m,
        disk_resolution=6,
        extruded=True,
    )


def edge_colour(paint: Paint, *, filled: bool) -> list[int]:
    """Return the colour of the borders between cells, on their colours or on what lies under them."""
    return list(rgba(paint.cell_edge if filled else paint.outline, 0.9 if filled else 0.45))


def line_layer(data: GeoJson, *, layer_id: str, colour: Sequence[int], width_px: float) -> pdk.Layer:
    """Draw lines that can neither be hovered nor clicked."""
    return pdk.Layer(
        "GeoJsonLayer",
        id=layer_id,
        data=data,
        filled=False,
        get_line_color=list(colour),
        line_width_units=pdk.types.String("pixels"),
        get_line_width=width_px,
        line_joint_rounded=True,
    )


def label_layer(
    labels: pd.DataFrame, *, layer_id: str, font: str, paint: Paint = LIGHT, size_px: float = 14
) -> pdk.Layer:
    """Write names on the map, Chinese ones too; of names that would cover each other the weightier stands.

    Parameters
    ----------
    labels : columns lon, lat, text, weight (from -1000 to 1000)
    layer_id : name of the layer
    font : CSS font families
    paint : gives the colours of letters and halo
    size_px : height of the letters
    """
    return pdk.Layer(
        "TextLayer",
        id=layer_id,
        data=labels[["lon", "lat", "text", "weight"]].to_dict("records"),
        get_position=["lon", "lat"],
        get_text="text",
        get_size=size_px,
        get_color=list(rgba(paint.label)),
        character_set=pdk.types.String("auto"),
        font_family=pdk.types.String(font),
        font_weight=600,
        # A plate behind the name keeps it readable on every colour of the scale.
        background=True,
        get_background_color=list(rgba(paint.halo, 0.78)),
        background_padding=[size_px * 0.35, size_px * 0.12],
        background_border_radius=size_px * 0.3,
        # Never hidden behind a column.
        parameters={"depthCompare": "always"},
        extensions=[{"@@type": "CollisionFilterExtension"}],
        get_collision_priority="weight",
        # Names keep a little distance from each other.
        collision_test_props={"sizeScale": 1.15},
    )


def heat_layer(surface: HeatSurface, *, layer_id: str = "heat") -> pdk.Layer:
    """Draw a heat surface under the cells."""
    uri = "data:image/png;base64," + base64.b64encode(png(surface.image)).decode()
    corners = [list(corner) for corner in surface.corners]
    return pdk.Layer("BitmapLayer", id=layer_id, image=pdk.types.String(uri), bounds=corners)


@dataclass(frozen=True)
class BaseTiles:
    """Hold where the tiles of the base map come from.

    Parameters
    ----------
    url : address with {z}, {x} and {y}
    bounds : west, south, east, north in degrees: no tile is asked for elsewhere
    least_zoom, greatest_zoom : zooms for which there are tiles
    worker : address of the script that reads tiles
    """

    url: str
    bounds: tuple[float, float, float, float]
    least_zoom: int
    greatest_zoom: int
    worker: str


def base_layers(tiles: BaseTiles, *, paint: Paint = LIGHT, scale: float = 1.0) -> list[pdk.Layer]:
    """Draw what lies under the data: greenery, industry, water, buildings, and roads above them.

    Parameters
    ----------
    tiles : where they come from
    paint : gives the colours
    scale : 1 at a desk, 2 on a wall of twice the dots
    """
    return [
        _base_layer(tiles, "area", scale, stroked=False, get_fill_color=_by_kind(paint, _AREAS)),
        _road_layer(tiles, "edge", paint.road_edge, paint, scale, widen=1.45),
        _road_layer(tiles, "road", paint.road, paint, scale, widen=1.0),
    ]


def base_names(tiles: BaseTiles, *, font: str, paint: Paint = LIGHT, scale: float = 1.0) -> list[pdk.Layer]:
    """Write the names of the base map, above the data and below the names of cells.

    Parameters
    ----------
    tiles : where they come from
    font : CSS font families
    paint : gives the colours of letters and halo
    scale : 1 at a desk, 2 on a wall of twice the dots
    """
    layer = _base_layer(
        tiles, "name", scale,
        point_type=pdk.types.String("text"),
        get_text="properties.name",
        get_text_size=f"properties.size * {LETTER_PX * scale:.1f}",
        get_text_angle="properties.angle",
        get_text_color=f"properties.kind == 'water' ? {list(rgba(paint.water_name))} "
                       f": {list(rgba(paint.base_name))}",
        text_character_set=pdk.types.String("auto"),
        text_font_family=pdk.types.String(font),
        text_font_weight=500,
        text_font_settings={"sdf": True, "fontSize": 48, "buffer": 8, "radius": 14, "cutoff": 0.22},
        text_outline_width=5,
        text_outline_color=list(rgba(paint.halo, 0.9)),
        binary=False,
    )  # fmt: skip
    return [layer]


def view_of(
    bounds: Sequence[float],
    *,
    width_px: float,
    height_px: float,
    padding: float = 0.06,
    greatest_zoom: float = 17,
    pitch: float = 0,
    shift_px: float = 0,
) -> pdk.ViewState:
    """Look down at an extent so that all of it is seen.

    Parameters
    ----------
    bounds : west, south, east, north in degrees
    width_px, height_px : size of the map on the screen
    padding : share of the map kept free on each side
    greatest_zoom : no nearer than this, however small the extent
    pitch : degrees from looking straight down
    shift_px : how far to the right of the middle the extent lies, to leave room for a legend
    """
    west, south, east, north = bounds
    x = np.radians([west, east]) / (2 * np.pi)
    y = np.arctanh(np.sin(np.radians([south, north]))) / (2 * np.pi)
    free = 1 - 2 * padding
    per_world = max(np.ptp(x) / (width_px * free), np.ptp(y) / (height_px * free), 1e-12)
    zoom = min(float(np.log2(1 / (per_world * _TILE_PX))), greatest_zoom)
    middle = float(np.degrees(np.arcsin(np.tanh(y.mean() * 2 * np.pi))))
    aside = shift_px * 360 / (_TILE_PX * 2**zoom)
    return pdk.ViewState(
        longitude=(west + east) / 2 - aside, latitude=middle, zoom=zoom, pitch=pitch, bearing=0
    )


def deck(layers: Sequence[pdk.Layer], *, view: pdk.ViewState, tooltip: Mapping[str, Any]) -> FastDeck:
    """Put layers together, the last on top, with no base map from anywhere else."""
    return FastDeck(list(layers), map_provider=None, initial_view_state=view, tooltip=dict(tooltip))


def _base_layer(tiles: BaseTiles, part: str, scale: float, **drawn: Any) -> pdk.Layer:
    """Draw one part of the tiles; on a larger screen the same tiles are shown larger."""
    layer = "line" if part in ("edge", "road") else part
    return pdk.Layer(
        "MVTLayer",
        id=f"base-{part}",
        data=tiles.url,
        extent=list(tiles.bounds),
        min_zoom=tiles.least_zoom,
        max_zoom=tiles.greatest_zoom,
        tile_size=round(_TILE_PX * scale),
        load_options={"mvt": {"workerUrl": tiles.worker, "layers": [layer]}},
        **drawn,
    )


def _road_layer(
    tiles: BaseTiles, part: str, colour: str, paint: Paint, scale: float, *, widen: float
) -> pdk.Layer:
    """Draw roads in metres, wider ones for lower ranks, so that they keep their width in the land."""
    return _base_layer(
        tiles, part, scale, filled=False,
        get_line_color=f"properties.kind == 'water' ? {list(rgba(paint.water))} : {list(rgba(colour))}",
        get_line_width=_by_rank(_ROAD_WIDTHS_M),
        line_width_scale=widen,
        line_width_min_pixels=0.7 * scale * widen,
        line_joint_rounded=True,
        line_cap_rounded=True,
    )  # fmt: skip


def _by_kind(paint: Paint, kinds: Sequence[str]) -> str:
    """Return the colours of kinds as an expression of the map library."""
    *first, last = kinds
    chosen = "".join(f"properties.kind == '{kind}' ? {list(rgba(getattr(paint, kind)))} : " for kind in first)
    return f"{chosen}{list(rgba(getattr(paint, last)))}"


def _by_rank(values: Sequence[float]) -> str:
    """Return a value for each rank from 1 on, the last for all others, as an expression."""
    *first, last = values
    chosen = "".join(f"properties.rank == {rank} ? {value} : " for rank, value in enumerate(first, 1))
    return f"{chosen}{last}"
