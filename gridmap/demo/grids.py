"""Communities, blocks and red grids of one street, today and before two boundary changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.demo.changes import before_merge, before_split, before_transfer
from gridmap.demo.dividing import Ground
from gridmap.demo.land import Land
from gridmap.demo.names import StreetNames
from gridmap.demo.noise import Floats, Ints, generator
from gridmap.demo.people import shared_out
from gridmap.demo.regions import NOBODY, OPEN_PAST, SPLIT_AND_MERGE_ON, TRANSFER_ON, Community, Layer, Region

MOST_GRIDS_PER_PARCEL = 0.6


@dataclass(frozen=True)
class Grids:
    """Hold one street's division.

    Parameters
    ----------
    code, name : of the street
    communities : today's communities
    layers : what to load, in loading order: every level from the open past, then the changes
    community : community of each parcel (position in `communities`), NOBODY for land in none
    """

    code: str
    name: str
    communities: tuple[Community, ...]
    layers: tuple[Layer, ...]
    community: Ints

    def today(self, level: str) -> dict[str, Region]:
        """Return today's regions of a level by code."""
        latest: dict[str, Region] = {}
        for layer in self.layers:
            if layer.level != level:
                continue
            redrawn = {region.code[:12] for region in layer.regions}
            latest = {code: region for code, region in latest.items() if code[:12] not in redrawn}
            latest.update({region.code: region for region in layer.regions})
        return latest


def divide_street(
    land: Land, people: Floats, names: StreetNames, *, seed: int, number: int, changes: bool
) -> Grids:
    """Divide a street into communities, some of these into blocks and red grids.

    Parameters
    ----------
    land : the street's land
    people : people per parcel
    names : names, codes and how many blocks and red grids each divided community gets
    changes : whether boundaries changed in the past; needs three divided communities
    """
    random = generator(seed, number, "grids")
    ground = Ground.of(land)
    member = _communities(land, ground, people, len(names.communities), random)
    order = _reading_order(ground.middle, member)
    named = _named(member, order, people, set(member[land.use == "water"].tolist()), names)
    names = names if names.settled else _settled(names, named, member, people)
    communities = tuple(
        _community(
            land,
            ground,
            people,
            np.flatnonzero(member == at),
            code=f"{names.code}{rank + 1:03d}",
            name=name,
            names=names,
            random=random,
        )
        for rank, (at, name) in enumerate(named)
    )
    where = np.full(len(member), NOBODY)
    for rank, community in enumerate(communities):
        where[community.parcels] = rank
    divided = [community for community in communities if community.divided]
    history = _changed(divided, ground, people, random) if changes else _unchanged(divided)
    layers = _layers(names, communities, history, len(member))
    return Grids(names.code, names.name, communities, layers, where)


def _communities(land: Land, ground: Ground, people: Floats, count: int, random: np.random.Generator) -> Ints:
    """Divide the street's land, apart from its largest reservoir, into communities of unlike size."""
    everything = np.arange(len(land.parcels))
    water = everything[land.use == "water"]
    area = shapely.area(land.parcels)
    rest = np.setdiff1d(everything, ground.main_part(water)) if len(water) else everything
    rest = ground.main_part(rest)
    weight = 0.65 * people / people.sum() + 0.35 * area / area.sum() + 1e-7
    member = np.full(len(everything), NOBODY)
    member[rest] = ground.divide_by_blocks(rest, weight[rest], random.uniform(0.7, 1.35, count), random)
    return member


def _reading_order(middle: Floats, member: Ints) -> list[int]:
    """Order parts from west to east in bands from north to south, as the grid standards number them."""
    parts = [int(part) for part in np.unique(member) if part != NOBODY]
    middles = {part: middle[member == part].mean(axis=0) for part in parts}
    span = np.ptp(middle[:, 1])
    bands = max(1, round(len(parts) ** 0.5))
    top = middle[:, 1].max()
    return sorted(parts, key=lambda part: (int((top - middles[part][1]) / span * bands), middles[part][0]))


def _settled(names: StreetNames, named: list[tuple[int, str]], member: Ints, people: Floats) -> StreetNames:
    """Share the street's red grids out over its divided communities, by people and by inhabited parcels."""
    parts = {name: part for part, name in named if name in names.red_grids}
    weight = np.array([people[member == part].sum() for part in parts.values()])
    room = [
        max(1, int(np.sum(people[member == part] > 0) * MOST_GRIDS_PER_PARCEL)) for part in parts.values()
    ]
    quota = _at_least_one(min(sum(names.red_grids.values()), sum(room)), weight, room)
    return names.with_red_grids(dict(zip(parts, quota, strict=True)))


def _named(
    member: Ints,
    order: list[int],
    people: Floats,
    with_water: set[int],
    names: StreetNames,
) -> list[tuple[int, str]]:
    """Give the divided communities' names to those with most inhabited parcels; a reservoir counts as 200."""
    lively = {part: int(np.sum(people[member == part] > 60)) + 200 * (part in with_water) for part in order}
    divided = iter([name for name in names.communities if name in names.red_grids])
    others = iter([name for name in names.communities if name not in names.red_grids])
    chosen = sorted(order, key=lambda part: -lively[part])[: len(names.red_grids)]
    return [(part, next(divided if part in chosen else others)) for part in order]


def _community(
    land: Land,
    ground: Ground,
    people: Floats,
    parcels: Ints,
    *,
    code: str,
    name: str,
    names: StreetNames,
    random: np.random.Generator,
) -> Community:
    """Divide one community, when it is to be divided, leaving some of its land out."""
    nobody = np.full(len(parcels), NOBODY)
    if name not in names.red_grids:
        return Community(code, name, parcels, nobody, nobody.copy(), ())
    water, hills = parcels[land.use[parcels] == "water"], parcels[land.use[parcels] == "hill"]
    held = _without(ground, parcels, water, share=1.0, random=random)
    held = _without(ground, held, hills, share=0.7, random=random)
    load = people + 3 + shapely.area(land.parcels) / 4000
    block_names = names.blocks[name]
    part = ground.divide_by_blocks(held, load[held], random.uniform(0.85, 1.2, len(block_names)), random)
    block = nobody.copy()
    block[np.searchsorted(parcels, held)] = part
    block = _renumbered(ground, parcels, block)
    grid = _red_grids(land, ground, load, parcels, block, names.red_grids[name], random)
    return Community(code, name, parcels, block, _renumbered(ground, parcels, grid), tuple(block_names))


def _without(
    ground: Ground, parcels: Ints, candidates: Ints, *, share: float, random: np.random.Generator
) -> Ints:
    """Take candidates out of some parcels as long as the rest stays connected."""
    kept = parcels
    for parcel in random.permutation(candidates)[: max(1, round(len(candidates) * share))]:
        rest = kept[kept != parcel]
        if ground.connected(rest):
            kept = rest
    return kept


def _renumbered(ground: Ground, parcels: Ints, part: Ints) -> Ints:
    """Number parts in reading order."""
    new = {old: at for at, old in enumerate(_reading_order(ground.middle[parcels], part))}
    return np.array([new.get(int(old), NOBODY) for old in part], dtype=np.int64)


def _red_grids(
    land: Land,
    ground: Ground,
    load: Floats,
    parcels: Ints,
    block: Ints,
    count: int,
    random: np.random.Generator,
) -> Ints:
    """Divide the blocks of a community into red grids of like load; one building site per block stays out."""
    members = [parcels[block == at] for at in range(block.max() + 1)]
    held = [_without(ground, own, _sites(land, own), share=0.5, random=random) for own in members]
    weight = np.array([load[own].sum() for own in held])
    quota = _at_least_one(count, weight, [len(own) for own in held])
    grid = np.full(len(parcels), NOBODY)
    for own, number in zip(held, quota, strict=True):
        part = ground.divide(own, load[own], np.ones(number), random)
        grid[np.searchsorted(parcels, own)] = part + grid.max() + 1
    return grid


def _sites(land: Land, parcels: Ints) -> Ints:
    return parcels[np.isin(land.use[parcels], ("construction", "vacant", "hill"))]


def _at_least_one(count: int, weight: Floats, room: list[int]) -> list[int]:
    """Share out red grids over blocks: at least one each, no more than there are parcels."""
    quota = 1 + shared_out(count - len(weight), weight)
    while np.any(quota > room):
        full = int(np.argmax(quota - room))
        free = np.where(quota < room, weight / quota, -1.0)
        if free.max() < 0:
            raise ValueError(f"{sum(room)} parcels cannot be divided into {count} red grids")
        quota[full] -= 1
        quota[int(np.argmax(free))] += 1
    return [int(number) for number in quota]


@dataclass(frozen=True)
class _History:
    """Hold the divided communities as they were first, their red grids' numbers then, and the changes."""

    first: tuple[Community, ...]
    numbers: Mapping[str, Ints]
    changes: tuple[Layer, ...] = ()


def _unchanged(divided: list[Community]) -> _History:
    numbers = {community.code: np.arange(1, community.grid.max() + 2) for community in divided}
    return _History(tuple(divided), numbers)


def _changed(
    divided: list[Community], ground: Ground, people: Floats, random: np.random.Generator
) -> _History:
    """Undo three changes: a split, a merge, and some time later a transfer of land, each in a community."""
    split, merged, moved, *others = divided
    unsplit, split_then, split_now = before_split(ground, split, people)
    unmerged, merged_then, merged_now = before_merge(ground, merged, people, random)
    numbers = dict(_unchanged(divided).numbers)
    now = {**numbers, split.code: split_now, merged.code: merged_now}
    then = {**numbers, split.code: split_then, merged.code: merged_then}
    first = (unsplit, unmerged, before_transfer(ground, moved, people), *others)
    return _History(
        first,
        then,
        (
            Layer("red_grid", SPLIT_AND_MERGE_ON, _grid_regions((split, merged), now)),
            Layer("red_grid", TRANSFER_ON, _grid_regions((moved,), now)),
        ),
    )


def _layers(
    names: StreetNames, communities: tuple[Community, ...], history: _History, parcels: int
) -> tuple[Layer, ...]:
    """Lay out what is to be loaded, past states first.

    A change is a layer of red grids alone: their blocks are the sums of them and follow.
    """
    street = Region(names.code, names.name, names.parent, np.arange(parcels))
    members = tuple(Region(c.code, c.name, names.code, c.parcels) for c in communities)
    return (
        Layer("street", OPEN_PAST, (street,)),
        Layer("community", OPEN_PAST, members),
        Layer("block", OPEN_PAST, _block_regions(history.first)),
        Layer("red_grid", OPEN_PAST, _grid_regions(history.first, history.numbers)),
        *history.changes,
    )


def _block_regions(communities: Sequence[Community]) -> tuple[Region, ...]:
    return tuple(
        Region(
            block_code(community, at), f"{name}街区", community.code, community.parcels[community.block == at]
        )
        for community in communities
        for at, name in enumerate(community.block_names)
    )


def block_code(community: Community, at: int) -> str:
    """Return the code of a block: its community's, B and two digits."""
    return f"{community.code}B{at + 1:02d}"


def _grid_regions(communities: Sequence[Community], numbers: Mapping[str, Ints]) -> tuple[Region, ...]:
    rows: list[Region] = []
    for community in communities:
        for at, number in enumerate(numbers[community.code].tolist()):
            own = community.grid == at
            block = int(community.block[own][0])
            rows.append(
                Region(
                    f"{community.code}{number:03d}",
                    f"{community.name}第{number}红色网格",
                    block_code(community, block),
                    community.parcels[own],
                )
            )
    return tuple(sorted(rows, key=lambda region: region.code))
