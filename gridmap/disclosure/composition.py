"""What figures are made up of, such as categories: which parts readers may know without small cells.

Parts are looked at as whole columns: at a level a part is told of all its cells or of none. It is told where
no cell counts one to four of it, and what is left of a cell when all parts told are taken away is not so few
either. So whatever parts are added up or taken away, of whichever cells, nothing else comes out than sums of
counts that are none or not few; how the rest divides among the parts that are not told, nobody learns. Below
communities no parts are told. It needs no database.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridmap import suppression
from gridmap.disclosure.nesting import parents_of
from gridmap.levels import LEVELS, TOTAL, level_named
from gridmap.suppression import Counts, Mask, Positions

#: Levels of whose cells parts are told, from the top.
TOLD_OF = (TOTAL, *(level.key for level in LEVELS if level.rank <= level_named("community").rank))
#: So many parts are looked at, those with most cases in the store; the others are never told.
MOST_PARTS = 24

Cube = npt.NDArray[np.float64]


def told(
    whole: Cube, parts: Cube, *, levels: pd.Series, parents: Positions, hidden: Mask, fewest: int
) -> npt.NDArray[np.bool_]:
    """Return of which cells which parts are told.

    Parameters
    ----------
    whole : counts of persons or their cases in each cell; kinds of counts x cells
    parts : the same of each part, the most important first; kinds x parts x cells
    levels : level of each cell
    parents : position of each cell's parent, -1 at the top
    hidden : cells of which the whole is withheld: of those no part is told
    fewest : least count shown

    Returns
    -------
    Parts x cells; True where the part is told
    """
    found = np.zeros(parts.shape[1:], dtype=bool)
    kept = list(range(parts.shape[1]))
    for level in TOLD_OF:
        own = (levels == level).to_numpy()
        if not own.any():
            continue
        all_of, each = _lumped(whole, own, parents, hidden), _lumped(parts, own, parents, hidden)
        kept = [part for part in kept if not _few(each[:, part], fewest)]
        while kept and _few(all_of - each[:, kept].sum(axis=1), fewest):
            kept.pop()
        found[np.ix_(np.array(kept, dtype=np.intp), np.flatnonzero(own & ~hidden))] = True
    return found


def composed(counts: pd.DataFrame, cells: pd.DataFrame, order: Sequence[str], *, fewest: int) -> pd.DataFrame:
    """Return what the cells are made up of, as far as it may be told.

    Parameters
    ----------
    counts : region_id, part (null where there is none), n; one row per cell and part
    cells : region_id, parent_id, level; one row per cell of all levels, the highest first
    order : the parts, those with most cases in the store first; those with most here when empty
    fewest : least count shown

    Returns
    -------
    Frame with region_id, part (null: all others together), n; one row per cell and part above zero; no rows
    for cells of which nothing is told
    """
    table = counts.assign(part=counts["part"].fillna("")).pivot_table(
        index="region_id", columns="part", values="n", aggfunc="sum", fill_value=0)  # fmt: skip
    table = table.reindex(cells["region_id"], fill_value=0)
    whole = table.sum(axis=1).to_numpy(dtype=float)
    usual = table.sum().sort_values(ascending=False, kind="stable").index
    named = [part for part in (order or usual)[:MOST_PARTS] if part]
    parts = table.reindex(columns=named, fill_value=0).to_numpy(dtype=float).T
    parents = parents_of(cells)
    hidden = suppression.withheld(whole, parents, fewest=fewest)
    shown = told(
        whole[None], parts[None], levels=cells["level"], parents=parents, hidden=hidden, fewest=fewest
    )
    known = np.where(shown, parts, 0.0)
    open_cells = ~hidden & cells["level"].isin(TOLD_OF).to_numpy()
    rest = np.where(open_cells, whole - known.sum(axis=0), 0.0)
    rows = pd.DataFrame(np.vstack([known, rest]).T, index=cells["region_id"], columns=[*named, ""])
    long = rows.rename_axis(columns="part").melt(ignore_index=False, value_name="n").reset_index()
    return long[long["n"] > 0].assign(part=lambda found: found["part"].where(found["part"] != "", None))


def on_the_rise(month: pd.DataFrame, before: Sequence[pd.DataFrame], *, fewest: int) -> pd.DataFrame:
    """Return which parts of which cells have become more, as far as it may be told.

    Parameters
    ----------
    month : what cells are made up of, as composed has it
    before : the same of the months before, of which those count that tell of cell and part
    fewest : least count of the month

    Returns
    -------
    Frame with region_id, category, n, expected (mean of the months before), excess, those with most first
    """
    keys = ["region_id", "part"]
    past = pd.concat([month[[*keys, "n"]].head(0), *(frame.dropna(subset=["part"]) for frame in before)])
    expected = past.groupby(keys)["n"].mean().rename("expected").reset_index()
    found = month.dropna(subset=["part"]).merge(expected, on=keys)
    found = found[(found["n"] >= fewest) & (found["n"] > found["expected"])]
    excess = (found["n"] - found["expected"]) / np.sqrt(found["expected"].clip(lower=1))
    return found.assign(excess=excess).rename(columns={"part": "category"}).sort_values(
        ["excess", "n", "region_id"], ascending=[False, False, True]).reset_index(drop=True)  # fmt: skip


def _few(counts: npt.NDArray[np.float64], fewest: int) -> bool:
    return bool(((counts > 0) & (counts < fewest)).any())


def _lumped(counts: npt.NDArray[np.float64], own: Mask, parents: Positions, hidden: Mask) -> Counts:
    """Return the counts of the cells of a level; those withheld, and what lies in no cell, by parent."""
    shown = np.flatnonzero(own & ~hidden)
    inner = np.flatnonzero(own & (parents >= 0))
    above = np.unique(parents[inner])
    beside = np.zeros((*counts.shape[:-1], len(above)))
    for at, parent in enumerate(above):
        seen = shown[parents[shown] == parent]
        beside[..., at] = counts[..., parent] - counts[..., seen].sum(axis=-1)
        if parents[parent] < 0:  # what lies in no cell at all has no place of which it could tell
            withheld = inner[hidden[inner] & (parents[inner] == parent)]
            beside[..., at] = counts[..., withheld].sum(axis=-1)
    return np.concatenate([counts[..., shown], beside], axis=-1)
