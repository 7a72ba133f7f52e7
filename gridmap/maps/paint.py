"""Colours of a map: the paint of light and dark screens, the scales, the coverage classes.

One sequential scale that colour-blind people can read, light to dark on a light map (ColorBrewer YlGnBu)
and dark to light on a dark one (viridis). Red is in neither: it is kept for what is late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RGBA = tuple[int, int, int, int]

_YLGNBU = ("#ffffd9", "#edf8b1", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#253494", "#081d58")

_VIRIDIS = ("#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b",
            "#fde725")  # fmt: skip


#: Kinds of change between two maps, the weightiest first.
CHANGE_COLOURS: dict[str, str] = {
    "created": "#1b9e77", "ended": "#7b3294", "border": "#e8873a", "divided": "#1767b0",
    "undivided": "#1767b0", "reparented": "#c9a227",
}  # fmt: skip

#: Whether somebody is in charge of a leaf cell: the classes of the coverage map, best first.
COVERAGE_COLOURS: dict[str, str] = {
    "in_charge": "#009e73",
    "undivided": "#b9c3cf",
    "no_person": "#e69f00",
    "expired": "#f3d36b",
    "unassigned": "#8e1b4a",
}


@dataclass(frozen=True)
class Paint:
    """Hold the colours of everything on a map that is not data, for light or for dark screens."""

    background: str
    green: str
    water: str
    industry: str
    building: str
    road: str
    road_edge: str
    outline: str
    cell_edge: str
    label: str
    base_name: str
    water_name: str
    halo: str
    missing: str
    ramp: tuple[str, ...]
    highlight: str


LIGHT = Paint(
    background="#f4f3ef", green="#dcebd3", water="#bfdcee", industry="#e9e5ee", building="#d9d5cd",
    road="#ffffff", road_edge="#d2cec5", outline="#22303c", cell_edge="#ffffff", label="#1f2a33",
    base_name="#5a6570", water_name="#3f79a6",
    halo="#ffffff", missing="#d5d8dc", ramp=_YLGNBU[1:8], highlight="#ff9f1c",
)  # fmt: skip


DARK = Paint(
    background="#12181f", green="#17241f", water="#152b3d", industry="#1b1f2b", building="#242d37",
    road="#2b3540", road_edge="#1a222b", outline="#dfe7ee", cell_edge="#0f1419", label="#eef3f7",
    base_name="#a3b0bc", water_name="#7fb2dc",
    halo="#0d1217", missing="#3a444e", ramp=_VIRIDIS[1:], highlight="#ffb347",
)  # fmt: skip


def rgba(colour: str, alpha: float = 1.0) -> RGBA:
    """Return `#rrggbb` as four numbers from 0 to 255.

    >>> rgba("#ff8000", 0.5)
    (255, 128, 0, 128)
    """
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue, round(alpha * 255)


def ramp_colours(ramp: Sequence[str], k: int, alpha: float = 1.0) -> tuple[RGBA, ...]:
    """Return k colours evenly spaced along a ramp, from its first to its last."""
    anchors = np.array([rgba(colour, alpha) for colour in ramp], dtype=float)
    at = np.linspace(0, len(anchors) - 1, k) if k > 1 else np.array([len(anchors) - 1.0])
    mixed = [np.interp(at, np.arange(len(anchors)), anchors[:, band]) for band in range(4)]
    return tuple((int(r), int(g), int(b), int(a)) for r, g, b, a in np.column_stack(mixed).round())
