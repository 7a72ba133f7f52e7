"""What differs between two states: cells that began, ended or changed, and what moved between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridmap import polygons
from gridmap.index import PlacementIndex
from gridmap.levels import LEVELS
from gridmap.periods import Period
from gridmap.store import Database
from gridmap.versions.states import Entry, State, state_named

#: Land narrower than this comes from rounding a new corner to the lattice; it moved nowhere.
CRUMB_M = 0.003
#: What is counted on land that moves.
COUNTED = ("people", "households", "petitions", "rental_buildings")

CELL_COLUMNS = [
    "level", "code", "name", "change", "code_before", "name_before", "parent", "parent_before", "kind",
    "kind_before", "area_m2_before", "area_m2", "gained_m2", "lost_m2", "came_from", "went_to", "region_id",
    "geometry",
]  # fmt: skip
MOVE_COLUMNS = ["level", "from_code", "from_name", "to_code", "to_name", "area_m2", *COUNTED, "geometry"]
NO_ENTRY = Entry("", "", "", None, "")
_RANK = {level.key: level.rank for level in LEVELS}


@dataclass(frozen=True)
class Diff:
    """Hold what differs between two states.

    Parameters
    ----------
    before, after : what the states are called
    cells : one row per region that differs, uppermost level first, then by code: level, code, name,
        change (created, ended, border, corners, divided, undivided, renamed, recoded, reparented, kind;
        several joined by commas), code_before, name_before, parent, parent_before (codes), kind, kind_before,
        area_m2_before, area_m2, gained_m2, lost_m2, came_from, went_to (codes, the largest share first),
        region_id, geometry (its land after, or before when it ended)
    moves : one row per level and pair of regions between which land passed: level, from_code, from_name,
        to_code, to_name, area_m2, people, households, petitions, rental_buildings, geometry (the land).
        An empty from_code or to_code stands for land that no region of the level held
    """

    before: str
    after: str
    cells: gpd.GeoDataFrame
    moves: gpd.GeoDataFrame

    @property
    def is_empty(self) -> bool:
        """Return whether nothing differs."""
        return bool(self.cells.empty)


def diff(db: Database, before: str, after: str, *, period: Period | None = None) -> Diff:
    """Compare two versions or days.

    Parameters
    ----------
    db : the open store
    before, after : number of a version, a day as YYYY-MM-DD, or `today`
    period : count only petitions received in it

    Raises
    ------
    UsageError : when there is no such version
    """
    return compare(db, state_named(db, before), state_named(db, after), period=period)


def compare(db: Database, before: State, after: State, *, period: Period | None = None) -> Diff:
    """Compare two states, and count what lies on the land that moved between them.

    People and petitions count where they have a point or a known building; those placed by name only do
    not move.

    Parameters
    ----------
    db : the open store
    before, after : the states
    period : count only petitions received in it
    """
    old, new = _changed_leaves(before, after)
    pieces = _pieces(before, after, old, new)
    counted = pieces.merge(_counts(db, before, after, pieces, period or Period()), how="left",
                           on=["from_leaf", "to_leaf"]).fillna(dict.fromkeys(COUNTED, 0.0))  # fmt: skip
    passed = _passed(counted, before, after)
    moves = _moves(passed, before, after)
    return Diff(before.label, after.label, _cells(before, after, passed), moves)


def counted_in(
    db: Database, state: State, leaves: Sequence[int], *, period: Period | None = None
) -> pd.DataFrame:
    """Count what has a point or a known building in some leaves.

    Parameters
    ----------
    db : the open store
    state : the boundaries
    leaves : the leaves to count in
    period : count only petitions received in it

    Returns
    -------
    Frame with people, households, petitions, rental_buildings, one row per leaf, indexed by region_id
    """
    if not len(leaves):
        return pd.DataFrame(columns=list(COUNTED), index=pd.Index([], name="region_id"), dtype=float)
    box = shapely.total_bounds(polygons.as_array(state.land[number] for number in leaves))
    points = _points_in(db, box, period or Period())
    own = pd.Series(list(leaves), name="region_id")
    at = _located(state, own, points["x"].to_numpy(), points["y"].to_numpy())
    return points.groupby(at)[list(COUNTED)].sum().reindex(own, fill_value=0.0)


def _points_in(db: Database, box: npt.NDArray[np.float64], period: Period) -> pd.DataFrame:
    sides = dict(zip(("min_x", "min_y", "max_x", "max_y"), map(float, box), strict=True))
    return db.query("versions/records_near", **sides, since=period.since, until=period.until)


def _changed_leaves(before: State, after: State) -> tuple[list[int], list[int]]:
    """Return the leaves before and after whose land or whose place in the hierarchy differs."""

    def look(state: State, leaf: int) -> object:
        return (state.prints.get(leaf), state.chains[leaf]) if leaf in state.land else None

    differing = {leaf for leaf in {*before.land, *after.land} if look(before, leaf) != look(after, leaf)}
    return sorted(differing & before.land.keys()), sorted(differing & after.land.keys())


def _pieces(before: State, after: State, old: list[int], new: list[int]) -> gpd.GeoDataFrame:
    """Cut the changed land by the leaves of both states: from_leaf, to_leaf, area_m2, geometry."""
    givers = polygons.as_array(before.land[number] for number in old)
    receivers = polygons.as_array(after.land[number] for number in new)
    to, of = shapely.STRtree(givers).query(receivers, predicate="intersects")
    land = polygons.as_array(map(polygons.areas_only, shapely.intersection(givers[of], receivers[to])))
    wide = np.array([polygons.mean_width(piece) > CRUMB_M for piece in land], dtype=bool)
    columns = {"from_leaf": np.array(old, dtype=np.int64)[of[wide]],
               "to_leaf": np.array(new, dtype=np.int64)[to[wide]],
               "area_m2": shapely.area(land[wide])}  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=list(land[wide]), crs=after.leaves.crs)


def _counts(
    db: Database, before: State, after: State, pieces: gpd.GeoDataFrame, period: Period
) -> pd.DataFrame:
    """Count the records on the changed land by the leaf they lie in before and after."""
    if pieces.empty:
        return pd.DataFrame(columns=["from_leaf", "to_leaf", *COUNTED]).astype("float64")
    points = _points_in(db, pieces.total_bounds, period)
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    leaf = {"from_leaf": _located(before, pieces["from_leaf"], x, y),
            "to_leaf": _located(after, pieces["to_leaf"], x, y)}  # fmt: skip
    return points.assign(**leaf).groupby(["from_leaf", "to_leaf"], as_index=False)[list(COUNTED)].sum()


def _located(
    state: State, changed: pd.Series, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Return the leaf each point lies in; 0 outside the changed leaves and their neighbours.

    The neighbours take part, so that a point on a border falls to the cell that holds it in the whole map.
    """
    frame = state.leaves
    own = frame[frame["region_id"].isin(changed)]
    near = shapely.STRtree(frame.geometry.array).query(own.geometry.array, predicate="intersects")[1]
    cells = frame.iloc[np.unique(near)]
    # A plan that is still to be checked may give a code twice; with its number every region has its own.
    codes = cells["region_id"].map(state.codes) + " " + cells["region_id"].astype(str)
    cells = cells.assign(code=codes).sort_values("code")
    numbers = np.append(cells["region_id"].to_numpy(dtype=np.int64), 0)
    return numbers[PlacementIndex(cells, code="code").locate(x, y).leaf]


def _passed(pieces: gpd.GeoDataFrame, before: State, after: State) -> pd.DataFrame:
    """Return one row per piece of land and level at which it passed from one region to another.

    Columns level, from_id, to_id (0 where no region of the level held it), area_m2, counts, geometry.
    """
    rows = []
    for piece in pieces.to_dict("records"):
        giver, receiver = before.chains[piece["from_leaf"]], after.chains[piece["to_leaf"]]
        for level in giver.keys() | receiver.keys():
            pair = (giver.get(level, 0), receiver.get(level, 0))
            if pair[0] != pair[1]:
                rows.append({**piece, "level": level, "from_id": pair[0], "to_id": pair[1]})
    columns = ["level", "from_id", "to_id", "area_m2", *COUNTED, "geometry"]
    return pd.DataFrame(rows, columns=columns)


def _moves(passed: pd.DataFrame, before: State, after: State) -> gpd.GeoDataFrame:
    grouped = passed.groupby(["level", "from_id", "to_id"], as_index=False)
    summed = grouped[["area_m2", *COUNTED]].sum()
    land = [
        polygons.areas_only(shapely.union_all(polygons.as_array(part["geometry"]))) for _, part in grouped
    ]
    named = summed.assign(
        from_code=_codes(summed["from_id"], before), from_name=_names(summed["from_id"], before),
        to_code=_codes(summed["to_id"], after), to_name=_names(summed["to_id"], after),
        rank=summed["level"].map(_RANK), geometry=land,
    ).sort_values(["rank", "area_m2"], ascending=[True, False], ignore_index=True)  # fmt: skip
    return gpd.GeoDataFrame(named[MOVE_COLUMNS], geometry="geometry", crs=after.leaves.crs)


def _codes(numbers: Iterable[int], state: State) -> list[str]:
    return [state.codes.get(number, "") for number in numbers]


def _names(numbers: Iterable[int], state: State) -> list[str]:
    return [state.entries[number].name if number else "" for number in numbers]


def _cells(before: State, after: State, passed: pd.DataFrame) -> gpd.GeoDataFrame:
    gained, came_from = _by_region(passed, "to_id", "from_id", before)
    lost, went_to = _by_region(passed, "from_id", "to_id", after)
    rows = []
    for number in sorted({*_renamed(before, after), *_reshaped(before, after), *gained, *lost} - {0}):
        state = after if number in after.entries else before
        rows.append({
            **_cell(number, before, after),
            "change": _change(number, before, after, land=number in gained or number in lost),
            "gained_m2": gained.get(number, 0.0), "came_from": came_from.get(number, ""),
            "lost_m2": lost.get(number, 0.0), "went_to": went_to.get(number, ""),
            "geometry": state.land_of(number),
        })  # fmt: skip
    frame = pd.DataFrame(rows, columns=CELL_COLUMNS)
    rank = frame["level"].map(_RANK)
    ordered = frame.assign(rank=rank).sort_values(["rank", "code"], ignore_index=True)[CELL_COLUMNS]
    return gpd.GeoDataFrame(ordered, geometry="geometry", crs=after.leaves.crs)


def _renamed(before: State, after: State) -> set[int]:
    """Return the regions that began, ended or are described differently."""
    numbers = before.entries.keys() | after.entries.keys()
    return {number for number in numbers if before.entries.get(number) != after.entries.get(number)}


def _reshaped(before: State, after: State) -> set[int]:
    """Return the regions whose own land differs, in corners at least; also those that got or lost it."""
    numbers = before.prints.keys() | after.prints.keys()
    return {number for number in numbers if before.prints.get(number) != after.prints.get(number)}


def _by_region(
    passed: pd.DataFrame, own: str, other: str, others: State
) -> tuple[dict[int, float], dict[int, str]]:
    """Return, per region, how much land passed and the codes of those it passed to or from."""
    pairs = passed.groupby([own, other], as_index=False)[["area_m2"]].sum()
    land: dict[int, float] = {}
    codes: dict[int, list[str]] = {}
    for row in pairs.sort_values("area_m2", ascending=False).to_dict("records"):
        land[row[own]] = land.get(row[own], 0.0) + row["area_m2"]
        codes.setdefault(row[own], []).extend(others.codes[row[other]] for _ in range(bool(row[other])))
    return land, {number: ",".join(listed) for number, listed in codes.items()}


def _cell(number: int, before: State, after: State) -> dict[str, object]:
    """Return what a region is called and where it belongs, before and after."""
    old, new = before.entries.get(number, NO_ENTRY), after.entries.get(number, NO_ENTRY)
    now = new if number in after.entries else old
    return {
        "region_id": number, "level": now.level, "code": now.code, "name": now.name,
        "code_before": old.code, "name_before": old.name,
        "parent": after.codes.get(new.parent_id or 0, ""),
        "parent_before": before.codes.get(old.parent_id or 0, ""),
        "kind": new.kind, "kind_before": old.kind,
        "area_m2_before": before.areas.get(number, 0.0), "area_m2": after.areas.get(number, 0.0),
    }  # fmt: skip


def _change(number: int, before: State, after: State, *, land: bool) -> str:
    """Say in one or more words what differs about a region; `land` says whether any land passed."""
    if number not in before.entries:
        return "created"
    if number not in after.entries:
        return "ended"
    old, new = before.entries[number], after.entries[number]
    words = {
        "border" if land else _corners(number, before, after): True,
        "renamed": old.name != new.name,
        "recoded": old.code != new.code,
        "reparented": old.parent_id != new.parent_id,
        "kind": old.kind != new.kind,
    }
    return ",".join(word for word, differs in words.items() if word and differs)


def _corners(number: int, before: State, after: State) -> str:
    """Say whether a leaf's border only got or lost corners, or its land went to regions below it."""
    old, new = before.prints.get(number), after.prints.get(number)
    if (old is None) != (new is None):
        return "divided" if new is None else "undivided"
    return "corners" if old != new else ""
