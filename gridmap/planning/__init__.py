"""Metrics of a plan: what a draft does to everyone's load, against today.

shape     area and compactness of cells
balance   how evenly a load is spread, and grids outside the size band
loads     points summed by cell, and what passes from cell to cell
ground    buildings cut, roads crossed, service centres within reach
impact    all of it for a draft against its baseline; pure, for every edit
store     the baseline, read from the store
"""

from gridmap.planning.balance import BALANCE, balance, gini, outside_band
from gridmap.planning.ground import cut_buildings, inner_borders, road_crossings, share_along_roads
from gridmap.planning.impact import CORNERS, LOADS, SPREAD, Baseline, Ground, Impact, carried, impact_of
from gridmap.planning.loads import land_passed, load, passed
from gridmap.planning.shape import polsby_popper, reock, shapes
from gridmap.planning.store import baseline, impact

__all__ = [
    "BALANCE", "CORNERS", "LOADS", "SPREAD", "Baseline", "Ground", "Impact", "balance", "baseline", "carried",
    "cut_buildings", "gini", "impact", "impact_of", "inner_borders", "land_passed", "load", "outside_band",
    "passed", "polsby_popper", "reock", "road_crossings", "shapes", "share_along_roads",
]  # fmt: skip
