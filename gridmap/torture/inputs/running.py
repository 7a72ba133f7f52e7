"""How many hostile inputs of which kind, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from gridmap.torture.inputs import files, serving
from gridmap.torture.killing import Count


class Run(Protocol):
    """Give hostile inputs of one kind to what takes them, and count how they ended."""

    def __call__(self, folder: Path, *, number: int, seed: int, told: Callable[[int], object]) -> Count:
        """Work in an empty folder through so many inputs; the same seed gives the same ones."""


#: Of a hundred inputs, how many of each kind: files cost a thousand times what a value costs. Together they
#: are more than a hundred, as some batches of values hold fewer than others.
SHARES: dict[str, tuple[int, Run]] = {
    "values": (92, files.run_values),
    "edits": (3, files.run_edits),
    "statements": (3, files.run_statements),
    "requests": (3, serving.run),
    "files made to do harm": (1, files.run_attacks),
    "mutated files": (8, files.run_mutants),
}


def run(folder: Path, *, inputs: int, seed: int, told: Callable[[int], object]) -> dict[str, Count]:
    """Give hostile inputs of every kind to what takes them.

    Parameters
    ----------
    folder : an empty folder to work in
    inputs : how many in all
    seed : of the random choices
    told : called with how many were gone through

    Returns
    -------
    The counts by kind
    """
    counts = {}
    for kind, (share, work) in SHARES.items():
        place = folder / kind.replace(" ", "-")
        place.mkdir()
        counts[kind] = work(place, number=-(-inputs * share // 100), seed=seed, told=told)
    return counts
