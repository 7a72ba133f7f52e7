"""Regions as the demo knows them: sums of parcels, in layers that are in force from a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmap.demo.noise import Ints

OPEN_PAST = date(1900, 1, 1)
SPLIT_AND_MERGE_ON = date(2024, 7, 1)
TRANSFER_ON = date(2025, 4, 1)
NOBODY = -1  # position of no region: land that is in none


@dataclass(frozen=True)
class Region:
    """Hold one region: code, name, code of its parent, and the parcels it is the sum of."""

    code: str
    name: str
    parent: str
    parcels: Ints


@dataclass(frozen=True)
class Layer:
    """Hold the regions of one level that are in force from one day."""

    level: str
    effective: date
    regions: tuple[Region, ...]


@dataclass(frozen=True)
class Community:
    """Hold one community and how it is divided.

    Parameters
    ----------
    code, name : of the community
    parcels : its parcels
    block : block of each of its parcels, NOBODY where the land is in none
    grid : red grid of each of its parcels, NOBODY where the land is in none
    block_names : names of the blocks, empty for an undivided community
    """

    code: str
    name: str
    parcels: Ints
    block: Ints
    grid: Ints
    block_names: tuple[str, ...]

    @property
    def divided(self) -> bool:
        """Return whether the community has blocks."""
        return bool(self.block_names)
