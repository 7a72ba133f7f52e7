"""Which features of OpenStreetMap, and of files made from it, belong on the base map, and as what.

Three families of words, each looked up in its own columns, the first that says something counting:

    OpenStreetMap           columns named after tags (highway, natural, ...); what has no column of its own
                            stands in `other_tags`, as GDAL and osm2pgsql write it
    extracts by theme       one layer per theme (gis_osm_roads_free, ...) and one word in `fclass`
    vector tiles            one layer per theme (roads, transportation, water, ...) and one word in
                            `kind`, `kind_detail`, `class` or `subclass` (Protomaps, OpenMapTiles, Shortbread)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gridmap.sources.source import Booleans, Shapes
from gridmap.sources.values import as_text

#: A word, and the kind and rank it stands for; rank 1 is drawn from far away.
Words = Mapping[str, tuple[str, int]]

#: Stands for every word that is not listed and not "no".
ANY = "*"


def _words(kind: str, **by_rank: str) -> dict[str, tuple[str, int]]:
    """Read `r1="motorway trunk"` as words of rank 1."""
    return {word: (kind, int(rank[1:])) for rank, words in by_rank.items() for word in words.split()}


_ROADS = _words(
    "road",
    r1="motorway trunk highway",
    r2="motorway_link trunk_link primary secondary primary_link major_road",
    r3="secondary_link tertiary tertiary_link medium_road",
    r4="residential unclassified living_street road minor_road minor street",
)
_WATER = _words(
    "water",
    r1="water lake reservoir river riverbank ocean sea bay canal",
    r3="stream pond basin dock ditch drain stream_intermittent",
)
_GREEN = _words(
    "green",
    r1="forest wood nature_reserve national_park protected_area",
    r2="park grass meadow garden recreation_ground golf_course scrub heath grassland wetland orchard farm "
    "farmland cemetery village_green allotments vineyard",
)
_INDUSTRY = _words("industry", r2="industrial railway quarry port")
_PLACES = _words(
    "label",
    r1="city town county region",
    r2="suburb borough quarter village locality district macrohood",
    r3="neighbourhood hamlet island residential peak",
)
_SIGHTS = _words(
    "label", r3="hospital university college station townhall stadium", r4="school museum library"
)
_BUILDINGS = {ANY: ("building", 5)}

#: Columns named after tags, with their words, in the order in which they are asked.
_TAGS: tuple[tuple[str, Words], ...] = (
    ("building", _BUILDINGS),
    ("highway", _ROADS),
    ("waterway", _WATER),
    ("natural", {**_WATER, **_GREEN, "peak": ("label", 3)}),
    ("landuse", {**_WATER, **_GREEN, **_INDUSTRY}),
    ("leisure", _GREEN),
    ("place", _PLACES),
    ("railway", {"station": ("label", 3)}),
    ("amenity", _SIGHTS),
)
#: Layers by theme: what their names look like, and their words.
_THEMES: tuple[tuple[re.Pattern[str], Words], ...] = (
    (re.compile(r"building", re.I), _BUILDINGS),
    (re.compile(r"road|street|transportation$|highway", re.I), _ROADS),
    (re.compile(r"place", re.I), _PLACES),
    (re.compile(r"poi|transport", re.I), _SIGHTS),
    (re.compile(r"water", re.I), _WATER),
    (re.compile(r"land|natural|park|green", re.I), {**_WATER, **_GREEN, **_INDUSTRY}),
)
_THEME_COLUMNS = ("kind", "fclass", "class", "kind_detail", "subclass")
_NAMES = ("name", "name:zh", "name_zh", "name:zh-Hans")
_OTHER_TAGS = "other_tags"
#: What each kind may be: the dimension of its shapes.
_DIMENSIONS = {
    "road": (1,),
    "water": (1, 2),
    "green": (2,),
    "industry": (2,),
    "building": (2,),
    "label": (0,),
}


def knows(layer: str, columns: Sequence[str]) -> bool:
    """Return whether a layer has columns in which words of the base map may stand."""
    return bool(_asked(layer, columns))


def kinds_and_ranks(layer: str, table: pa.Table, shapes: Shapes) -> tuple[pa.Array, pa.Array]:
    """Say of each feature what it is on the base map, and from how far it is drawn.

    Parameters
    ----------
    layer : name of the layer, which tells the theme of those that have one
    table : columns of the features
    shapes : their shapes; a road that is an area, say, is none

    Returns
    -------
    kinds and ranks, both null for features that are not drawn
    """
    kinds, ranks = pa.nulls(len(table), pa.string()), pa.nulls(len(table), pa.int32())
    for column, words in _asked(layer, table.column_names):
        found_kinds, found_ranks = _looked_up(_values(table, column), words)
        kinds, ranks = pc.coalesce(kinds, found_kinds), pc.coalesce(ranks, found_ranks)
    fits = pa.array(_fitting(kinds, shapes))
    return pc.if_else(fits, kinds, None), pc.if_else(fits, ranks, None)


def names(table: pa.Table) -> pa.Array:
    """Return what each feature is called, null where it has no name."""
    found = pa.nulls(len(table), pa.string())
    for column in _NAMES:
        found = pc.coalesce(found, _values(table, column))
    return found


def _asked(layer: str, columns: Sequence[str]) -> list[tuple[str, Words]]:
    tags = [(column, words) for column, words in _TAGS if column in columns or _OTHER_TAGS in columns]
    if any(column in columns for column, _ in _TAGS):
        return tags
    theme = next((words for pattern, words in _THEMES if pattern.search(layer)), None)
    return [(column, theme) for column in _THEME_COLUMNS if column in columns] if theme else []


def _values(table: pa.Table, column: str) -> pa.Array:
    """Return the values of a column, or of a tag among the other ones, as text without empty ones."""
    if column in table.column_names:
        found = as_text(table[column])
    elif _OTHER_TAGS in table.column_names:
        pattern = rf'(?:^|,)"{re.escape(column)}"=>"(?P<value>[^"]*)"'
        found = pc.struct_field(pc.extract_regex(as_text(table[_OTHER_TAGS]), pattern), "value")
    else:
        return pa.nulls(len(table), pa.string())
    flat = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return pc.if_else(pc.equal(flat, ""), None, flat)


def _looked_up(values: pa.Array, words: Words) -> tuple[pa.Array, pa.Array]:
    listed = [word for word in words if word != ANY]
    at = pc.index_in(values, value_set=pa.array(listed, pa.string()))
    kinds = pa.array([words[word][0] for word in listed], pa.string()).take(at)
    ranks = pa.array([words[word][1] for word in listed], pa.int32()).take(at)
    if ANY not in words:
        return kinds, ranks
    said = pc.and_kleene(pc.is_valid(values), pc.not_equal(values, "no"))
    kind, rank = words[ANY]
    return (pc.coalesce(kinds, pc.if_else(said, kind, None)),
            pc.coalesce(ranks, pc.cast(pc.if_else(said, rank, None), pa.int32())))  # fmt: skip


def _fitting(kinds: pa.Array, shapes: Shapes) -> Booleans:
    """Return whether each shape can be drawn as its kind; what has no shape is for the checks of shapes."""
    dimensions, named = shapely.get_dimensions(shapes), np.asarray(kinds.fill_null(""), dtype=object)
    fits: Booleans = (dimensions < 0) & np.asarray(named != "", dtype=np.bool_)
    for kind, allowed in _DIMENSIONS.items():
        fits |= (named == kind) & np.isin(dimensions, allowed)
    return fits
