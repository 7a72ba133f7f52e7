"""Where names stand on a map so that none covers another: a rule that neighbouring tiles agree on.

A name stands when no weightier one wants the same place; what those that stand cover is given up, and the
rest may try once more. Whether a name stands depends on what lies near it alone, so that two tiles which both
see its surroundings decide alike.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

#: Height of usual letters in pixels, and by kind and rank how much larger a name is written.
LETTER_PX = 12.0
_SIZES = {("label", 1): 1.25, ("label", 2): 1.1, ("road", 1): 1.0, ("water", 1): 1.05}
_USUAL_SIZE = 0.95
#: A Latin letter is so wide, in heights.
_LATIN = 0.56
#: Land around a name that is kept free, in pixels.
_AIR_PX = 9.0
#: Along a road its name is written again after so many pixels; no two alike stand nearer than the second.
_AGAIN_PX, _ALIKE_PX = 420.0, 240.0
#: A name follows a road where the chord under it is at least this share of it.
_STRAIGHT = 0.94
#: A tile is shown at up to half a zoom less than its own, where names are so much larger on the land.
_SHOWN_AT = 2**0.5
#: So far, in pixels, names have a say in whether another one stands: each round asks the neighbours, and
#: those asked in the second have asked theirs.
REACH_PX = 768.0
_ROUNDS = 2
_COLUMNS = ("name", "kind", "size", "angle", "x", "y")


def placed_names(features: gpd.GeoDataFrame, *, metres_per_px: float) -> pd.DataFrame:
    """Choose which names are written, where, and how they are turned.

    Parameters
    ----------
    features : feature_id, kind, rank, name, geometry in Web Mercator metres; all that lie within REACH_PX
        of the names wanted
    metres_per_px : size of a pixel on the land

    Returns
    -------
    Frame with name, kind, size (share of LETTER_PX), angle (degrees counter-clockwise), x, y (metres);
    one row per name written, the weightiest first
    """
    wanted = pd.concat([_along_roads(features[_is_line(features)], metres_per_px),
                        _on_places(features[~_is_line(features)])], ignore_index=True)  # fmt: skip
    if wanted.empty:
        return wanted.reindex(columns=list(_COLUMNS))
    weighty = wanted.sort_values(["rank", "order", "feature_id", "x", "y"], ignore_index=True)
    boxes = _boxes(weighty, metres_per_px)
    stands = _standing(boxes, _conflicts(weighty, boxes, metres_per_px))
    return weighty.loc[stands, list(_COLUMNS)].reset_index(drop=True)


def width_em(names: pd.Series) -> Floats:
    """Return how wide names are, in heights of their letters.

    >>> width_em(pd.Series(["观澜大道", "Main Rd"])).round(2).tolist()
    [4.0, 3.92]
    """
    wide = names.map(lambda name: sum(1.0 if ord(letter) > 0x2E7F else _LATIN for letter in name))
    return wide.to_numpy(dtype=np.float64)


def _is_line(features: gpd.GeoDataFrame) -> Booleans:
    return np.asarray(shapely.get_dimensions(features.geometry.values) == 1, dtype=np.bool_)


def _on_places(features: gpd.GeoDataFrame) -> pd.DataFrame:
    """Put the names of points and areas onto them, those of areas after those of places of their rank."""
    points = shapely.point_on_surface(features.geometry.values)
    order = np.where(features["kind"] == "label", 0, 2)
    return _wanted(features, shapely.get_coordinates(points), np.zeros(len(features)), order)


def _along_roads(features: gpd.GeoDataFrame, metres_per_px: float) -> pd.DataFrame:
    """Put the names of roads and rivers along them, again and again, where they are straight enough."""
    parts = features.explode(index_parts=False)
    lines = parts.geometry.values
    room = _SHOWN_AT * metres_per_px
    texts = width_em(parts["name"]) * LETTER_PX * _sizes(parts) * room
    lengths = shapely.length(lines)
    times = np.where(lengths >= texts, np.maximum(lengths // (_AGAIN_PX * room), 1), 0).astype(int)
    row = np.repeat(np.arange(len(parts)), times)
    place = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    middle = (place + 0.5) * (lengths / np.maximum(times, 1))[row]
    start, end = (_along(lines[row], middle + side * texts[row] / 2) for side in (-1, 1))
    along = end - start
    straight = np.hypot(*along.T) >= _STRAIGHT * texts[row]
    angle = (np.degrees(np.arctan2(along[:, 1], along[:, 0])) + 90.0) % 180.0 - 90.0
    written = _wanted(parts.iloc[row], _along(lines[row], middle), angle, np.ones(len(row)))
    return pd.DataFrame(written[straight])


def _along(lines: npt.NDArray[np.object_], distances: Floats) -> Floats:
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(lines, distances)))


def _wanted(features: gpd.GeoDataFrame, at: Floats, angle: Floats, order: Floats) -> pd.DataFrame:
    kept = pd.DataFrame(features[["feature_id", "kind", "rank", "name"]]).reset_index(drop=True)
    return kept.assign(size=_sizes(kept), angle=angle, order=order, x=at[:, 0], y=at[:, 1])


def _sizes(features: pd.DataFrame) -> Floats:
    pairs = zip(features["kind"], features["rank"], strict=True)
    return np.array([_SIZES.get(pair, _USUAL_SIZE) for pair in pairs], dtype=np.float64)


def _boxes(wanted: pd.DataFrame, metres_per_px: float) -> npt.NDArray[np.object_]:
    """Return the land that each name covers, with air around it."""
    per_px = _SHOWN_AT * metres_per_px
    high = wanted["size"].to_numpy() * LETTER_PX
    wide, turn = width_em(wanted["name"]) * high, np.radians(wanted["angle"].to_numpy())
    cos, sin = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    half_x = ((wide * cos + high * sin) / 2 + _AIR_PX) * per_px
    half_y = ((wide * sin + high * cos) / 2 + _AIR_PX / 2) * per_px
    x, y = wanted["x"].to_numpy(), wanted["y"].to_numpy()
    return np.asarray(shapely.box(x - half_x, y - half_y, x + half_x, y + half_y), dtype=object)


def _conflicts(
    wanted: pd.DataFrame, boxes: npt.NDArray[np.object_], metres_per_px: float
) -> npt.NDArray[np.int64]:
    """Return pairs of names that cannot both stand, the weightier first: two rows, a column per pair."""
    covering = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    points = shapely.points(wanted["x"], wanted["y"])
    near = shapely.STRtree(points).query(points, predicate="dwithin", distance=_ALIKE_PX * metres_per_px)
    names = wanted["name"].to_numpy()
    alike = near[:, names[near[0]] == names[near[1]]]
    pairs = np.concatenate([covering, alike], axis=1)
    return pairs[:, pairs[0] < pairs[1]]


def _standing(boxes: npt.NDArray[np.object_], pairs: npt.NDArray[np.int64]) -> Booleans:
    """Return which names stand: no weightier one that is still in the way of any of them."""
    stands = np.zeros(len(boxes), dtype=np.bool_)
    gone = np.zeros(len(boxes), dtype=np.bool_)
    for _ in range(_ROUNDS):
        open_pairs = pairs[:, ~gone[pairs[0]] & ~gone[pairs[1]]]
        beaten = np.zeros(len(boxes), dtype=np.bool_)
        beaten[open_pairs[1]] = True
        stands |= ~gone & ~beaten
        gone[pairs[1][stands[pairs[0]]]] = True
    return stands & ~gone
