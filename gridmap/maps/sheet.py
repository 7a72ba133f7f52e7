"""Maps for paper as SVG: cells over a base map, names, scale bar, north arrow, legend. Pure.

All lengths of a sheet are millimetres of paper, all places metres of the store's CRS, so that the scale
bar is true wherever the sheet is printed at its size.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridmap.maps.heat import HeatSurface, png
from gridmap.maps.paint import LIGHT, Paint

#: One entry of a legend: colour as CSS, what it stands for, how many cells have it (may be empty).
Key = tuple[str, str, str]
#: What stands in one row of a legend, each with where it begins: entries, or a heading.
_LegendRow = list[tuple[float, Key | str]]

FONT = "Noto Sans SC"
_AREAS = ("green", "industry", "water", "building")
_MARGIN = 0.04
_LETTER_MM = 2.5
#: Width of a Latin letter, of a Chinese one is the height.
_NARROW = 0.56
#: A name may be so many times as wide as its cell.
_LABEL_OVER = 1.6
_LEGEND_ROW_MM, _SWATCH_MM = 4.6, 4.2
_SCALE_STEPS = (1, 2, 5)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Hold what a map on paper shows.

    Parameters
    ----------
    cells : columns geometry, fill (RGBA) and label (empty for none), in a metric CRS; drawn in their order
    outline : what is drawn with a strong line and fills the sheet, in the same CRS; None: the cells fill it
    shown : west, south, east, north of the land that fills the sheet instead
    base : features under the cells by kind (green, industry, water, building, road), roads with width_m
    legend : entries of the legend below the map, left out when empty
    legend_title : what the colours mean, with its unit
    heat : a surface of density over the base map, None without one
    north : the letter at the arrow
    letter_mm : height of the names
    """

    cells: gpd.GeoDataFrame
    outline: gpd.GeoDataFrame | None = None
    base: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    legend: Sequence[Key] = ()
    legend_title: str = ""
    heat: HeatSurface | None = None
    north: str = "N"
    letter_mm: float = _LETTER_MM
    shown: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class _Frame:
    """Turn metres into millimetres of paper."""

    west: float
    north: float
    mm_per_m: float
    width_mm: float
    height_mm: float

    def points(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return places on paper, from the upper left corner."""
        return (xy - [self.west, self.north]) * [self.mm_per_m, -self.mm_per_m]

    @property
    def extent(self) -> shapely.Geometry:
        """Return the land that is seen."""
        east, south = self.west + self.width_mm / self.mm_per_m, self.north - self.height_mm / self.mm_per_m
        return shapely.box(self.west, south, east, self.north)


def sheet_svg(sheet: Sheet, *, width_mm: float, height_mm: float, paint: Paint = LIGHT) -> str:
    """Draw a map for paper.

    Parameters
    ----------
    sheet : what is drawn; at least one cell or an outline
    width_mm, height_mm : size on paper; the legend takes its rows from the height
    paint : colours

    Returns
    -------
    A complete SVG of that size
    """
    rows = _legend_rows(sheet, width_mm)
    map_mm = height_mm - len(rows) * _LEGEND_ROW_MM - (1.6 if rows else 0)
    frame = _frame_of(sheet, width_mm, map_mm)
    parts = [
        f'<rect width="{width_mm:g}" height="{map_mm:g}" fill="{paint.background}"/>',
        *_base(sheet.base, frame, paint), *_heat(sheet, frame), *_cells(sheet.cells, frame, paint),
        *_outline(sheet.outline, frame, paint), *_labels(sheet, frame, paint),
        _scale_bar(frame, paint), _north_arrow(frame, sheet.north, paint),
    ]  # fmt: skip
    inside = "".join(parts)
    size = f'width="{width_mm:g}mm" height="{height_mm:g}mm" viewBox="0 0 {width_mm:g} {height_mm:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<clipPath id="land"><rect width="{width_mm:g}" height="{map_mm:g}" rx="1.2"/></clipPath>'
        f'<g clip-path="url(#land)">{inside}</g>{_legend(rows, map_mm + 1.6)}</svg>'
    )


def text_width(text: str, letter_mm: float) -> float:
    """Return about how wide a text is, Chinese letters counting as wide as they are high.

    >>> text_width("网格", 2.0)
    4.0
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return letter_mm * (wide + _NARROW * (len(text) - wide))


def round_length(longest: float) -> float:
    """Return the greatest of 1, 2 and 5 times a power of ten that is not above a length.

    >>> round_length(730), round_length(49.9)
    (500.0, 20.0)
    """
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step * power for step in _SCALE_STEPS if step * power <= longest))


def _frame_of(sheet: Sheet, width_mm: float, height_mm: float) -> _Frame:
    drawn = sheet.cells if sheet.outline is None else sheet.outline
    west, south, east, north = sheet.shown or drawn.total_bounds
    free = 1 - 2 * _MARGIN
    mm_per_m = min(width_mm * free / max(east - west, 1.0), height_mm * free / max(north - south, 1.0))
    aside = (width_mm / mm_per_m - (east - west)) / 2
    above = (height_mm / mm_per_m - (north - south)) / 2
    return _Frame(west - aside, north + above, mm_per_m, width_mm, height_mm)


def _base(base: Mapping[str, gpd.GeoDataFrame], frame: _Frame, paint: Paint) -> Iterable[str]:
    for kind in _AREAS:
        if kind in base:
            shapes = _seen(base[kind], frame).geometry.values
            yield f'<path d="{_path(shapes, frame)}" fill="{getattr(paint, kind)}" fill-rule="evenodd"/>'
    if "road" in base:
        roads = _seen(base["road"], frame)
        for colour, more_mm in ((paint.road_edge, 0.25), (paint.road, 0.0)):
            for width_m, some in roads.groupby("width_m"):
                width_mm = max(float(width_m) * frame.mm_per_m, 0.18) + more_mm
                yield (
                    f'<path d="{_path(some.geometry.values, frame)}" fill="none" stroke="{colour}" '
                    f'stroke-width="{width_mm:.2f}" stroke-linejoin="round" stroke-linecap="round"/>'
                )


def _seen(features: gpd.GeoDataFrame, frame: _Frame) -> gpd.GeoDataFrame:
    """Return the features on the sheet, without detail finer than a twentieth of a millimetre."""
    found = features[features.intersects(frame.extent)]
    return found.set_geometry(shapely.simplify(found.geometry.values, 0.05 / frame.mm_per_m), crs=found.crs)


def _cells(cells: gpd.GeoDataFrame, frame: _Frame, paint: Paint) -> Iterable[str]:
    edge_mm = 0.3 if len(cells) <= 120 else 0.12
    for shape, fill in zip(cells.geometry.values, cells["fill"], strict=True):
        red, green, blue, alpha = fill
        yield (f'<path d="{_path([shape], frame)}" fill="rgb({red},{green},{blue})" '
               f'fill-opacity="{alpha / 255:.2f}" fill-rule="evenodd" stroke="{paint.cell_edge}" '
               f'stroke-width="{edge_mm}" stroke-linejoin="round"/>')  # fmt: skip


def _outline(outline: gpd.GeoDataFrame | None, frame: _Frame, paint: Paint) -> Iterable[str]:
    if outline is not None:
        yield (f'<path d="{_path(outline.geometry.values, frame)}" fill="none" stroke="{paint.outline}" '
               'stroke-width="0.55" stroke-linejoin="round"/>')  # fmt: skip


def _heat(sheet: Sheet, frame: _Frame) -> Iterable[str]:
    if sheet.heat is None:
        return
    corners = gpd.GeoSeries(shapely.points(sheet.heat.corners), crs=4326).to_crs(sheet.cells.crs)
    low, high = frame.points(shapely.get_coordinates(corners.values))[[1, 3]]
    uri = "data:image/png;base64," + base64.b64encode(png(sheet.heat.image)).decode()
    yield (f'<image x="{low[0]:.2f}" y="{low[1]:.2f}" width="{high[0] - low[0]:.2f}" '
           f'height="{high[1] - low[1]:.2f}" preserveAspectRatio="none" href="{uri}"/>')  # fmt: skip


def _labels(sheet: Sheet, frame: _Frame, paint: Paint) -> Iterable[str]:
    """Write names, those of large cells first; one that would cover another or is too wide is left out."""
    cells, letter_mm = sheet.cells, sheet.letter_mm
    taken: list[shapely.Geometry] = []
    widths = np.ptp(shapely.bounds(cells.geometry.values)[:, [0, 2]], axis=1) * frame.mm_per_m
    points = frame.points(shapely.get_coordinates(shapely.point_on_surface(cells.geometry.values)))
    order = np.argsort(-shapely.area(cells.geometry.values), kind="stable")
    for at in order:
        text = str(cells["label"].iloc[at])
        x, y = points[at]
        half = text_width(text, letter_mm) / 2
        place = shapely.box(x - half, y - letter_mm * 0.7, x + half, y + letter_mm * 0.7)
        fits = half < x < frame.width_mm - half and widths[at] * _LABEL_OVER > 2 * half
        if text and fits and not shapely.intersects(place, shapely.MultiPolygon(taken)):
            taken.append(place)
            yield _text(text, x, y + letter_mm * 0.36, letter_mm, paint.label, halo=paint.halo)


def _scale_bar(frame: _Frame, paint: Paint) -> str:
    length_m = round_length(frame.width_mm * 0.25 / frame.mm_per_m)
    length_mm, y, x = length_m * frame.mm_per_m, frame.height_mm - 3.2, 3.0
    said = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    plate = (f'<rect x="1.6" y="{y - 4.6:.2f}" width="{length_mm + 2.8:.2f}" height="6.4" rx="0.8" '
             f'fill="{paint.halo}" fill-opacity="0.85"/>')  # fmt: skip
    bar = (f'<path d="M{x} {y - 1.1:.2f}v1.1h{length_mm:.2f}v-1.1" fill="none" stroke="{paint.label}" '
           'stroke-width="0.4"/>')  # fmt: skip
    return plate + bar + _text(said, x + length_mm / 2, y - 1.5, 2.3, paint.label)


def _north_arrow(frame: _Frame, letter: str, paint: Paint) -> str:
    x, y = frame.width_mm - 5.2, 4.4
    return (
        f'<rect x="{x - 3.2:.2f}" y="1.6" width="6.4" height="11" rx="0.8" fill="{paint.halo}" '
        f'fill-opacity="0.85"/>'
        f'<path d="M{x:.2f} {y + 1.6:.2f}l1.9 5.4-1.9-1.3-1.9 1.3z" fill="{paint.label}"/>'
        + _text(letter, x, y + 0.6, 2.6, paint.label)
    )


def _legend_rows(sheet: Sheet, width_mm: float) -> list[_LegendRow]:
    """Lay the entries of the legend out in rows: each with where it begins."""
    if not sheet.legend:
        return []
    rows: list[_LegendRow] = [[(0.0, sheet.legend_title)]] if sheet.legend_title else []
    row: _LegendRow = []
    x = 0.0
    for key in sheet.legend:
        wide = _SWATCH_MM + 1 + text_width(_said(key), _LETTER_MM) + 3
        if row and x + wide > width_mm + 3:
            rows.append(row)
            x, row = 0.0, []
        row.append((x, key))
        x += wide
    return [*rows, row]


def _legend(rows: Sequence[_LegendRow], top_mm: float) -> str:
    drawn = []
    for place, row in enumerate(rows):
        y = top_mm + place * _LEGEND_ROW_MM
        for x, key in row:
            if isinstance(key, str):
                drawn.append(_text(key, x, y + 3.0, _LETTER_MM, "#1b2733", anchor="start", weight=700))
                continue
            drawn.append(f'<rect x="{x:.2f}" y="{y + 0.7:.2f}" width="{_SWATCH_MM}" height="2.8" rx="0.4" '
                         f'fill="{key[0]}" stroke="#9aa5b1" stroke-width="0.1"/>')  # fmt: skip
            drawn.append(
                _text(_said(key), x + _SWATCH_MM + 1, y + 3.0, _LETTER_MM, "#3a4652", anchor="start")
            )
    return "".join(drawn)


def _said(key: Key) -> str:
    _, name, count = key
    return f"{name} ({count})" if count else name


def _text(
    text: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    *,
    anchor: str = "middle",
    halo: str = "",
    weight: int = 400,
) -> str:
    place = f'x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" font-family="{FONT}" text-anchor="{anchor}"'
    style = f'font-weight="{weight}"'
    under = (
        (
            f'<text {place} {style} fill="none" stroke="{halo}" stroke-width="{size * 0.24:.2f}" '
            f'stroke-linejoin="round" stroke-opacity="0.9">{escape(text)}</text>'
        )
        if halo
        else ""
    )
    return f'{under}<text {place} {style} fill="{colour}">{escape(text)}</text>'


def _path(shapes: Iterable[shapely.Geometry], frame: _Frame) -> str:
    return "".join(
        _line(frame.points(shapely.get_coordinates(line)), closed) for line, closed in _lines(shapes)
    )


def _lines(shapes: Iterable[shapely.Geometry]) -> Iterable[tuple[shapely.Geometry, bool]]:
    for part in shapely.get_parts(list(shapes)):
        if part.geom_type == "Polygon":
            yield from ((ring, True) for ring in shapely.get_rings(part))
        elif not part.is_empty:
            yield part, False


def _line(points: npt.NDArray[np.float64], closed: bool) -> str:
    listed = points[:-1] if closed else points
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in listed) + ("Z" if closed else "")
