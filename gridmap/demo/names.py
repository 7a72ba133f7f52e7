"""Names and codes: the default street's from the facts, all others invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gridmap.demo.facts import facts
from gridmap.demo.noise import generator


@dataclass(frozen=True)
class StreetNames:
    """Hold the names and codes of one street, and into how many parts its communities are divided.

    Parameters
    ----------
    code, name : of the street
    parent : code of the district above, empty when there is none
    communities : names of its communities
    blocks : names of the blocks of each divided community
    red_grids : number of red grids of each divided community
    settled : whether these numbers are final; else only their sum counts, and land decides
    demo : short name of the whole demo
    places : names for villages, estates, works, parks, hills and reservoirs
    """

    code: str
    name: str
    parent: str
    communities: tuple[str, ...]
    blocks: Mapping[str, tuple[str, ...]]
    red_grids: Mapping[str, int]
    settled: bool
    demo: str
    places: Mapping[str, tuple[str, ...]]

    def with_red_grids(self, red_grids: Mapping[str, int]) -> StreetNames:
        """Return the names with final numbers of red grids, and a block for about every five of them."""
        blocks = {
            name: tuple(f"{name.removesuffix('社区')}{_numeral(at)}" for at in range(max(1, count // 5)))
            for name, count in red_grids.items()
        }
        return replace(self, blocks=blocks, red_grids=red_grids, settled=True)


@dataclass(frozen=True)
class Scale:
    """Say how large a demo is.

    Parameters
    ----------
    streets, communities, red_grids, petitions : how many in all
    district_codes : 6-digit codes over which the streets are spread; one = no district level is written
    people : people per street (exact for one street, a mean for several)
    km2 : area per street (likewise)
    inspection_days : how far back inspections go; visits likewise, in months
    event_days : how far back the flow log of petitions goes
    footprints : least area of a building drawn on the base map, m2; None = no buildings
    """

    streets: int
    communities: int
    red_grids: int
    petitions: int
    district_codes: tuple[str, ...]
    people: int
    km2: float
    inspection_days: int
    event_days: int
    footprints: float | None


SCALES: dict[str, Scale] = {
    "street": Scale(1, 10, 68, 126_000, ("440309",), 343_000, 34.6, 365, 1_200, 0.0),
    "district": Scale(11, 111, 4_000, 2_000_000, ("440309",), 343_000, 34.6, 180, 180, 700.0),
    "city": Scale(
        74, 664, 20_000, 10_000_000, tuple(f"4403{n:02d}" for n in range(3, 12)), 240_000, 27.0, 60, 60, None
    ),
}


def street_names(scale: str, seed: int, *, district_of: Sequence[int]) -> list[StreetNames]:
    """Return the names of every street of a demo.

    Parameters
    ----------
    scale : street, district or city
    seed : seed of the demo
    district_of : district of each street, as a position in the scale's district codes
    """
    return [_guanlan()] if scale == "street" else _invented(SCALES[scale], seed, district_of)


def district_names(scale: str) -> list[tuple[str, str]]:
    """Return code and name of the districts to be written; none for smaller scales."""
    codes = SCALES[scale].district_codes
    return list(zip(codes, facts("names")["invented"]["districts"], strict=True)) if len(codes) > 1 else []


def _guanlan() -> StreetNames:
    street = facts("names")["street"]
    blocks = {community: tuple(names) for community, names in street["blocks"].items()}
    return StreetNames(
        street["code"],
        street["name"],
        "",
        tuple(street["communities"]),
        blocks,
        street["red_grids"],
        True,
        street["name"].removesuffix("街道"),
        {kind: tuple(names) for kind, names in facts("names")["places"].items()},
    )


def _invented(scale: Scale, seed: int, district_of: Sequence[int]) -> list[StreetNames]:
    """Invent names for all streets and share out communities and red grids evenly."""
    words = iter(_words(generator(seed, "names")))
    streets = []
    for number in range(scale.streets):
        district = scale.district_codes[district_of[number]]
        count = _even(scale.communities, scale.streets, number)
        grids = _even(scale.red_grids, scale.streets, number)
        communities = tuple(f"{next(words)}社区" for _ in range(count))
        divided = communities[: max(1, count - number % 2)]
        quota = {name: _even(grids, len(divided), at) for at, name in enumerate(divided)}
        parent = district if len(scale.district_codes) > 1 else ""
        streets.append(
            StreetNames(
                f"{district}{number + 1:03d}",
                f"{next(words)}街道",
                parent,
                communities,
                {},
                quota,
                False,
                "演示",
                _invented_places(communities),
            )
        )
    return streets


def _invented_places(communities: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Name places after the communities, so that no two streets share a name."""
    stems = [name.removesuffix("社区") for name in communities]
    endings = {
        "villages": ("村", "新村"),
        "estates": ("花园", "家园"),
        "works": ("工业园",),
        "parks": ("公园",),
        "hills": ("山",),
        "reservoirs": ("水库",),
    }
    return {
        kind: tuple(stem + ending for ending in suffixes for stem in stems)
        for kind, suffixes in endings.items()
    }


def _words(random: np.random.Generator) -> list[str]:
    syllables = facts("names")["invented"]
    pairs = [first + second for first in syllables["first"] for second in syllables["second"]]
    triples = [head + pair for head in ("上", "下") for pair in pairs]
    return [
        (pairs + triples)[at]
        for at in np.concatenate(
            [random.permutation(len(pairs)), len(pairs) + random.permutation(len(triples))]
        )
    ]


def _even(total: int, parts: int, at: int) -> int:
    """Return the at-th of so many nearly equal parts of a whole number."""
    return total * (at + 1) // parts - total * at // parts


def _numeral(at: int) -> str:
    digits = "一二三四五六七八九十"
    return digits[at] if at < 10 else f"十{digits[at - 10]}"
