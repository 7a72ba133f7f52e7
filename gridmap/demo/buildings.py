"""Buildings of one street: rows of houses, halls and towers that keep their distance from every border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from gridmap.demo.land import Land
from gridmap.demo.noise import Floats, Ints, generator, on_lattice
from gridmap.demo.plan import ARTERIAL, COLLECTOR, EXPRESSWAY, RIVER, SHORE

#: Distance that buildings keep from the middle of a line, metres.
SETBACK_M = {RIVER: 38.0, SHORE: 25.0, EXPRESSWAY: 36.0, ARTERIAL: 21.0, COLLECTOR: 10.5}
LEAST_SETBACK_M = 3.2


@dataclass(frozen=True)
class Pattern:
    """Say how buildings of one kind stand on land of one use.

    Parameters
    ----------
    kind : house, hall, dormitory, tower, shop, school
    pitch_m : distance between the middles of neighbours along and across the rows
    size_m : least and greatest length, least and greatest depth
    floors : least and greatest number of floors
    kept : share of the possible places that are built on
    jitter_m, turn : how far a building stands out of its row, and turned by how much (radians)
    south : rows face south instead of following the parcel
    ells : share of buildings with an L-shaped plan
    """

    kind: str
    pitch_m: tuple[float, float]
    size_m: tuple[float, float, float, float]
    floors: tuple[int, int]
    kept: float = 0.95
    jitter_m: float = 0.0
    turn: float = 0.0
    south: bool = False
    ells: float = 0.0


#: Patterns by use, the first ones take their places first.
PATTERNS: dict[str, tuple[Pattern, ...]] = {
    "village": (Pattern("house", (14.5, 14.0), (8.5, 12.8, 8.0, 12.2), (4, 9), 0.93, 0.7, 0.035),),
    "factory": (
        Pattern("hall", (72.0, 44.0), (44.0, 66.0, 20.0, 34.0), (1, 5), 0.80, 2.0, 0.0, ells=0.15),
        Pattern("dormitory", (52.0, 26.0), (34.0, 46.0, 12.0, 15.0), (5, 8), 0.75, 1.0),
        Pattern("hall", (30.0, 26.0), (16.0, 26.0, 12.0, 20.0), (1, 3), 0.55, 1.5),
    ),
    "estate": (
        Pattern("tower", (43.0, 45.0), (24.0, 32.0, 15.0, 20.0), (17, 33), 0.86, 1.5, south=True, ells=0.12),
        Pattern("shop", (30.0, 20.0), (14.0, 24.0, 10.0, 13.0), (1, 3), 0.40, 0.5),
    ),
    "commerce": (
        Pattern("shop", (62.0, 52.0), (38.0, 54.0, 30.0, 42.0), (3, 6), 0.78, 1.5, ells=0.2),
        Pattern("tower", (34.0, 34.0), (20.0, 28.0, 18.0, 24.0), (9, 28), 0.55, 1.0),
        Pattern("house", (17.0, 16.0), (10.0, 14.0, 9.0, 13.0), (4, 8), 0.60, 0.6),
    ),
    "public": (Pattern("school", (66.0, 48.0), (40.0, 58.0, 13.0, 26.0), (3, 6), 0.55, 2.0, ells=0.5),),
    "park": (Pattern("shop", (120.0, 120.0), (10.0, 22.0, 8.0, 14.0), (1, 2), 0.30, 20.0, 0.4),),
    "hill": (Pattern("house", (170.0, 170.0), (8.0, 14.0, 8.0, 12.0), (1, 2), 0.05, 60.0, 1.0),),
    "construction": (Pattern("hall", (90.0, 80.0), (22.0, 40.0, 18.0, 28.0), (1, 12), 0.45, 8.0, 0.1),),
    "vacant": (Pattern("hall", (60.0, 50.0), (12.0, 30.0, 9.0, 16.0), (1, 2), 0.10, 10.0, 0.4),),
}


@dataclass(frozen=True)
class Buildings:
    """Hold one street's buildings, one entry each.

    Parameters
    ----------
    footprint : polygons, EPSG:4547, whole millimetres
    x, y : middles of the footprints, metres
    parcel : position of the parcel a building stands in
    kind : house, hall, dormitory, tower, shop, school
    floors : number of floors
    """

    footprint: np.ndarray
    x: Floats
    y: Floats
    parcel: Ints
    kind: np.ndarray
    floors: Ints

    def __len__(self) -> int:
        return len(self.parcel)

    @property
    def floor_area_m2(self) -> Floats:
        """Return footprint times floors."""
        return np.asarray(shapely.area(self.footprint) * self.floors, dtype=float)


def place_buildings(land: Land, *, seed: int, number: int) -> Buildings:
    """Fill every parcel with the buildings of its use; none touches a border or another building.

    Parameters
    ----------
    land : the street's land
    seed, number : seed of the demo and number of the street
    """
    random = generator(seed, number, "buildings")
    ground = shapely.buffer(land.parcels, -LEAST_SETBACK_M, join_style="mitre")
    shapely.prepare(ground)
    lines = _line_trees(land)
    placed: list[Buildings] = []
    for use, patterns in PATTERNS.items():
        parcels = np.flatnonzero((land.use == use) & ~shapely.is_empty(ground))
        done = np.empty(0, dtype=object)
        for pattern in patterns:
            built = _fitting(_rows(land, parcels, pattern, random), ground, lines, done)
            done = np.concatenate([done, built.footprint])
            placed.append(built)
    return _joined(placed)


def _line_trees(land: Land) -> list[tuple[float, STRtree]]:
    return [
        (distance, STRtree(land.roads.geometry[land.roads.rank == rank]))
        for rank, distance in SETBACK_M.items()
    ]


def _fitting(
    candidates: Buildings, ground: np.ndarray, lines: list[tuple[float, STRtree]], standing: np.ndarray
) -> Buildings:
    """Keep the candidates that lie inside their parcel, off the roads and clear of what stands already."""
    chosen = _subset(candidates, shapely.covers(ground[candidates.parcel], candidates.footprint))
    for distance, tree in lines:
        near = tree.query(chosen.footprint, predicate="dwithin", distance=distance)[0]
        chosen = _without(chosen, near)
    if len(standing):
        chosen = _without(
            chosen, STRtree(standing).query(chosen.footprint, predicate="dwithin", distance=4.0)[0]
        )
    one, other = STRtree(chosen.footprint).query(chosen.footprint, predicate="intersects")
    return _without(chosen, other[one < other])


def _rows(land: Land, parcels: Ints, pattern: Pattern, random: np.random.Generator) -> Buildings:
    """Set out candidates of one pattern in rows over the given parcels."""
    angle = _row_angles(land.parcels[parcels], pattern, random)
    middle = shapely.get_coordinates(shapely.centroid(land.parcels[parcels]))
    owner, along, across = _grid(land.parcels[parcels], middle, angle, pattern.pitch_m, random)
    count = len(owner)
    kept = random.random(count) < pattern.kept
    owner, along, across = owner[kept], along[kept], across[kept]
    count = len(owner)
    along = along + random.uniform(-1, 1, count) * pattern.jitter_m
    across = across + random.uniform(-1, 1, count) * pattern.jitter_m
    cos, sin = np.cos(angle[owner]), np.sin(angle[owner])
    x = middle[owner, 0] + along * cos - across * sin
    y = middle[owner, 1] + along * sin + across * cos
    heading = angle[owner] + random.normal(0, 1, count) * pattern.turn
    footprint = _plans(x, y, heading, pattern, random)
    floors = random.integers(pattern.floors[0], pattern.floors[1] + 1, count)
    kind = np.full(count, pattern.kind, dtype=object)
    return Buildings(footprint, x, y, parcels[owner], kind, floors)


def _row_angles(parcels: np.ndarray, pattern: Pattern, random: np.random.Generator) -> Floats:
    """Return the direction of the rows of each parcel, radians."""
    if pattern.south or not len(parcels):
        return random.normal(0.0, 0.09, len(parcels))
    boxes = shapely.get_coordinates(shapely.minimum_rotated_rectangle(parcels)).reshape(-1, 5, 2)
    sides = np.diff(boxes[:, :3], axis=1)
    longer = np.hypot(sides[..., 0], sides[..., 1]).argmax(axis=1)
    side = sides[np.arange(len(sides)), longer]
    return np.asarray(np.arctan2(side[:, 1], side[:, 0]) % np.pi, dtype=float)


def _grid(
    parcels: np.ndarray,
    middle: Floats,
    angle: Floats,
    pitch: tuple[float, float],
    random: np.random.Generator,
) -> tuple[Ints, Floats, Floats]:
    """Return owner, along and across of grid places that cover every parcel's box in its own directions."""
    points, owner = shapely.get_coordinates(parcels, return_index=True)
    offset = points - middle[owner]
    cos, sin = np.cos(angle[owner]), np.sin(angle[owner])
    half = np.zeros((len(parcels), 2))
    np.maximum.at(
        half,
        owner,
        np.abs(
            np.column_stack(
                [offset[:, 0] * cos + offset[:, 1] * sin, offset[:, 1] * cos - offset[:, 0] * sin]
            )
        ),
    )
    count = np.ceil(2 * half / pitch).astype(int) + 1
    total = count[:, 0] * count[:, 1]
    owner = np.repeat(np.arange(len(parcels)), total)
    place = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    column, row = place % count[owner, 0], place // count[owner, 0]
    shift = random.uniform(0, 1, (len(parcels), 2))
    along = (column - count[owner, 0] / 2 + shift[owner, 0]) * pitch[0]
    across = (row - count[owner, 1] / 2 + shift[owner, 1]) * pitch[1]
    return owner, along, across


def _plans(
    x: Floats, y: Floats, heading: Floats, pattern: Pattern, random: np.random.Generator
) -> np.ndarray:
    """Return footprints: rectangles, some of them with a corner taken out."""
    count = len(x)
    length = random.uniform(*pattern.size_m[:2], count) / 2
    depth = random.uniform(*pattern.size_m[2:], count) / 2
    notch = np.where(random.random(count) < pattern.ells, random.uniform(0.25, 0.5, count), 0.0)
    right, front = length * (1 - 2 * notch), depth * (1 - 2 * notch)
    corners = np.stack(
        [
            np.column_stack([-length, -depth]),
            np.column_stack([length, -depth]),
            np.column_stack([length, front]),
            np.column_stack([right, front]),
            np.column_stack([right, depth]),
            np.column_stack([-length, depth]),
        ],
        axis=1,
    )
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    east = x[:, None] + corners[..., 0] * cos - corners[..., 1] * sin
    north = y[:, None] + corners[..., 0] * sin + corners[..., 1] * cos
    rings = on_lattice(np.stack([east, north], axis=-1))
    plans = np.empty(count, dtype=object)
    plain = notch == 0
    plans[plain] = shapely.polygons(rings[plain][:, [0, 1, 2, 5]]) if plain.any() else []
    plans[~plain] = shapely.polygons(rings[~plain]) if (~plain).any() else []
    return plans


def _subset(buildings: Buildings, chosen: np.ndarray) -> Buildings:
    return Buildings(*(getattr(buildings, name)[chosen] for name in Buildings.__dataclass_fields__))


def _without(buildings: Buildings, dropped: Ints) -> Buildings:
    keep = np.ones(len(buildings), dtype=bool)
    keep[dropped] = False
    return _subset(buildings, keep)


def _joined(parts: list[Buildings]) -> Buildings:
    return Buildings(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Buildings.__dataclass_fields__)
    )
