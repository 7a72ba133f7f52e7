"""Edits that no editor would send, asked of a small map: each is exact and can be undone, or is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pandas as pd
import shapely

from gridmap import edits
from gridmap.coverage import Coverage
from gridmap.edits import Rules
from gridmap.edits.rings import rings_of
from gridmap.errors import EditRefused
from gridmap.torture import town
from gridmap.torture.inputs import phrases

_SIDE = 4
_RULES = (Rules(), Rules(unlocked=("street", "community", ""), allow_enclaves=True))
_CODES = [
    *(town.code_of(number) for number in range(_SIDE * _SIDE)),
    "S",
    "S01",
    "",
    "nobody",
    None,
    7,
    "u\x00",
]
_ODD: tuple[Any, ...] = (
    None,
    math.nan,
    math.inf,
    -1e308,
    1e308,
    0,
    True,
    "",
    [],
    {},
    [[]],
    [None],
    [math.nan, math.nan],
    "114,22",
    [1],
    [1, 2, 3],
    [["x", "y"]],
    [[1e308, 1e308], [-1e308, -1e308]],
    {"x": 1},
    "x" * 100_000,
    list(range(3_000)),
)
_PLACES = ("line", "corners", "places", "polygon")
#: Edits after which the map is the first one again.
_MEMORY = 40


def each(seed: int) -> Callable[[int], dict[str, Any]]:
    """Return what asks the edit of a number of a map, and says how it ended.

    Parameters
    ----------
    seed : of the edits
    """
    first = small_map()
    area, maps = _doubled_area(first), [first]

    def work(number: int) -> dict[str, Any]:
        rng = Random(seed * 1_000_003 + number)
        if number % _MEMORY == 0:
            maps[:] = [first]
        asked = _operation(rng)
        name = str(asked["op"])
        where = f"edit {name}" if name in edits.OPERATIONS else "edits that are none"
        try:
            new, change = edits.apply(maps[-1], asked, rules=rng.choice(_RULES))
        except EditRefused as refusal:
            said = str(refusal)
            return (
                {"ended": "refused", "where": where}
                if len(said) < 2_000
                else _fault(where, "refused at length")
            )
        faults = _wrong(maps[-1], new, change, area)
        if faults:
            return _fault(where, f"{'; '.join(faults)} after {str(asked)[:300]}")
        maps[:] = [new]
        return {"ended": "read", "where": where}

    return work


def _fault(where: str, said: str) -> dict[str, Any]:
    return {"ended": "fault", "said": said, "where": where}


def _wrong(old: Coverage, new: Coverage, change: Any, area: int) -> list[str]:
    """Return which laws an edit broke: the certificate, the area, and that it can be undone."""
    faults = [] if new.certificate().exact else ["the map is no longer exact"]
    if _doubled_area(new) != area:
        faults.append("land was lost or won")
    back = change.inverse().apply_to(new, strict=True)
    if back.stamp != old.stamp:
        faults.append("it cannot be undone")
    return faults


def _doubled_area(coverage: Coverage) -> int:
    return sum(
        x * to_y - to_x * y
        for land in coverage.cells
        for part in rings_of(land)
        for ring in part
        for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )


def small_map() -> Coverage:
    """Return squares of 100 m, the grids of a community in a street."""
    numbers = range(_SIDE * _SIDE)
    squares = [
        shapely.box(*_at(number % _SIDE, number // _SIDE), *_at(number % _SIDE + 1, number // _SIDE + 1))
        for number in numbers
    ]
    import geopandas as gpd

    cells = gpd.GeoDataFrame(
        {
            "code": [town.code_of(number) for number in numbers],
            "name": "格",
            "level": "red_grid",
            "parent": "S01",
            "kind": "base",
            "region_id": range(1, len(squares) + 1),
        },
        geometry=squares,
        crs=town.CRS,
    )
    above = pd.DataFrame(
        [("S", "街道", "street", "", "base", 100), ("S01", "社区", "community", "S", "base", 101)],
        columns=["code", "name", "level", "parent", "kind", "region_id"],
    )
    columns = {name: name for name in ("name", "level", "parent", "kind", "region_id")}
    return Coverage.from_frame(cells, above=above, **columns)


def _at(column: float, line: float) -> tuple[float, float]:
    return 506_000.0 + column * 100.0, 2_513_000.0 + line * 100.0


# ---- what is asked ------------------------------------------------------------------------------


def _operation(rng: Random) -> dict[str, Any]:
    """Return an edit: mostly one that could be, with one field or none that could not."""
    name = rng.choice(list(edits.OPERATIONS))
    _, required, optional = edits.OPERATIONS[name]
    chosen = [*required, *(field for field in optional if rng.random() < 0.5)]
    asked: dict[str, Any] = {"op": name, **{field: _value(field, rng) for field in chosen}}
    way = rng.randrange(8)
    if way == 0:
        asked[rng.choice([*chosen, "op", "base", "crs", "extra"])] = rng.choice(_ODD)
    elif way == 1:
        asked.pop(rng.choice(list(asked)))
        asked.setdefault("op", rng.choice(("", "drop", "__init__", "split;merge", None)))
    elif way == 2:
        asked[rng.choice([*chosen, "crs", "base"])] = phrases.one(rng)
    return asked


def _value(field: str, rng: Random) -> Any:
    if field in ("at", "to", "keeps"):
        return _place(rng)
    if field in _PLACES:
        return [_place(rng) for _ in range(rng.choice((0, 1, 2, 3, 4, 5, 60)))]
    if field == "codes":
        return [rng.choice(_CODES) for _ in range(rng.randint(0, 4))]
    if field in ("name", "new_name", "kind", "level"):
        return rng.choice((phrases.one(rng), "red_grid", "base", "block", "新格"))
    return rng.choice(_CODES) if rng.random() < 0.8 else phrases.one(rng)[:200]


def _place(rng: Random) -> list[float]:
    way = rng.randrange(12)
    if way == 0:
        return [
            rng.choice((math.nan, math.inf, 1e308, -1e308, 0.0, 114.3)),
            rng.choice((math.nan, 22.7, 1e18)),
        ]
    column, line = (
        rng.choice((rng.uniform(-1, _SIDE + 1), rng.randrange(_SIDE + 1), rng.randrange(9) / 2))
        for _ in range(2)
    )
    return list(_at(column, line))
