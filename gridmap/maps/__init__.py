"""Frames in, pydeck layers out. Pure: no database, no screen."""

from gridmap.maps.classes import SCHEMES, Classes, Scheme, classify, colours_of, recounted
from gridmap.maps.heat import HeatSurface, heat_surface, png
from gridmap.maps.layers import (
    INLINE_FEATURES,
    FastDeck,
    GeoJson,
    base_layers,
    cell_layer,
    column_layer,
    deck,
    feature_collection,
    heat_layer,
    label_layer,
    outline_layer,
    simplified,
    view_of,
)
from gridmap.maps.paint import COVERAGE_COLOURS, DARK, LIGHT, RGBA, Paint, ramp_colours, rgba
from gridmap.maps.still import still_map

__all__ = [
    "COVERAGE_COLOURS",
    "DARK",
    "INLINE_FEATURES",
    "LIGHT",
    "RGBA",
    "SCHEMES",
    "Classes",
    "FastDeck",
    "GeoJson",
    "HeatSurface",
    "Paint",
    "Scheme",
    "base_layers",
    "cell_layer",
    "classify",
    "colours_of",
    "column_layer",
    "deck",
    "feature_collection",
    "heat_layer",
    "heat_surface",
    "label_layer",
    "outline_layer",
    "png",
    "ramp_colours",
    "recounted",
    "rgba",
    "simplified",
    "still_map",
    "view_of",
]
