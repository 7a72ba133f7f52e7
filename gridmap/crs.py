"""Coordinate reference systems: GCJ-02, BD-09, CGCS2000, WGS-84 and every EPSG code.

Decision table (each line has a test):

    WGS-84 and CGCS2000   taken as the same frame: they differ by less than a metre, and PROJ knows no
                          transformation between them
    GCJ-02, BD-09         undone by fixed-point iteration; the residual is far below a millimetre
    Hong Kong, Macau      not shifted by GCJ-02. BD-09 adds its own offset there as everywhere in the box
    outside 72-138 E,     not shifted at all
    0-56 N
    within 700 m of       a GCJ-02 point could be an unshifted one of Hong Kong or a shifted one of
    Hong Kong's border    Shenzhen: it is taken as Shenzhen's
    compound CRS          its horizontal part
    axis order            always x before y: east before north, longitude before latitude
    Shenzhen's own CRS    refused: its parameters are not public
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

from gridmap.errors import UsageError

Floats = npt.NDArray[np.float64]
Shift = Literal["none", "gcj02", "bd09"]

METRIC = "EPSG:4547"
WGS84 = "EPSG:4326"

_NAMED: dict[str, tuple[str, Shift]] = {
    "wgs84": (WGS84, "none"),
    "cgcs2000": ("EPSG:4490", "none"),
    "gcj02": (WGS84, "gcj02"),
    "bd09": (WGS84, "bd09"),
}
_ALIASES = {"gcj02ll": "gcj02", "火星坐标系": "gcj02", "火星坐标": "gcj02", "高德": "gcj02", "腾讯": "gcj02",
            "bd09ll": "bd09", "百度": "bd09", "百度坐标": "bd09", "crs84": "wgs84",
            "国家2000": "cgcs2000", "大地2000": "cgcs2000", "china2000": "cgcs2000"}  # fmt: skip
_AUTHORITY_CODE = re.compile(r"^(?:([A-Za-z]+)[:\s]+)?(\d{4,6})$")
_SHENZHEN_OWN = re.compile(r"深圳.*(独立|坐标)|独立坐标|shenzhen.*(independent|local)|sz.?independent", re.I)
_SHOWN = 80
_LIST = "wgs84, cgcs2000, gcj02, bd09 or an EPSG code such as EPSG:4547"


@dataclass(frozen=True)
class Crs:
    """Hold one coordinate reference system: a CRS that PROJ knows and the Chinese shift on top of it.

    Parameters
    ----------
    name : short name for people and for the store (`gcj02`, `EPSG:4547`, or a name from a file)
    proj : horizontal CRS of the numbers once the shift is undone
    shift : gcj02, bd09 or none
    """

    name: str
    proj: pyproj.CRS
    shift: Shift = "none"

    @property
    def is_lonlat(self) -> bool:
        """Return whether the numbers are longitude and latitude."""
        return bool(self.proj.is_geographic)


class Area(NamedTuple):
    """Bound an area in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
        """Return for each point whether it lies in the area."""
        inside = (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)
        return np.asarray(inside, dtype=np.bool_)

    def widened(self, degrees: float) -> Area:
        """Return the area grown by so many degrees on every side."""
        return Area(self.west - degrees, self.south - degrees, self.east + degrees, self.north + degrees)


@cache
def parse_crs(text: str) -> Crs:
    """Return the CRS that a person named.

    Parameters
    ----------
    text : wgs84, cgcs2000, gcj02, bd09 (any case, with or without a hyphen) or `EPSG:n`

    Raises
    ------
    UsageError : when the name is unknown, is no horizontal CRS, or is Shenzhen's own system, whose
        parameters are not public

    >>> parse_crs("GCJ-02").shift
    'gcj02'
    >>> parse_crs("EPSG:4547").is_lonlat
    False
    """
    if _SHENZHEN_OWN.search(text):
        raise UsageError(
            f"'{text[:_SHOWN]}' cannot be read: the parameters of Shenzhen's own coordinate system are not "
            "public. "
            "Have the surveying office convert the file to CGCS2000 (EPSG:4547) and load that."
        )
    word = re.sub(r"[-_\s]", "", text).lower()
    word = _ALIASES.get(word, word)
    if word in _NAMED:
        code, shift = _NAMED[word]
        return Crs(word, pyproj.CRS.from_user_input(code), shift)
    named = _AUTHORITY_CODE.match(text.strip())
    if named is None:
        raise UsageError(f"There is no CRS '{text[:_SHOWN]}'. Give {_LIST}.")
    return _from_authority(f"{(named[1] or 'EPSG').upper()}:{named[2]}")


def crs_of_file(definition: str) -> Crs:
    """Return the CRS that a file itself states: WKT, PROJJSON or an authority's code.

    Raises
    ------
    UsageError : when PROJ does not understand it; the way out is to declare the CRS
    """
    try:
        proj = pyproj.CRS.from_user_input(definition)
    except CRSError as fault:
        shown = definition if len(definition) <= _SHOWN else f"{definition[:_SHOWN]}..."
        message = f"The file's CRS is not understood: {shown}. Declare it with --crs: {_LIST}."
        raise UsageError(message) from fault
    flat = _horizontal(proj)
    epsg = flat.to_epsg()
    return Crs(f"EPSG:{epsg}" if epsg else flat.name, flat)


def _from_authority(code: str) -> Crs:
    try:
        proj = pyproj.CRS.from_user_input(code)
    except CRSError as fault:
        raise UsageError(f"There is no CRS '{code}'. Give {_LIST}.") from fault
    flat = _horizontal(proj)
    if not (flat.is_geographic or flat.is_projected):
        raise UsageError(f"{code} ({flat.name}) is no CRS of maps. Give {_LIST}.")
    return Crs(code, flat)


def _horizontal(proj: pyproj.CRS) -> pyproj.CRS:
    """Drop heights: land is placed by its horizontal coordinates alone."""
    return proj.to_2d()


def same_place(one: Crs, other: Crs) -> bool:
    """Return whether the same numbers mean the same place in both, within a metre."""
    if one.shift != other.shift:
        return False
    if _is_world_frame(one.proj) and _is_world_frame(other.proj):
        return True
    return bool(one.proj.equals(other.proj, ignore_axis_order=True))


def is_inexact(source: Crs) -> bool:
    """Return whether PROJ knows no way from the CRS's datum to WGS-84, so that places may be off.

    Typical are Beijing-54, Xian-80 and Korean or Japanese files with a datum of their own: the
    error is some tens to some hundreds of metres.
    """
    return not _is_world_frame(_base(source.proj)) and _ballpark(source.proj, pyproj.CRS(WGS84))


def area_of(crs: str) -> Area | None:
    """Return the area in which a CRS is meant to be used, degrees; None when it does not say."""
    area = parse_crs(crs).proj.area_of_use
    return None if area is None else Area(area.west, area.south, area.east, area.north)


def to_metric(
    x: npt.ArrayLike, y: npt.ArrayLike, source: Crs | str, target: str = METRIC
) -> tuple[Floats, Floats]:
    """Convert coordinates of any CRS to the metric CRS of a store.

    Every point is converted by itself, so equal input gives equal output wherever it stands.

    Parameters
    ----------
    x, y : east and north, or longitude and latitude in degrees; shape (n,)
    source : CRS of x, y
    target : metric CRS, an EPSG code

    Returns
    -------
    x, y in metres (the units of `target`); inf where the point has no image
    """
    crs = parse_crs(source) if isinstance(source, str) else source
    east, north = _unshift(np.asarray(x, np.float64), np.asarray(y, np.float64), crs.shift)
    return _project(east, north, crs.proj, parse_crs(target).proj)


def to_lonlat(x: npt.ArrayLike, y: npt.ArrayLike, source: Crs | str = METRIC) -> tuple[Floats, Floats]:
    """Convert coordinates of any CRS to WGS-84 longitude and latitude in degrees."""
    return to_metric(x, y, source, WGS84)


def convert_geometries(geoms: npt.ArrayLike, source: Crs | str, target: str = METRIC) -> npt.NDArray[Any]:
    """Convert geometries vertex by vertex; vertices that were equal stay equal, so a coverage stays one.

    Parameters
    ----------
    geoms : array of shapely geometries; None stays None
    source : CRS of the geometries
    target : metric CRS, an EPSG code

    Returns
    -------
    array of two-dimensional shapely geometries in `target`
    """
    flat = shapely.force_2d(np.asarray(geoms, dtype=object))
    points, position = np.unique(shapely.get_coordinates(flat), axis=0, return_inverse=True)
    x, y = to_metric(points[:, 0], points[:, 1], source, target)
    moved = np.column_stack([x, y])[position.reshape(-1)]
    return np.asarray(shapely.set_coordinates(flat, moved), dtype=object)


# -- PROJ ---------------------------------------------------------------------------------------------


def _project(x: Floats, y: Floats, source: pyproj.CRS, target: pyproj.CRS) -> tuple[Floats, Floats]:
    for step in _steps(source, target):
        x, y = step.transform(x, y)
    return np.asarray(x, np.float64), np.asarray(y, np.float64)


@cache
def _steps(source: pyproj.CRS, target: pyproj.CRS) -> tuple[pyproj.Transformer, ...]:
    """Return one transformation, or two by way of WGS-84 when PROJ has no direct one between the datums."""
    hub = pyproj.CRS(WGS84)
    if hub in (source, target) or not _ballpark(source, target):
        return (pyproj.Transformer.from_crs(source, target, always_xy=True),)
    ways = ((source, hub), (hub, target))
    return tuple(pyproj.Transformer.from_crs(a, b, always_xy=True) for a, b in ways)


@cache
def _ballpark(source: pyproj.CRS, target: pyproj.CRS) -> bool:
    """Return whether PROJ can only guess at the datum shift ("ballpark" is its own word)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ways = TransformerGroup(source, target, always_xy=True).transformers
    return not ways or "ballpark" in ways[0].description.lower()


def _base(proj: pyproj.CRS) -> pyproj.CRS:
    return proj.geodetic_crs or proj


def _is_world_frame(proj: pyproj.CRS) -> bool:
    """Return whether these are degrees of WGS-84 or of CGCS2000, which are taken as the same."""
    names = {"wgs 84", "china geodetic coordinate system 2000", "wgs 84 (crs84)"}
    return bool(proj.is_geographic) and proj.name.lower() in names


# -- GCJ-02 and BD-09 ---------------------------------------------------------------------------------
# No official text gives these formulas; they were worked out from the behaviour of the map services and
# agree in every published implementation. Constants: Krasovsky 1940 ellipsoid, origin 105 E, 35 N.

_AXIS = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_SHIFTED_AREA = Area(72.004, 0.8293, 137.8347, 55.8271)
_MACAU = Area(113.528, 22.06, 113.61, 22.2165)
#: Hong Kong, coarsely; its northern edge runs south of every street of Shenzhen.
_HONG_KONG = shapely.Polygon(
    [(113.82, 22.13), (113.82, 22.40), (113.90, 22.425), (113.95, 22.455), (114.00, 22.485),
     (114.03, 22.495), (114.055, 22.500), (114.06, 22.508), (114.08, 22.520), (114.10, 22.526),
     (114.115, 22.530), (114.13, 22.535), (114.15, 22.538), (114.17, 22.545), (114.20, 22.545),
     (114.22, 22.541), (114.23, 22.541), (114.25, 22.545), (114.30, 22.547),
     (114.42, 22.55), (114.45, 22.54), (114.45, 22.42), (114.51, 22.40), (114.51, 22.13)]
)  # fmt: skip
#: A fixed number, so that a point's result does not depend on the points it is converted with. Each
#: round gains about three digits: six leave less than a nanometre.
_ROUNDS = 6

Forward = Callable[[Floats, Floats], tuple[Floats, Floats]]


def gcj02_of(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the GCJ-02 coordinates of WGS-84 points; Hong Kong, Macau and places abroad stay."""
    shifted = _is_shifted(lon, lat)
    east, north = _gcj02(lon, lat)
    return np.where(shifted, east, lon), np.where(shifted, north, lat)


def bd09_of(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the BD-09 coordinates of WGS-84 points; places abroad stay."""
    east, north = _bd09(*gcj02_of(lon, lat))
    inside = _SHIFTED_AREA.holds(lon, lat)
    return np.where(inside, east, lon), np.where(inside, north, lat)


def _unshift(lon: Floats, lat: Floats, shift: Shift) -> tuple[Floats, Floats]:
    if shift == "none":
        return lon, lat
    if shift == "bd09":
        east, north = _undo(_bd09, lon, lat)
        inside = _SHIFTED_AREA.holds(lon, lat)
        lon, lat = np.where(inside, east, lon), np.where(inside, north, lat)
    east, north = _undo(_gcj02, lon, lat)
    # The place that the point would have come from decides: tested on the shifted numbers, Shenzhen's
    # bank of the river would be taken for Hong Kong.
    shifted = _is_shifted(east, north)
    return np.where(shifted, east, lon), np.where(shifted, north, lat)


def _undo(forward: Forward, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Find the point that `forward` takes to the given one, by fixed-point iteration."""
    east, north = lon, lat
    with np.errstate(invalid="ignore"):  # an infinite coordinate stays without a place
        for _ in range(_ROUNDS):
            there = forward(east, north)
            east, north = east + (lon - there[0]), north + (lat - there[1])
    return east, north


def _is_shifted(lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
    inside = _SHIFTED_AREA.holds(lon, lat) & ~_MACAU.holds(lon, lat)
    return np.asarray(inside & ~shapely.contains_xy(_HONG_KONG, lon, lat), dtype=np.bool_)


def _gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    radians = np.radians(lat)
    root = 1.0 - _ECCENTRICITY2 * np.sin(radians) ** 2
    metres_north = _AXIS * (1.0 - _ECCENTRICITY2) / root**1.5
    metres_east = _AXIS / np.sqrt(root) * np.cos(radians)
    return (
        lon + np.degrees(_bent_east(x, y) / metres_east),
        lat + np.degrees(_bent_north(x, y) / metres_north),
    )


def _waves(t: Floats, *pairs: tuple[float, float]) -> Floats:
    """Return the sum of size * sin(pi t / length) over the pairs (size, length), times 2/3."""
    total = sum((size * np.sin(np.pi * t / length) for size, length in pairs), np.zeros_like(t))
    return np.asarray(total * 2.0 / 3.0, dtype=np.float64)


def _bent_east(x: Floats, y: Floats) -> Floats:
    """Return the shift to the east in metres."""
    bend = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    ripples = _waves(x, (20.0, 1 / 6), (20.0, 0.5), (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
    return np.asarray(bend + ripples, dtype=np.float64)


def _bent_north(x: Floats, y: Floats) -> Floats:
    """Return the shift to the north in metres."""
    bend = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    ripples = _waves(x, (20.0, 1 / 6), (20.0, 0.5))
    more = _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    return np.asarray(bend + ripples + more, dtype=np.float64)


def _bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Turn GCJ-02 into BD-09: a small rotation and growth about the origin, then a constant step."""
    turn = np.pi * 3000.0 / 180.0
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * turn)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * turn)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
