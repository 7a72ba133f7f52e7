"""Cutting land by roads: pieces are halved again and again until they have the size of their use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

FAR_M = 20000.0


@dataclass(frozen=True)
class Style:
    """Say how a piece of land is cut.

    Parameters
    ----------
    area_m2 : pieces larger than about this are cut; None = never cut
    wobble : deviation of the cut's heading, radians
    narrow_m : pieces narrower than this are left alone
    """

    area_m2: float | None
    wobble: float = 0.05
    narrow_m: float = 60.0


def subdivide(
    land: Polygon, style_of: Callable[[Polygon], Style], heading: float, random: np.random.Generator
) -> tuple[list[LineString], list[Polygon]]:
    """Cut land across its longer side until every piece is small enough.

    Parameters
    ----------
    land : polygon, metres
    style_of : gives the style for a piece
    heading : direction of the roads, radians
    random : generator for where and how obliquely to cut

    Returns
    -------
    the cuts (lines ending on the border of the piece they cut) and the pieces
    """
    cuts: list[LineString] = []
    pieces: list[Polygon] = []
    waiting = [(land, heading)]
    while waiting:
        piece, heading = waiting.pop()
        style = style_of(piece)
        halves = None
        if style.area_m2 is not None and piece.area > style.area_m2 * random.uniform(1.15, 2.0):
            halves = _halved(piece, heading, style, random)
        if halves is None:
            pieces.append(piece)
            continue
        cuts += halves[0]
        turned = heading + random.normal(0, style.wobble / 2)
        waiting += [(half, turned) for half in halves[1]]
    return cuts, pieces


def _halved(
    piece: Polygon, heading: float, style: Style, random: np.random.Generator
) -> tuple[list[LineString], list[Polygon]] | None:
    """Cut a piece in two across its longer side; None when it is too narrow for that."""
    ahead = np.array([np.cos(heading), np.sin(heading)])
    aside = np.array([-ahead[1], ahead[0]])
    points = shapely.get_coordinates(piece)
    along, across = points @ ahead, points @ aside
    if np.ptp(along) < np.ptp(across):
        ahead, aside, along, across = aside, -ahead, across, -along
    if np.ptp(along) < 2 * style.narrow_m:
        return None
    at = along.min() + np.ptp(along) * random.uniform(0.40, 0.60)
    through = ahead * at + aside * (across.min() + across.max()) / 2
    return _cut_at(piece, through, np.arctan2(*aside[::-1]) + random.normal(0, style.wobble))


def _cut_at(piece: Polygon, through: np.ndarray, heading: float) -> tuple[list[LineString], list[Polygon]]:
    run = np.array([np.cos(heading), np.sin(heading)]) * FAR_M
    off = np.array([-run[1], run[0]])
    line = shapely.linestrings([through - run, through + run])
    left = shapely.polygons([through - run, through + run, through + run + off, through - run + off])
    right = shapely.polygons([through - run, through - run - off, through + run - off, through + run])
    sides = shapely.get_parts(shapely.intersection(piece, np.array([left, right])))
    halves = [part for part in sides if part.geom_type == "Polygon" and part.area > 1.0]
    cuts = [part for part in shapely.get_parts(shapely.intersection(piece, line)) if part.length > 0.01]
    return [cut for cut in cuts if cut.geom_type == "LineString"], halves
