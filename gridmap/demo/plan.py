"""What runs through a whole city before its streets are drawn: outlines, rivers, main roads.

All of this lives in the *straight* plane, where roads are nearly straight; `noise.Bend` then bends
everything together. Streets of a city share the vertices of their outlines, and inner lines meet an
outline only in one of its vertices, so that each street can be drawn without knowing its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from gridmap.demo.noise import Bend, Field, Floats, bend, field, generator, on_lattice

CENTRE = (506163.967, 2513531.049)  # 114.06 E, 22.72 N in EPSG:4547
OUTLINE_STEP_M = 24.0
ROAD_ANGLE = np.radians(-9.0)

#: Ranks of lines: the smaller, the weightier as a border and on the map.
OUTLINE, RIVER, SHORE, EXPRESSWAY, ARTERIAL, COLLECTOR, LANE = range(7)


@dataclass(frozen=True)
class Lines:
    """Hold lines with their rank and name, one entry each in three arrays of equal length."""

    geometry: np.ndarray
    rank: np.ndarray
    name: np.ndarray

    @classmethod
    def of(cls, rows: list[tuple[shapely.Geometry, int, str]]) -> Lines:
        """Build from rows of geometry, rank and name."""
        geometry = np.empty(len(rows), dtype=object)
        geometry[:] = [row[0] for row in rows]
        return cls(
            geometry,
            np.array([row[1] for row in rows], dtype=np.int64),
            np.array([row[2] for row in rows], dtype=object),
        )

    def __add__(self, other: Lines) -> Lines:
        return Lines(
            *(
                np.concatenate([mine, theirs])
                for mine, theirs in zip(
                    (self.geometry, self.rank, self.name),
                    (other.geometry, other.rank, other.name),
                    strict=True,
                )
            )
        )

    def where(self, chosen: np.ndarray) -> Lines:
        """Return the lines chosen by a mask or by positions."""
        return Lines(self.geometry[chosen], self.rank[chosen], self.name[chosen])

    def with_geometry(self, geometry: np.ndarray) -> Lines:
        """Return the same lines with another shape each."""
        return Lines(geometry, self.rank, self.name)


@dataclass(frozen=True)
class CityPlan:
    """Hold what the streets of a city have in common.

    Parameters
    ----------
    outlines : one polygon per street in the straight plane; neighbours share their vertices
    main : rivers, expressways and arterial roads across the whole city, straight plane
    hills : height of the land, standard deviations; above about 0.6 nobody builds
    bend : turns the straight plane into the map (EPSG:4547, 1 mm)
    road_names : names left for the collector roads of every street
    """

    outlines: tuple[Polygon, ...]
    main: Lines
    hills: Field
    bend: Bend
    road_names: tuple[str, ...]


def plan_city(seed: int, *, streets: int, km2: float, roads: list[str]) -> CityPlan:
    """Draw outlines, rivers and main roads of a city.

    Parameters
    ----------
    seed : seed of the demo
    streets : number of streets
    km2 : area of a street on the map (exact for one street, a mean for several)
    roads : names for expressways and arterial roads, first come first served
    """
    bent = bend(generator(seed, "bend"))
    hills = field(generator(seed, "hills"), wavelength_m=4200)
    if streets == 1:
        outlines = [_single_outline(seed, bent, area_m2=km2 * 1e6)]
    else:
        outlines = _many_outlines(seed, streets=streets, area_m2=km2 * 1e6)
    main = _main_lines(seed, shapely.total_bounds(outlines), roads)
    left = tuple(sorted(set(roads) - set(main.name)))
    return CityPlan(tuple(outlines), main, hills, bent, left)


def bent_geometry(geometry: np.ndarray, bent: Bend) -> np.ndarray:
    """Return geometries bent onto the map, vertex by vertex."""
    copy = np.array(geometry, dtype=object)
    return np.asarray(shapely.set_coordinates(copy, bent(shapely.get_coordinates(copy))))


def _single_outline(seed: int, bent: Bend, *, area_m2: float) -> Polygon:
    """Draw one outline and size it until its area on the map is right within a millionth."""
    random = generator(seed, "outline")
    turn = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    radius = np.ones_like(turn)
    for wave in range(2, 48):
        radius += 0.2 / wave**1.25 * random.normal() * np.sin(wave * turn + random.uniform(0, 2 * np.pi))
    shape = np.column_stack([0.93 * radius * np.cos(turn), 1.08 * radius * np.sin(turn)])
    size = np.sqrt(area_m2 / np.pi)
    for _ in range(12):
        outline = _stepped(Polygon(shape * size + CENTRE))
        size *= np.sqrt(area_m2 / bent_geometry(np.array([outline]), bent)[0].area)
    return outline


def _many_outlines(seed: int, *, streets: int, area_m2: float) -> list[Polygon]:
    """Divide a city into streets: rounded cells whose shared borders wander."""
    random = generator(seed, "outline")
    half = np.sqrt(area_m2 * streets) / 2
    box = shapely.box(-1.25 * half, -0.8 * half, 1.25 * half, 0.8 * half)
    centres = _spread_points(random, box, streets)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(centres), extend_to=box)
    clipped = shapely.intersection(np.array(cells.geoms), box)
    edges = shapely.get_parts(shapely.union_all(shapely.boundary(clipped), grid_size=0.001))
    faces = shapely.get_parts(shapely.polygonize(_untangled(edges, random)))
    if len(faces) != streets:
        raise ValueError(
            f"seed {seed} gives {len(faces)} street outlines instead of {streets}; take another seed"
        )
    order = np.lexsort(np.round(shapely.get_coordinates(shapely.centroid(faces)) / [1.0, -3000.0]).T)
    return [shapely.transform(faces[at], lambda points: on_lattice(points + CENTRE)) for at in order]


def _spread_points(random: np.random.Generator, box: Polygon, count: int) -> Floats:
    """Scatter points so evenly that the cells around them are of like size."""
    west, south, east, north = box.bounds
    points = random.uniform((west, south), (east, north), (count, 2))
    for _ in range(30):
        cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=box)
        middles = shapely.centroid(shapely.intersection(np.array(cells.geoms), box))
        points = shapely.get_coordinates(middles)
    return points


def _untangled(edges: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Let all borders wander; those that come too close to another one wander less, until none does."""
    unrest = np.full(len(edges), 0.085)
    lines = np.array([_wandering(edge, share, random) for edge, share in zip(edges, unrest, strict=True)])
    for _ in range(30):
        tree = shapely.STRtree(lines)
        one, other = tree.query(_middle_parts(lines), predicate="dwithin", distance=40.0)
        apart = one != other
        tangled = np.unique(
            np.concatenate(
                [
                    one[apart],
                    other[apart],
                    *tree.query(lines, predicate="crosses"),
                    np.flatnonzero(~shapely.is_simple(lines)),
                ]
            )
        )
        if not len(tangled):
            break
        unrest[tangled] *= 0.6
        for at in tangled:
            lines[at] = _wandering(edges[at], unrest[at], random)
    return lines


def _middle_parts(lines: np.ndarray) -> np.ndarray:
    """Return lines without the vertices near their ends, where borders meet by right."""
    points = [shapely.get_coordinates(line) for line in lines]
    ends = [max(1, round(len(p) * 0.08)) for p in points]
    return np.array(
        [
            shapely.linestrings(p[end:-end]) if len(p) > 2 * end + 1 else shapely.points(p[len(p) // 2])
            for p, end in zip(points, ends, strict=True)
        ],
        dtype=object,
    )


def _wandering(edge: shapely.LineString, unrest: float, random: np.random.Generator) -> shapely.LineString:
    """Replace a straight border by a wandering one between the same two ends."""
    points = shapely.get_coordinates(edge)
    while np.max(np.hypot(*np.diff(points, axis=0).T)) > 2 * OUTLINE_STEP_M:
        step = np.diff(points, axis=0)
        aside = np.column_stack([-step[:, 1], step[:, 0]])
        middle = points[:-1] + step / 2 + aside * unrest * random.normal(0, 1, (len(step), 1)).clip(-2.3, 2.3)
        points = np.insert(points, np.arange(1, len(points)), middle, axis=0)
    return shapely.linestrings(on_lattice(points))


def _stepped(outline: Polygon) -> Polygon:
    """Return the outline with a vertex every OUTLINE_STEP_M metres, on the lattice."""
    ring = outline.exterior
    count = int(ring.length / OUTLINE_STEP_M)
    points = shapely.line_interpolate_point(ring, np.linspace(0, 1, count, endpoint=False), normalized=True)
    return Polygon(on_lattice(shapely.get_coordinates(points)))


def _main_lines(seed: int, bounds: Floats, roads: list[str]) -> Lines:
    """Lay rivers, expressways and a loose net of arterial roads over a rectangle."""
    random = generator(seed, "main")
    middle = np.array([(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2])
    reach = np.hypot(bounds[2] - bounds[0], bounds[3] - bounds[1]) / 2 + 500
    names = iter(roads)
    rows = [
        (_river(random, middle, reach, aside), RIVER, "观澜河" if aside == 0 else "")
        for aside in _every(reach, 9000)
    ]
    rows += [
        (
            _road(middle, reach, aside, np.pi / 2 + ROAD_ANGLE + random.normal(0, 0.05), random),
            EXPRESSWAY,
            next(names, ""),
        )
        for aside in _every(reach, 11000) - 1650
    ]
    for heading, spacing in ((ROAD_ANGLE, 1270.0), (np.pi / 2 + ROAD_ANGLE, 1180.0)):
        for aside in _every(reach, spacing):
            offset = aside + random.normal(0, 0.13) * spacing + spacing / 3
            tilt = heading + random.normal(0, 0.05)
            rows.append((_road(middle, reach, offset, tilt, random), ARTERIAL, next(names, "")))
    return Lines.of(rows)


def _every(reach: float, spacing: float) -> Floats:
    count = int(reach // spacing)
    return np.array(sorted(range(-count, count + 1), key=abs)) * spacing


def _road(
    middle: Floats, reach: float, aside: float, heading: float, random: np.random.Generator
) -> shapely.LineString:
    """Draw a long road with a given heading, passing the middle at a distance."""
    along = np.arange(-reach, reach, 60.0)
    sway = 60 * np.sin(along / random.uniform(900, 1400) + random.uniform(0, 6.3))
    return _placed(along, aside + sway, middle, heading)


def _river(random: np.random.Generator, middle: Floats, reach: float, aside: float) -> shapely.LineString:
    """Draw a meandering river from south to north."""
    along = np.arange(-reach, reach, 25.0)
    sway = 330 * np.sin(along / 1050 + random.uniform(0, 6.3)) + 95 * np.sin(
        along / 260 + random.uniform(0, 6.3)
    )
    sway += 35 * np.sin(along / 95 + random.uniform(0, 6.3))
    return _placed(along, aside + 620 + sway, middle, np.pi / 2 + ROAD_ANGLE)


def _placed(along: Floats, aside: Floats, middle: Floats, heading: float) -> shapely.LineString:
    ahead = np.array([np.cos(heading), np.sin(heading)])
    left = np.array([-ahead[1], ahead[0]])
    return shapely.linestrings(middle + along[:, None] * ahead + aside[:, None] * left)
