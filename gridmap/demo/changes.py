"""What the boundaries were before each of the past changes: the changes undone, one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gridmap.demo.dividing import Ground
from gridmap.demo.noise import Floats, Ints
from gridmap.demo.regions import NOBODY, Community


def before_split(ground: Ground, today: Community, people: Floats) -> tuple[Community, Ints, Ints]:
    """Undo a split: two neighbouring red grids of one block were one."""
    one, other = min(
        _grids_side_by_side(ground, today),
        key=lambda pair: people[today.parcels[np.isin(today.grid, pair)]].sum(),
    )
    grid = today.grid.copy()
    grid[grid == other] = one
    grid[grid > other] -= 1
    count = int(today.grid.max())
    now = np.array([at + 1 if at < other else at for at in range(count + 1)])
    now[one], now[other] = count + 1, count + 2
    return replace(today, grid=grid), np.arange(1, count + 1), now


def before_merge(
    ground: Ground,
    today: Community,
    people: Floats,
    random: np.random.Generator,
) -> tuple[Community, Ints, Ints]:
    """Undo a merge: one red grid was two."""
    grid = today.grid.copy()
    sizes = np.bincount(grid[grid != NOBODY])
    merged = int(np.argmax(sizes))
    own = np.flatnonzero(grid == merged)
    half = ground.divide(today.parcels[own], people[today.parcels[own]] + 10, np.ones(2), random)
    grid[grid > merged] += 1
    grid[own] = merged + half
    count = int(today.grid.max()) + 1
    now = np.array([at + 1 if at < merged else at + 2 for at in range(count)])
    now[merged] = count + 2
    return replace(today, grid=grid), np.arange(1, count + 2), now


def before_transfer(ground: Ground, today: Community, people: Floats) -> Community:
    """Undo a transfer: one parcel, of some 400 people, belonged to a red grid of the neighbouring block."""
    choices = [
        (abs(people[today.parcels[at]] - 400), at, there)
        for at, there in _neighbours(ground, today)
        if today.block[at] != today.block[there] and _can_spare(ground, today, at)
    ]
    _, at, there = min(choices)
    block, grid = today.block.copy(), today.grid.copy()
    block[at], grid[at] = block[there], grid[there]
    return replace(today, block=block, grid=grid)


def _can_spare(ground: Ground, community: Community, at: int) -> bool:
    """Return whether red grid and block of a parcel stay connected without it."""
    others = np.arange(len(community.parcels)) != at
    parts = (
        others & (community.grid == community.grid[at]),
        others & (community.block == community.block[at]),
    )
    return all(ground.connected(community.parcels[part]) for part in parts)


def _grids_side_by_side(ground: Ground, community: Community) -> list[tuple[int, int]]:
    """Return the pairs of red grids that touch and belong to the same block."""
    pairs = {
        (int(community.grid[at]), int(community.grid[there]))
        for at, there in _neighbours(ground, community)
        if community.block[at] == community.block[there]
    }
    return sorted(pair for pair in pairs if pair[0] < pair[1])


def _neighbours(ground: Ground, community: Community) -> list[tuple[int, int]]:
    """Return the pairs of touching parcels, as positions in the community, that both lie in red grids."""
    position = {
        int(parcel): at for at, parcel in enumerate(community.parcels) if community.grid[at] != NOBODY
    }
    return [
        (at, position[near])
        for parcel, at in position.items()
        for near in ground.neighbours(parcel).tolist()
        if near in position
    ]
