"""Small cells withheld: which figures are kept from readers who may not see counts of a few people.

Counts of one to four say something about persons, so they are withheld from readers without the right to see
them, and with them as many others as it takes that nobody can work them out by subtraction: neither from the
sum of the parent, nor from the cells inside, nor over several levels. Zero is always shown: it says nothing
about anybody.

The promise, held by `possible_values`: given every figure that is shown at every level, at least `fewest`
different whole numbers remain possible for each that is withheld. It needs no database and no screen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

#: Larger than any count of records or people, small enough that sums of it stay exact.
_ANY = 1e9
_EXACT = 1e-6


def withheld(counts: Counts, parents: Positions, *, fewest: int = 5, besides: Mask | None = None) -> Mask:
    """Return which cells of nested levels are withheld.

    Cells of 1 to `fewest` - 1 are, and what a parent counts in none of its cells must not come out either
    when it is so few (but what the whole counts in no cell at all may). Then, as long as a reader could
    narrow one down to fewer than `fewest` numbers, the smallest shown cell beside it (or inside it, where the
    inside gives it away) is withheld too, then what is counted in the parent only, then the parent.

    Parameters
    ----------
    counts : what is counted in each cell of all levels, whole numbers; missing counts as 0
    parents : position of each cell's parent, -1 at the top
    fewest : least count that is shown
    besides : cells that are withheld for another reason, whatever is counted in them, be it nothing

    Returns
    -------
    True where the count is withheld, in the order of the cells

    >>> withheld(np.array([50.0, 3, 7, 40]), np.array([-1, 0, 0, 0])).tolist()
    [False, True, True, False]
    """
    nest = _nest(np.nan_to_num(counts), parents, besides)
    hidden = (nest.counts > 0) & (nest.counts < fewest) & ~nest.nowhere | nest.may_be_none
    while True:
        more = _more(nest, hidden, fewest)
        if not (more & ~hidden).any():
            return hidden[: len(counts)]
        hidden = hidden | more


def possible_values(
    counts: Counts, parents: Positions, hidden: Mask, *, besides: Mask | None = None
) -> tuple[Counts, Counts]:
    """Return between which numbers each count must lie for a reader of everything that is not hidden.

    The reader knows all counts shown, which cells lie in which, that a withheld count is at least 1 (0 in
    those withheld for another reason, `besides`), and what of a parent's count belongs to none of its cells.
    Because levels nest, the bounds are exact.

    Returns
    -------
    Least and greatest possible count per cell; 1e9 stands for any number
    """
    nest = _nest(np.nan_to_num(counts), parents, besides)
    grown = np.concatenate([hidden, np.zeros(len(nest.counts) - len(hidden), dtype=bool)])
    low, high, _ = _bounds(nest, grown)
    return low[: len(counts)], high[: len(counts)]


@dataclass(frozen=True)
class _Nest:
    """Hold the cells by depth, and behind them one for what each parent counts outside its cells."""

    counts: Counts
    parents: Positions
    is_rest: Mask
    has_cells: Mask
    nowhere: Mask  # what the whole counts in no cell at all: without a place, it says nothing of one
    may_be_none: Mask  # withheld whatever is counted
    layers: tuple[Positions, ...]  # positions by depth, without the top


def _nest(counts: Counts, parents: Positions, besides: Mask | None) -> _Nest:
    inner = parents >= 0
    sums = np.bincount(parents[inner], weights=counts[inner], minlength=len(counts))
    has_cells = np.bincount(parents[inner], minlength=len(counts)) > 0
    rest = np.where(has_cells, counts - sums, 0.0)
    left_over = np.flatnonzero(np.abs(rest) > _EXACT)
    all_parents = np.concatenate([parents, left_over]).astype(np.intp)
    grown = np.concatenate([has_cells, np.zeros(len(left_over), dtype=bool)])
    is_rest = np.arange(len(all_parents)) >= len(counts)
    nowhere = is_rest & (parents[np.maximum(all_parents, 0)] < 0)
    may_be_none = np.zeros(len(all_parents), dtype=bool)
    may_be_none[: len(counts)] = False if besides is None else besides
    return _Nest(np.concatenate([counts, rest[left_over]]), all_parents, is_rest, grown, nowhere, may_be_none,
                 _layers(all_parents))  # fmt: skip


def _layers(parents: Positions) -> tuple[Positions, ...]:
    depth = np.zeros(len(parents), dtype=np.intp)
    above = parents.copy()
    while (above >= 0).any():
        depth[above >= 0] += 1
        above = np.where(above >= 0, parents[above], -1)
    return tuple(np.flatnonzero(depth == layer) for layer in range(1, int(depth.max(initial=0)) + 1))


def _bounds(nest: _Nest, hidden: Mask) -> tuple[Counts, Counts, Counts]:
    """Return the bounds of each count, and how many values its own cells alone leave to it.

    Upwards a parent lies between the sums of its cells' bounds; downwards a cell is what the parent's bounds
    leave beside the others. On a tree both passes together are exact.
    """
    least = np.where(
        nest.is_rest, np.where(nest.counts < 0, -_ANY, 0.0), np.where(nest.may_be_none, 0.0, 1.0)
    )
    low, high = np.where(hidden, least, nest.counts), np.where(hidden, _ANY, nest.counts)
    size = len(nest.counts)
    sum_low, sum_high = np.zeros(size), np.zeros(size)
    for layer in reversed(nest.layers):
        sum_low += np.bincount(nest.parents[layer], weights=low[layer], minlength=size)
        sum_high += np.bincount(nest.parents[layer], weights=high[layer], minlength=size)
        bound = hidden & (np.bincount(nest.parents[layer], minlength=size) > 0)
        low[bound] = np.maximum(low[bound], sum_low[bound])
        high[bound] = np.minimum(high[bound], sum_high[bound])
    inside = np.where(nest.has_cells, sum_high - sum_low + 1, _ANY)
    for layer in nest.layers:
        above = nest.parents[layer]
        others_low, others_high = sum_low[above] - low[layer], sum_high[above] - high[layer]
        least_here, most_here = low[above] - others_high, high[above] - others_low
        low[layer], high[layer] = np.maximum(low[layer], least_here), np.minimum(high[layer], most_here)
    return low, high, inside


def _more(nest: _Nest, hidden: Mask, fewest: int) -> Mask:
    """Return what else is to be withheld, at most one cell for each family that gives one away."""
    low, high, inside = _bounds(nest, hidden)
    exposed = hidden & ~nest.nowhere & (high - low + 1 < fewest - _EXACT)
    from_inside = exposed & (inside < fewest - _EXACT)
    families = from_inside
    if not from_inside.any():  # those first: a cell that its inside gives away gives its neighbours away too
        above = nest.parents[exposed]
        families[above[above >= 0]] = True
    more = np.zeros(len(hidden), dtype=bool)
    chosen = _smallest_shown(nest, hidden, families)
    more[chosen] = True
    helpless = families.copy()
    helpless[nest.parents[chosen]] = False
    return more | (helpless & ~hidden)


def _smallest_shown(nest: _Nest, hidden: Mask, families: Mask) -> Positions:
    """Return the smallest cell shown in each family; what is in the parent only comes last."""
    inner = nest.parents >= 0
    worth_it = ~hidden & ((nest.counts > 0) | nest.is_rest)
    candidates = np.flatnonzero(inner & worth_it & families[nest.parents])
    size, last, family = nest.counts[candidates], nest.is_rest[candidates], nest.parents[candidates]
    order = np.lexsort((candidates, size, last, family))
    ordered = candidates[order]
    first: Mask = np.ones(len(ordered), dtype=bool)
    first[1:] = nest.parents[ordered[1:]] != nest.parents[ordered[:-1]]
    return ordered[first]
