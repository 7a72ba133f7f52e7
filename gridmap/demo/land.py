"""One street's land: roads of every rank, the blocks between them, their use, the parcels.

Parcels are the atoms of everything drawn later: communities, blocks and red grids are sums of
parcels, buildings stand inside parcels. So every border follows a road, a river or a shore.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon, STRtree

from gridmap.demo.borders import Borders, borders
from gridmap.demo.cuts import Style, subdivide
from gridmap.demo.noise import Floats, Ints, generator, on_lattice
from gridmap.demo.plan import (
    ARTERIAL,
    COLLECTOR,
    EXPRESSWAY,
    LANE,
    OUTLINE,
    RIVER,
    ROAD_ANGLE,
    SHORE,
    CityPlan,
    Lines,
    bent_geometry,
)
from gridmap.demo.uses import LANES, WHOLE, choose_uses

TIE_M = 32.0  # inner lines stop this far inside the outline and go on to its nearest vertex
STEP_M = 25.0  # longest straight run before bending
SMALLEST_PARCEL_M2 = 900.0


@dataclass(frozen=True)
class Land:
    """Hold one street's land on the map (EPSG:4547, whole millimetres).

    Parameters
    ----------
    outline : the street's polygon
    roads : river, shores and roads as drawn, with rank and name
    parcels : polygons that tile the outline exactly
    use : use of each parcel, one of uses.USES
    place : number of the settlement each parcel belongs to
    block : number of the land block, the land between collector roads, each parcel belongs to
    borders : which parcels touch
    """

    outline: Polygon
    roads: Lines
    parcels: np.ndarray
    use: np.ndarray
    place: Ints
    block: Ints
    borders: Borders


@dataclass(frozen=True)
class _Block:
    """Hold one piece of land between collector roads."""

    polygon: Polygon
    use: str
    place: int
    heading: float


def draw_land(plan: CityPlan, number: int, *, seed: int) -> Land:
    """Draw one street of a city, from its roads to its parcels.

    Parameters
    ----------
    plan : what the streets have in common
    number : position of the street in the plan
    seed : seed of the demo
    """
    outline = plan.outlines[number]
    random = generator(seed, number, "land")
    ponds = _reservoirs(plan, outline, random)
    main = _main_roads(plan, outline, ponds, random)
    treeline = _treeline(plan, outline)
    headings, blocks_cuts, pieces = _collectors(plan, outline, main, treeline, random)
    blocks = _blocks(plan, outline, ponds, main, pieces, headings, treeline, random)
    lanes = [(cut, LANE, "") for block in blocks for cut in _lanes(block, random)]
    inner = _tied(Lines.of(blocks_cuts + lanes), outline)
    return _assembled(plan, outline, main + inner, blocks)


def _lanes(block: _Block, random: np.random.Generator) -> list[shapely.LineString]:
    style = LANES.get(block.use, WHOLE)
    return subdivide(block.polygon, lambda _: style, block.heading, random)[0]


def _reservoirs(plan: CityPlan, outline: Polygon, random: np.random.Generator) -> list[Polygon]:
    """Place two reservoirs among the hills, well inside the street, away from river and expressway."""
    through = plan.main.geometry[(plan.main.rank == RIVER) | (plan.main.rank == EXPRESSWAY)]
    inside = outline.buffer(-520) - shapely.union_all(through).buffer(480)
    points = random.uniform(inside.bounds[:2], inside.bounds[2:], (600, 2))
    points = points[shapely.contains_xy(inside, points)]
    height = plan.hills.at(points[:, 0], points[:, 1])
    core = outline.buffer(-2 * TIE_M)
    ponds: list[Polygon] = []
    for at in np.argsort(-height):
        pond = _pond(points[at], random.uniform(250, 330) if not ponds else 190.0, random)
        if core.contains(pond) and all(pond.distance(other) > 1200 for other in ponds):
            ponds.append(pond)
        if len(ponds) == 2:
            break
    return ponds


def _pond(centre: Floats, radius: float, random: np.random.Generator) -> Polygon:
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    size = np.ones_like(turn)
    for wave in range(2, 8):
        size += 0.34 / wave * random.normal() * np.sin(wave * turn + random.uniform(0, 6.3))
    ring = centre + radius * np.clip(size, 0.45, 1.7)[:, None] * np.column_stack(
        [1.35 * np.cos(turn), np.sin(turn)]
    )
    return Polygon(on_lattice(ring))


def _main_roads(plan: CityPlan, outline: Polygon, ponds: list[Polygon], random: np.random.Generator) -> Lines:
    """Return outline, river, shores and main roads of the street, joined to the outline's vertices."""
    near = plan.main.where(shapely.intersects(plan.main.geometry, outline))
    water = shapely.union_all([pond.buffer(25) for pond in ponds])
    dry = _exploded(near.with_geometry(shapely.difference(near.geometry, water)))
    kept = dry.where(_worth_building(plan, dry, random))
    shores = Lines.of([(pond.exterior, SHORE, "") for pond in ponds])
    ring = Lines.of([(outline.exterior, OUTLINE, "")])
    return ring + _tied(kept, outline) + shores


def _worth_building(plan: CityPlan, lines: Lines, random: np.random.Generator) -> np.ndarray:
    """Leave out the stretches of arterial road that would climb a hill."""
    middles = shapely.get_coordinates(shapely.line_interpolate_point(lines.geometry, 0.5, normalized=True))
    height = plan.hills.at(middles[:, 0], middles[:, 1])
    return np.asarray((lines.rank != ARTERIAL) | (height < 0.85))


def _exploded(lines: Lines) -> Lines:
    """Return the single parts of lines, cut wherever they cross one another."""
    pieces = shapely.get_parts(shapely.union_all(lines.geometry, grid_size=0.001))
    rank, name = _rank_and_name(pieces, lines)
    return Lines(pieces, rank, name)


def _rank_and_name(pieces: np.ndarray, lines: Lines) -> tuple[Ints, np.ndarray]:
    """Give each piece the rank and name of the weightiest line it lies on."""
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, line = STRtree(lines.geometry).query(middles, predicate="dwithin", distance=0.02)
    order = np.lexsort((lines.rank[line], piece))
    piece, line = piece[order], line[order]
    first = np.unique(piece, return_index=True)[1]
    rank = np.full(len(pieces), LANE)
    name = np.full(len(pieces), "", dtype=object)
    rank[piece[first]], name[piece[first]] = lines.rank[line[first]], lines.name[line[first]]
    return rank, name


def _tied(lines: Lines, outline: Polygon) -> Lines:
    """End all lines inside the outline, and lead those that would cross it to its nearest vertex."""
    core = shapely.buffer(outline, -TIE_M)
    clipped = shapely.intersection(lines.geometry, core)
    parts, origin = shapely.get_parts(clipped, return_index=True)
    real = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0.01)
    parts, origin = parts[real], origin[real]
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    owner = np.concatenate([origin, origin])
    loose = shapely.dwithin(ends, core.boundary, 0.01)
    ends, owner = ends[loose], owner[loose]
    end, links = _links(ends, outline)
    geometry = np.concatenate([parts, links])
    chosen = np.concatenate([origin, owner[end]])
    return Lines(geometry, lines.rank[chosen], lines.name[chosen])


def _links(ends: np.ndarray, outline: Polygon) -> tuple[Ints, np.ndarray]:
    """Join ends to the nearest vertex of the outline in sight; returns the end and the line of each link.

    The nearest of all may lie behind a narrow spur of the neighbour, where a link would cut the outline.
    """
    corners = shapely.get_coordinates(outline.exterior)[:-1]
    end, corner = STRtree(shapely.points(corners)).query(ends, predicate="dwithin", distance=4 * TIE_M)
    links = shapely.linestrings(np.stack([shapely.get_coordinates(ends[end]), corners[corner]], axis=1))
    shapely.prepare(outline)
    in_sight = shapely.covers(outline, links)
    end, links = end[in_sight], links[in_sight]
    order = np.lexsort((shapely.length(links), end))
    first = order[np.unique(end[order], return_index=True)[1]]
    return end[first], links[first]


def _faces(lines: Lines) -> np.ndarray:
    """Return the faces of a net of lines."""
    noded = shapely.get_parts(shapely.union_all(lines.geometry, grid_size=0.001))
    return np.asarray(shapely.get_parts(shapely.polygonize(noded)))


def _collectors(
    plan: CityPlan,
    outline: Polygon,
    main: Lines,
    treeline: float,
    random: np.random.Generator,
) -> tuple[list[float], list[tuple[shapely.Geometry, int, str]], list[Polygon]]:
    """Cut the land between main roads by collector roads: every 300 m in town, hardly ever in the hills."""

    def style(piece: Polygon) -> Style:
        wild = _height(plan, outline, piece) > treeline
        return (
            Style(520000.0, wobble=0.2, narrow_m=250.0)
            if wild
            else Style(78000.0, wobble=0.06, narrow_m=120.0)
        )

    names = iter(random.permutation(np.array(plan.road_names, dtype=object)).tolist())
    headings: list[float] = []
    rows: list[tuple[shapely.Geometry, int, str]] = []
    pieces: list[Polygon] = []
    for face in _faces(main):
        heading = ROAD_ANGLE + random.normal(0, 0.16)
        cuts, parts = subdivide(face, style, heading, random)
        rows += [(cut, COLLECTOR, next(names, "")) for cut in cuts]
        pieces += parts
        headings += [heading] * len(parts)
    return headings, rows, pieces


def _treeline(plan: CityPlan, outline: Polygon) -> float:
    """Return the height above which nobody builds: at least five eighths of a street lie below it."""
    west, south, east, north = outline.bounds
    x, y = (
        grid.ravel() for grid in np.meshgrid(np.arange(west, east, 120.0), np.arange(south, north, 120.0))
    )
    inside = shapely.points(x, y)[shapely.contains_xy(outline, x, y)]
    return float(max(0.62, np.quantile([_height(plan, outline, point) for point in inside], 0.625)))


def _height(plan: CityPlan, outline: Polygon, piece: shapely.Geometry) -> float:
    """Return how hilly a piece is; land near the outline lies higher."""
    middle = piece.representative_point()
    rim = max(0.0, 1 - outline.exterior.distance(middle) / 700)
    return float(plan.hills.at(np.array(middle.x), np.array(middle.y)) + 0.55 * rim)


def _blocks(
    plan: CityPlan,
    outline: Polygon,
    ponds: list[Polygon],
    main: Lines,
    pieces: list[Polygon],
    headings: list[float],
    treeline: float,
    random: np.random.Generator,
) -> list[_Block]:
    """Give every piece between collectors its use."""
    middles = shapely.get_coordinates(shapely.point_on_surface(np.array(pieces)))
    flat = np.array([_height(plan, outline, piece) < treeline for piece in pieces])
    use, place = choose_uses(random, middles, shapely.area(pieces), flat, main)
    drowned = shapely.contains_xy(shapely.union_all(ponds), middles) if ponds else np.zeros(len(pieces), bool)
    use[drowned] = "water"
    return [_Block(*row) for row in zip(pieces, use, place.tolist(), headings, strict=True)]


def _assembled(plan: CityPlan, outline: Polygon, lines: Lines, blocks: list[_Block]) -> Land:
    """Node all lines, bend them onto the map and read parcels, uses and borders off the result."""
    pieces = shapely.get_parts(shapely.union_all(lines.geometry, grid_size=0.001))
    rank, name = _rank_and_name(pieces, lines)
    inner = rank != OUTLINE
    pieces[inner] = shapely.segmentize(pieces[inner], STEP_M)
    faces = shapely.get_parts(shapely.polygonize(pieces))
    block = STRtree(np.array([b.polygon for b in blocks])).nearest(shapely.point_on_surface(faces))
    drawn = Lines(bent_geometry(pieces, plan.bend), rank, name)
    faces = bent_geometry(faces, plan.bend)
    owner = _without_crumbs(faces, drawn)
    parcels, first = _summed(faces, owner)
    drawn_outline = bent_geometry(np.array([outline]), plan.bend)[0]
    _check(parcels, drawn_outline)
    use = np.array([b.use for b in blocks], dtype=object)[block[first]]
    place = np.array([b.place for b in blocks])[block[first]]
    return Land(
        outline=drawn_outline,
        roads=drawn.where(drawn.rank != OUTLINE),
        parcels=parcels,
        use=use,
        place=place,
        block=block[first],
        borders=borders(parcels, drawn),
    )


def _check(parcels: np.ndarray, outline: Polygon) -> None:
    """Refuse land that does not fill its outline vertex by vertex: the neighbouring street relies on it."""
    if not shapely.coverage_union_all(parcels).equals_exact(outline, normalize=True):
        raise ValueError("the parcels of a street do not fill its outline exactly; take another seed")


def _without_crumbs(faces: np.ndarray, lines: Lines) -> Ints:
    """Join faces too small for a parcel to the neighbour they share most border with."""
    owner = np.arange(len(faces))
    area = shapely.area(faces)
    touching = borders(faces, lines)
    for crumb in np.flatnonzero(area < SMALLEST_PARCEL_M2)[np.argsort(area[area < SMALLEST_PARCEL_M2])]:
        mine = (touching.one == crumb) | (touching.other == crumb)
        others = np.where(touching.one[mine] == crumb, touching.other[mine], touching.one[mine])
        length = np.bincount(others, touching.length[mine], len(faces))
        length[owner == owner[crumb]] = 0
        if length.max() > 0:
            owner[owner == owner[crumb]] = owner[int(length.argmax())]
    return owner


def _summed(faces: np.ndarray, owner: Ints) -> tuple[np.ndarray, Ints]:
    """Sum faces by owner; return the sums and the largest face of each."""
    order = np.lexsort((-shapely.area(faces), owner))
    first = order[np.unique(owner[order], return_index=True)[1]]
    alone = np.bincount(owner, minlength=len(faces))[owner[first]] == 1
    parcels = faces[first]
    for at in np.flatnonzero(~alone):
        parcels[at] = shapely.coverage_union_all(faces[owner == owner[first[at]]])
    return parcels, first
