"""Dividing land into connected parts of like weight whose borders prefer rivers and main roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gridmap.demo.borders import Borders
from gridmap.demo.land import Land
from gridmap.demo.noise import Floats, Ints
from gridmap.demo.plan import ARTERIAL, COLLECTOR, EXPRESSWAY, LANE, RIVER, SHORE

#: How much further two neighbours seem from one another when such a line lies between them.
FARTHER = {RIVER: 9.0, SHORE: 3.0, EXPRESSWAY: 9.0, ARTERIAL: 6.0, COLLECTOR: 2.2, LANE: 1.0}


@dataclass(frozen=True)
class Ground:
    """Hold the parcels as a graph: who touches whom, and how far apart their middles are.

    Distances are whole metres, so that sums of them are exact: with rounding errors a tie could be
    decided one way at a parcel and the other way behind it, and a part would fall to pieces.
    """

    distance: csr_array
    middle: Floats
    borders: Borders
    block: Ints

    @classmethod
    def of(cls, land: Land) -> Ground:
        """Build the graph of a street's parcels."""
        return cls.between(land.parcels, land.borders, land.block)

    @classmethod
    def between(cls, polygons: np.ndarray, borders: Borders, block: Ints) -> Ground:
        """Build the graph of polygons whose borders and land blocks are known."""
        middle = shapely.get_coordinates(shapely.centroid(polygons))
        return cls(_distances(borders, middle), middle, borders, block)

    def connected(self, parcels: Ints) -> bool:
        """Return whether parcels hang together along their borders."""
        return len(parcels) > 0 and connected_components(self._between(parcels), directed=False)[0] == 1

    def main_part(self, parcels: Ints) -> Ints:
        """Return the largest connected part of some parcels."""
        label = connected_components(self._between(parcels), directed=False)[1]
        return np.asarray(parcels[label == np.bincount(label).argmax()])

    def neighbours(self, parcel: int) -> Ints:
        """Return the parcels that touch one."""
        return np.asarray(
            self.distance.indices[self.distance.indptr[parcel] : self.distance.indptr[parcel + 1]],
            dtype=np.int64,
        )

    def _between(self, parcels: Ints) -> csr_array:
        return self.distance[parcels][:, parcels]

    def divide_by_blocks(
        self, parcels: Ints, weight: Floats, shares: Floats, random: np.random.Generator
    ) -> Ints:
        """Divide as `divide` does, but keep land blocks whole, so that borders follow the larger roads.

        Falls back to dividing parcels where there are too few land blocks to choose from.
        """
        label = self._block_parts(parcels)
        count = int(label.max()) + 1
        if count < 3 * len(shares):
            return self.divide(parcels, weight, shares, random)
        total = np.bincount(label, weight).astype(float)
        middle = np.column_stack(
            [np.bincount(label, weight * self.middle[parcels][:, axis]) / total for axis in (0, 1)]
        )
        borders = _joined(self.borders, parcels, label, len(self.middle))
        ground = Ground(_distances(borders, middle), middle, borders, np.arange(count))
        return ground.divide(np.arange(count), total, shares, random)[label]

    def _block_parts(self, parcels: Ints) -> Ints:
        """Number the connected parts of land blocks among some parcels."""
        edges = self._between(parcels).tocoo()
        same = self.block[parcels][edges.row] == self.block[parcels][edges.col]
        within = csr_array((edges.data[same], (edges.row[same], edges.col[same])), shape=edges.shape)
        return np.asarray(connected_components(within, directed=False)[1], dtype=np.int64)

    def divide(self, parcels: Ints, weight: Floats, shares: Floats, random: np.random.Generator) -> Ints:
        """Divide connected parcels into connected parts.

        The parts are the cells of an additively weighted Voronoi diagram on the graph: connected by
        construction. Their additions are adjusted until the weights are about right, their middles
        moved, and again.

        Parameters
        ----------
        parcels : positions of the parcels, connected
        weight : weight of each of them, positive
        shares : share of the weight each part should get; their number is the number of parts
        random : generator for the first middles

        Returns
        -------
        the part (0 ... n-1) of each parcel

        Raises
        ------
        ValueError : when there are fewer parcels than parts
        """
        count = len(shares)
        if count == 1:
            return np.zeros(len(parcels), dtype=np.int64)
        if len(parcels) < count:
            raise ValueError(f"{len(parcels)} parcels cannot be divided into {count} parts")
        graph, middle = self._between(parcels), self.middle[parcels]
        target = weight.sum() * shares / shares.sum()
        seeds = _first_seeds(graph, weight, count, random)
        best: tuple[float, Ints] | None = None
        for _ in range(7):
            away = dijkstra(graph, directed=False, indices=seeds)
            parts, unfairness = _balanced(away, seeds, weight, target)
            if best is None or unfairness < best[0]:
                best = (unfairness, parts)
            seeds = _middles(parts, middle, weight, count)
        assert best is not None
        return best[1]


def _distances(borders: Borders, middle: Floats) -> csr_array:
    """Return the graph of neighbours with their distances in whole metres, more across weighty lines."""
    one, other, rank = _weightiest(borders, len(middle))
    factor = np.array([FARTHER.get(int(r), 1.0) for r in rank])
    apart = np.ceil(np.hypot(*(middle[one] - middle[other]).T) * factor) + 1
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    return csr_array((np.concatenate([apart, apart]), (rows, columns)), shape=(len(middle), len(middle)))


def _joined(borders: Borders, parcels: Ints, label: Ints, count: int) -> Borders:
    """Return the borders between groups of parcels."""
    group = np.full(count, -1)
    group[parcels] = label
    one, other = group[borders.one], group[borders.other]
    outer = (one >= 0) & (other >= 0) & (one != other)
    one, other = np.minimum(one, other)[outer], np.maximum(one, other)[outer]
    return Borders(one, other, borders.rank[outer], borders.length[outer])


def _weightiest(borders: Borders, count: int) -> tuple[Ints, Ints, Ints]:
    """Return each pair once, with the rank that takes up most of its border."""
    pairs, at = np.unique((borders.one * count + borders.other) * 8 + borders.rank, return_inverse=True)
    length = np.bincount(at, borders.length)
    order = np.lexsort((-length, pairs // 8))
    first = order[np.unique(pairs[order] // 8, return_index=True)[1]]
    pair = pairs[first] // 8
    return pair // count, pair % count, pairs[first] % 8


def _first_seeds(graph: csr_array, weight: Floats, count: int, random: np.random.Generator) -> Ints:
    """Choose first middles far from one another, heavy land preferred."""
    seeds = [int(random.choice(len(weight), p=weight / weight.sum()))]
    nearest = dijkstra(graph, directed=False, indices=seeds[0])
    while len(seeds) < count:
        chance = weight * np.where(np.isfinite(nearest), nearest, 0) ** 2
        seeds.append(int(random.choice(len(weight), p=chance / chance.sum())))
        nearest = np.minimum(nearest, dijkstra(graph, directed=False, indices=seeds[-1]))
    return np.array(seeds)


def _balanced(away: Floats, seeds: Ints, weight: Floats, target: Floats) -> tuple[Ints, float]:
    """Adjust the additions of all parts until their weights are near the target."""
    between = away[:, seeds]
    closest = between + np.where(np.eye(len(seeds)), 1e9, -1.0)
    addition = np.zeros(len(seeds))
    step = np.median(away[np.isfinite(away)]) * 0.35
    best, least = np.argmin(away, axis=0), np.inf
    for turn in range(40):
        parts = np.argmin(addition[:, None] + away, axis=0)
        load = np.bincount(parts, weight, len(seeds)) / target
        unfairness = float(np.abs(load - 1).max() + np.abs(load - 1).mean())
        if unfairness < least:
            best, least = parts, unfairness
        addition = np.round(addition + step * np.clip(np.log(load + 1e-3), -1, 1) / (1 + turn / 8))
        addition = _kept_apart(addition, closest)
    return best, least


def _kept_apart(addition: Floats, closest: Floats) -> Floats:
    """Lower additions until every part keeps its own middle, so that none is ever empty."""
    while True:
        lowered = np.minimum(addition, (addition[:, None] + closest).min(axis=0))
        if np.array_equal(lowered, addition):
            return addition
        addition = lowered


def _middles(parts: Ints, middle: Floats, weight: Floats, count: int) -> Ints:
    """Return for each part the parcel nearest to its centre of weight."""
    total = np.bincount(parts, weight, count)
    centre = np.column_stack([np.bincount(parts, weight * middle[:, axis], count) / total for axis in (0, 1)])
    off = np.hypot(*(middle - centre[parts]).T)
    order = np.lexsort((off, parts))
    return order[np.unique(parts[order], return_index=True)[1]]
