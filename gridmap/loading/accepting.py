"""Take over a part of a drawing: some of its cells, and the others stay as they are.

Two cells change together when a border between them does: then neither can be taken over without the other.
Cells that no changed border links do not know of each other, so that any of these groups can be taken over
alone, and the map still tiles the land exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from gridmap import polygons
from gridmap.errors import Refused, UsageError
from gridmap.loading.boundaries import Map, Plan

#: A cell that only learns of a corner keeps its land: nobody needs to be asked.
_UNASKED = "noded"
_SHOWN = 5


def groups(plan: Plan, today: Map) -> dict[str, int]:
    """Number the groups of cells that change together.

    Parameters
    ----------
    plan : what a drawing would do
    today : the map it is drawn over

    Returns
    -------
    Number of the group by code, from 1 on, in the order of the plan; of cells that end as well
    """
    codes = _codes(plan, today)
    linked = _linked(plan, today, codes)
    numbers = {root: n for n, root in enumerate(dict.fromkeys(linked.values()), start=1)}
    return {codes[node]: numbers[root] for node, root in linked.items()}


def accepted(plan: Plan, today: Map, codes: Collection[str]) -> Plan:
    """Return the part of a plan that changes some cells.

    Parameters
    ----------
    plan : what a drawing would do
    today : the map it is drawn over
    codes : the cells; all that change together must be among them

    Raises
    ------
    UsageError : when a code names no cell that changes
    Refused : when other cells change together with them
    """
    code_of = _codes(plan, today)
    linked = _linked(plan, today, code_of)
    node_of = {code: node for node, code in code_of.items()}
    unknown = sorted(set(codes) - node_of.keys())
    if unknown:
        raise UsageError(f"Nothing changes about {', '.join(unknown[:_SHOWN])}: accept cells of the list.")
    roots = {linked[node_of[code]] for code in codes}
    taken = {node for node, root in linked.items() if root in roots}
    asked = {int(n) for n in plan.opened.loc[plan.opened["change"] != _UNASKED, "region_id"]} | {*plan.ended}
    others = sorted({code_of[node] for node in taken & asked} - set(codes))
    if others:
        raise Refused(f"{len(others)} more cells change together with those accepted: "
                      f"{', '.join(others[:_SHOWN])}. Accept them as well, or mend the drawing.")  # fmt: skip
    opened = plan.opened[plan.opened["region_id"].isin(taken)].reset_index(drop=True)
    left = len(plan.opened) - len(opened)
    return replace(plan, opened=opened, ended=tuple(number for number in plan.ended if number in taken),
                   unchanged=plan.unchanged + left)  # fmt: skip


def _linked(plan: Plan, today: Map, code_of: dict[int, str]) -> dict[int, int]:
    """Return for every region that begins, changes or ends one of those it changes together with."""
    after = dict(zip(map(int, plan.opened["region_id"]), plan.opened["geometry"], strict=True))
    nodes = [*after, *plan.ended]
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for node in nodes:
        for side in _sides(today.land.get(node)) ^ _sides(after.get(node)):
            holders[side].append(node)
        holders[code_of[node]].append(node)
    above = plan.opened.loc[plan.opened["parent_id"].isin(after), ["region_id", "parent_id"]]
    for number, parent in above.astype(int).itertuples(index=False, name=None):
        holders["below", parent] += [number, parent]
    return _components(nodes, holders.values())


def _components(nodes: Iterable[int], linked: Iterable[list[int]]) -> dict[int, int]:
    """Return for every node the first of those it is linked with, directly or through others."""
    above = {node: node for node in nodes}

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = node = above[above[node]]
        return node

    for first, *others in linked:
        for other in others:
            above[top(other)] = top(first)
    return {node: top(node) for node in above}


def _sides(land: BaseGeometry | None) -> set[tuple[int, ...]]:
    """Return the sides of a lattice polygon, both directions alike."""
    if land is None:
        return set()
    found, _ = polygons.directed_segments(polygons.as_array([land]))
    return {min(side, (*side[2:], *side[:2])) for side in map(tuple, found.tolist())}


def _codes(plan: Plan, today: Map) -> dict[int, str]:
    """Return the code of every region that begins, changes or ends, by number."""
    drawn = dict(zip(map(int, plan.opened["region_id"]), map(str, plan.opened["code"]), strict=True))
    return drawn | {number: str(today.regions.at[number, "code"]) for number in plan.ended}
