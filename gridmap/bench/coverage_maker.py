"""Make nested coverages with fractal shared borders, and points spread as petitions are.

The cells are the Voronoi cells of clustered seeds. Every border is drawn once, as a rough line that
stays inside the kite of its two ends and the two seeds beside it, and used by both neighbours: kites
do not overlap, so the cells leave no gap, do not overlap and do not cross themselves. Some cells have
an enclave, which is a cell of its own or a second part of a distant one. Coordinates are multiples of
LATTICE, so that the middle of a border segment can be written exactly.
"""

from __future__ import annotations

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATTICE = 2.0**-24  #: degrees, about 6 mm
CORNER = np.array([113.75, 22.375])  #: south-west corner, degrees
CELL_WIDTH = 3 / 1024  #: degrees, about 300 m
CELLS_PER_PARENT = (4000, 200, 20, 4)  #: leaves in a district, street, community and block, about
STEEPEST = np.radians(35.0)  #: a border strays from the straight line by no more than this angle


def make_coverage(
    cells: int, *, vertices: int = 150, enclave_share: float = 0.003, seed: int = 0
) -> geopandas.GeoDataFrame:
    """Make a coverage of about so many cells in a square.

    Parameters
    ----------
    cells : how many cells, besides the enclaves
    vertices : how many vertices a cell has, about
    enclave_share : share of the cells that surround an enclave of their own, and again of those that
        surround a part of a distant cell
    seed : the same seed makes the same coverage

    Returns
    -------
    one row per cell in EPSG:4326: code (text; its first 2, 5, 8 and 11 digits name the parents), geometry
    """
    chance = np.random.default_rng(seed)
    width = CELL_WIDTH * np.ceil(np.sqrt(cells))
    seeds = _seeds(chance, cells, width)
    polygons = _cells(chance, seeds, width, vertices)
    hosts = chance.permutation(cells)[: 2 * int(np.ceil(cells * enclave_share))]
    enclaves = _enclaves(chance, polygons[hosts], seeds[hosts])
    polygons[hosts] = [
        shapely.Polygon(host.exterior, [hole.exterior])
        for host, hole in zip(polygons[hosts], enclaves, strict=True)
    ]
    own, parts = np.split(enclaves, 2)
    owners = chance.permutation(np.setdiff1d(np.arange(cells), hosts))[: len(parts)]
    polygons[owners] = [
        shapely.MultiPolygon([owner, part])
        for owner, part in zip(polygons[owners], parts[: len(owners)], strict=True)
    ]
    orphans = parts[len(owners) :]
    everyone = np.concatenate([polygons, own, orphans])
    places = np.concatenate([seeds, seeds[hosts[: len(own)]], seeds[hosts[len(hosts) - len(orphans) :]]])
    return geopandas.GeoDataFrame({"code": _codes(chance, places)}, geometry=everyone, crs=4326)


def make_points(frame: geopandas.GeoDataFrame, points: int, *, seed: int = 0) -> tuple[Floats, Floats]:
    """Make points spread as petitions are: in clusters, some anywhere, a few outside, a few on borders.

    Parameters
    ----------
    frame : the coverage to spread them over
    points : how many; 15 % anywhere, 0.5 % far outside, 0.1 % on vertices, 0.1 % in the middle of segments
    seed : the same seed makes the same points

    Returns
    -------
    x, y in the CRS of the coverage, in no order
    """
    chance = np.random.default_rng(seed)
    low, high = np.split(frame.total_bounds, 2)
    anywhere, outside, border = points * 15 // 100, points // 200, points // 1000
    corners = shapely.get_coordinates(frame.geometry.to_numpy())
    first = chance.integers(0, len(corners) - 1, border)
    parts = [
        chance.uniform(low, high, (anywhere, 2)),
        chance.uniform(low - (high - low), low, (outside, 2)),
        chance.choice(corners, border),
        (corners[first] + corners[first + 1]) / 2,
    ]
    clustered = _clustered(chance, points - sum(map(len, parts)), low, high)
    x, y = chance.permutation(np.concatenate([clustered, *parts])).T
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def _clustered(chance: np.random.Generator, points: int, low: Floats, high: Floats) -> Floats:
    """Draw points around 300 centres of very different weight, all of them inside the box."""
    weight = chance.pareto(1.2, 300) + 0.1
    centre = chance.uniform(low, high, (300, 2))
    spread = chance.uniform(0.005, 0.05, 300)[:, None] * (high - low)
    which = chance.choice(300, points, p=weight / weight.sum())
    drawn = (centre[which] + chance.normal(size=(points, 2)) * spread[which] - low) / (high - low)
    return np.asarray(low + (high - low) * np.abs(1 - np.abs(1 - drawn) % 2))


def _seeds(chance: np.random.Generator, cells: int, width: float) -> Floats:
    """Draw seeds, half of them in clusters, where cells are therefore small."""
    low, high = CORNER, CORNER + width
    clustered = _clustered(chance, cells // 2, low, high)
    return np.concatenate([clustered, chance.uniform(low, high, (cells - len(clustered), 2))])


def _cells(chance: np.random.Generator, seeds: Floats, width: float, vertices: int) -> NDArray[np.object_]:
    """Return the rough Voronoi cell of every seed inside the square."""
    voronoi = Voronoi(_with_mirrors(seeds, width))
    pairs, ends = voronoi.ridge_points, np.array(voronoi.ridge_vertices)
    bounding = (pairs < len(seeds)).any(axis=1)
    pairs, ends = pairs[bounding], _on_lattice(voronoi.vertices)[ends[bounding]]
    real = (ends[:, 0] != ends[:, 1]).any(axis=1)
    pairs, ends = pairs[real], ends[real]
    angle = _room(ends, voronoi.points[pairs])
    angle[(pairs >= len(seeds)).any(axis=1)] = 0.0  # the outline is straight
    lines, offsets = _rough_lines(chance, ends, angle, vertices * len(seeds) / 2)
    return _rings(lines, offsets, pairs, seeds)


def _with_mirrors(seeds: Floats, width: float) -> Floats:
    """Add the mirror images of the seeds near the sides: between a seed and its image runs the outline."""
    near = max(0.1, min(1.0, 20 / np.sqrt(len(seeds)))) * width
    images = [seeds]
    for axis in (0, 1):
        for side in (CORNER[axis], CORNER[axis] + width):
            image = seeds[np.abs(seeds[:, axis] - side) <= near]
            image[:, axis] = 2 * side - image[:, axis]
            images.append(image)
    return np.concatenate(images)


def _on_lattice(xy: Floats) -> Floats:
    return np.asarray(np.round(xy / LATTICE) * LATTICE)


def _room(ends: Floats, seeds: Floats) -> Floats:
    """Return the smallest angle at the ends of each border between the border and a seed beside it."""
    angles = []
    for here, there in ((0, 1), (1, 0)):
        along = ends[:, there] - ends[:, here]
        for beside in (0, 1):
            to_seed = seeds[:, beside] - ends[:, here]
            cross = along[:, 0] * to_seed[:, 1] - along[:, 1] * to_seed[:, 0]
            angles.append(np.arctan2(np.abs(cross), (along * to_seed).sum(axis=1)))
    return np.asarray(np.minimum(np.min(angles, axis=0), STEEPEST) * 0.9)


def _rough_lines(
    chance: np.random.Generator, ends: Floats, angle: Floats, segments: float
) -> tuple[Floats, Ints]:
    """Replace each straight border by a rough one; longer ones get more segments, always a power of two.

    Returns the vertices of all lines behind one another, and where each line begins.
    """
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    wanted = np.log2(np.maximum(length * segments / length.sum(), 1))
    level = np.clip(np.round(wanted), 0, np.log2(np.maximum(length / LATTICE / 64, 1))).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(2**level + 1)])
    vertices = np.empty((offsets[-1], 2))
    for depth in np.unique(level):
        which = np.flatnonzero(level == depth)
        line = ends[which]
        for step in range(depth):
            line = _bent(chance, line, angle[which] * 0.25 * 0.75**step)
        vertices[offsets[which][:, None] + np.arange(2**depth + 1)] = _on_lattice(line)
    return vertices, offsets


def _bent(chance: np.random.Generator, line: Floats, angle: Floats) -> Floats:
    """Push the middle of every segment aside by at most the angle, which makes two segments of one."""
    start, along = line[:, :-1], np.diff(line, axis=1)
    push = chance.uniform(-1, 1, along.shape[:2]) * np.tan(angle)[:, None] / 2
    middle = start + along / 2 + push[..., None] * np.stack([-along[..., 1], along[..., 0]], axis=-1)
    bent = np.empty((len(line), 2 * line.shape[1] - 1, 2))
    bent[:, ::2], bent[:, 1::2] = line, middle
    return bent


def _rings(lines: Floats, offsets: Ints, pairs: Ints, seeds: Floats) -> NDArray[np.object_]:
    """Put the lines around each seed behind one another, counter-clockwise, and close them to polygons."""
    line, side = np.nonzero(pairs < len(seeds))
    cell = pairs[line, side]
    first, last = lines[offsets[line]], lines[offsets[line + 1] - 1]
    arm = (first + last) / 2 - seeds[cell]
    (x, y), (dx, dy) = (first - seeds[cell]).T, (last - first).T
    ahead = x * dy > y * dx
    order = np.lexsort((np.arctan2(arm[:, 1], arm[:, 0]), cell))
    cell, line, ahead = cell[order], line[order], ahead[order]
    count = offsets[line + 1] - offsets[line] - 1
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    start, way = np.where(ahead, offsets[line], offsets[line + 1] - 1), np.where(ahead, 1, -1)
    vertices = lines[np.repeat(start, count) + step * np.repeat(way, count)]
    return np.asarray(shapely.polygons(shapely.linearrings(vertices, indices=np.repeat(cell, count))))


def _enclaves(chance: np.random.Generator, hosts: NDArray[np.object_], seeds: Floats) -> NDArray[np.object_]:
    """Draw a small star around each seed, inside its cell."""
    room = shapely.distance(shapely.points(seeds), shapely.boundary(hosts))
    turn = np.arange(24) * np.pi / 12
    reach = room[:, None] * chance.uniform(0.3, 0.8, (len(hosts), 24))
    rings = seeds[:, None] + reach[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return np.asarray(shapely.polygons(_on_lattice(rings)))


def _codes(chance: np.random.Generator, places: Floats) -> NDArray[np.object_]:
    """Number the cells: each belongs to the nearest block, this to the nearest community, and so on."""
    member = np.arange(len(places))
    chain = [member]
    for leaves in reversed(CELLS_PER_PARENT):
        centres = chance.choice(len(places), max(1, len(places) // leaves), replace=False)
        member = centres[cKDTree(places[centres]).query(places[member])[1]]
        chain.append(member)
    codes = np.full(len(places), "", dtype=object)
    for group, digits in zip(reversed(chain), (2, 3, 3, 3, 3), strict=True):
        codes = codes + _numbered(codes, group, digits)
    return codes


def _numbered(parent: NDArray[np.object_], group: Ints, digits: int) -> NDArray[np.object_]:
    """Number the groups inside each parent from 1, with leading zeros."""
    kinds, member = np.unique(group, return_inverse=True)
    of_kind = np.empty(len(kinds), dtype=object)
    of_kind[member] = parent
    order = np.argsort(of_kind.astype(str), kind="stable")
    sorted_parent = of_kind[order].astype(str)
    begins = np.searchsorted(sorted_parent, sorted_parent)
    rank = np.empty(len(kinds), dtype=np.int64)
    rank[order] = np.arange(len(kinds)) - begins + 1
    return np.char.zfill(rank.astype(str), digits)[member].astype(object)
