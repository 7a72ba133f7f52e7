"""Who lives where: people and households of every residential building."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridmap.demo.buildings import Buildings
from gridmap.demo.land import Land
from gridmap.demo.noise import Floats, Ints, generator

#: People per 100 m2 of floor area, by kind of building.
DENSITY = {"house": 4.6, "dormitory": 5.2, "tower": 2.0}
HOUSEHOLD = {"house": 2.1, "dormitory": 1.35, "tower": 2.9}


@dataclass(frozen=True)
class People:
    """Hold people and households of every building; 0 where nobody lives."""

    people: Ints
    households: Ints


def settle(land: Land, buildings: Buildings, *, people: int, seed: int, number: int) -> People:
    """Spread a street's people over its residential buildings.

    Parameters
    ----------
    land, buildings : the street
    people : how many live in the street; the result sums to this exactly
    """
    random = generator(seed, number, "people")
    density = np.array([DENSITY.get(kind, 0.0) for kind in buildings.kind])
    density[land.use[buildings.parcel] == "hill"] *= 0.2
    weight = buildings.floor_area_m2 * density * random.uniform(0.6, 1.3, len(buildings))
    counted = shared_out(people, weight)
    size = np.array([HOUSEHOLD.get(kind, 2.0) for kind in buildings.kind])
    return People(counted, np.ceil(counted / size).astype(np.int64))


def shared_out(total: int, weight: Floats) -> Ints:
    """Divide a whole number in proportion to weights, the largest remainders rounded up.

    >>> shared_out(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    exact = total * weight / weight.sum()
    shares = np.floor(exact).astype(np.int64)
    missing = total - int(shares.sum())
    shares[np.argsort(shares - exact, kind="stable")[:missing]] += 1
    return np.asarray(shares, dtype=np.int64)
