"""The raster: from points to the cells of the coverage."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.signedinteger[Any]]
Small = NDArray[np.int32]
Entries = NDArray[np.floating[Any]]

BATCH = 262_144  #: points placed at a time: few enough for the cache, enough for both processors
SINGLE = 2e-6  #: raster units within which an entry, in single precision, is too close to call
FOLD = 4  #: fine cells along one side of a coarse cell, a power of two
LAYOUT = 1  #: to be counted up when a raster written to a file would be read otherwise
NOWHERE, UNSETTLED = -1, -2
LOW, HIGH, AT, SLOPE, STEP, CODE, BASE, COUNT = range(8)  #: the columns of the entries


@dataclass(frozen=True)
class Raster:
    """Hold the raster and the entries of its border cells; every part an array, so that it can be stored.

    A raster unit is the side of a fine cell. An entry is a row of eight numbers, relative to the south-west
    corner of its cell: a segment from LOW to HIGH in y, at x = AT + SLOPE y; the CODE it adds to a point east
    of it; the STEP, the height from which on the west side lies beyond it. The first entry of a cell also
    holds the cell's BASE and COUNT of entries.

    Parameters
    ----------
    grid : x and y of the south-west corner, raster units per unit of length
    size : coarse rows, coarse columns, bits of a leaf's number
    coarse : per coarse cell, row by row: leaf, NOWHERE, or -2 - number of its block
    fine : per fine cell, block by block: leaf, NOWHERE, or -2 - number of its first entry
    entries : the entries of all border cells, cell by cell
    doubtful : points in fine cells that several leaves cover, the first thousand
    """

    grid: Floats
    size: Ints
    coarse: Small
    fine: Small
    entries: Entries
    doubtful: Floats

    def place(self, x: Floats, y: Floats, threads: int) -> Small:
        """Return the leaf of each point, NOWHERE or UNSETTLED."""
        leaf = np.empty(len(x), dtype=np.int32)

        def batch(some: slice) -> tuple[()]:
            self._place(x[some], y[some], leaf[some])
            return ()

        spread(batch, len(x), BATCH, threads)
        return leaf

    def _place(self, x: Floats, y: Floats, leaf: Small) -> None:
        """Look the points up in the coarse cells, then in their blocks, then among the entries."""
        cell = whole(self._units(y, 1, FOLD)) * np.intp(self.size[1])
        cell += whole(self._units(x, 0, FOLD))
        np.take(self.coarse, cell, out=leaf, mode="clip")
        at = np.flatnonzero(leaf < NOWHERE)
        column, row = self._units(x[at], 0, 1), self._units(y[at], 1, 1)
        west, south = whole(column), whole(row)
        block = UNSETTLED - leaf[at].astype(np.intp)
        leaf[at] = found = self.fine[(block * FOLD + south % FOLD) * FOLD + west % FOLD]
        near = np.flatnonzero(found < NOWHERE)
        if len(near):
            first = UNSETTLED - found[near].astype(np.intp)
            kind = self.entries.dtype
            u, v = (column[near] - west[near]).astype(kind), (row[near] - south[near]).astype(kind)
            leaf[at[near]] = leaf_of(_summed(self.entries, first, u, v), int(self.size[2]))

    def _units(self, values: Floats, axis: int, cells: int) -> Floats:
        """Return coordinates in units of so many fine cells; outside and NaN fall into the empty margin."""
        with np.errstate(over="ignore", invalid="ignore"):
            units: Floats = values - self.grid[axis]
            units *= self.grid[2] / cells
        np.fmax(units, 0, out=units)
        np.fmin(units, int(self.size[1 - axis]) * FOLD // cells - 1, out=units)
        return units


def _summed(entries: Entries, first: Ints, u: Entries, v: Entries) -> Entries:
    """Add up, for each point, the entries of its border cell; infinite where one is too close to call."""
    head = entries[first]
    sums: Entries = head[:, BASE] + _added(head, u, v)
    more = np.flatnonzero(head[:, COUNT] > 1)
    if len(more):
        count = head[more, COUNT].astype(np.intp) - 1
        begin = np.cumsum(count) - count
        rest = ramp(first[more] + 1, count)
        added = _added(entries[rest], np.repeat(u[more], count), np.repeat(v[more], count))
        sums[more] += np.add.reduceat(added, begin)
    return sums


def _added(entry: Entries, u: Entries, v: Entries) -> Entries:
    """Return what each entry adds at its point; infinite where that is too close to call."""
    low, high, at, slope, step, code = entry.T[:BASE]
    east = u - (at + slope * v)
    beyond = (v >= low) & (v < high) & (east >= 0)
    added: Entries = code * (beyond - np.copysign(v >= step, slope))
    added[np.abs(east) <= SINGLE * (1 + np.abs(slope))] = np.inf
    return added


def leaf_of(sums: NDArray[Any], bits: int) -> Small:
    """Read the leaf from sums of codes: 2^bits + leaf where one cell covers the point, 0 where none does."""
    one = 1 << bits
    leaf = np.full(len(sums), UNSETTLED, dtype=np.int32)
    np.subtract(sums, one, out=leaf, where=(sums >= one) & (sums < 2 * one), casting="unsafe")
    leaf[sums == 0] = NOWHERE
    return leaf


def whole(values: Floats) -> Ints:
    """Return numbers that are not negative without their fraction."""
    return values.astype(np.intp)


def ramp(begin: Ints, count: Ints) -> Ints:
    """Return begin, begin + 1, ... count of them, for each item.

    >>> ramp(np.array([5, 0]), np.array([3, 2]))
    array([5, 6, 7, 0, 1])
    """
    count = count.astype(np.int64)
    return np.arange(count.sum()) + np.repeat(begin - np.cumsum(count) + count, count)


def spread(
    work: Callable[[slice], tuple[NDArray[Any], ...]], count: int, step: int, threads: int = 0
) -> tuple[NDArray[Any], ...]:
    """Do the work slice by slice, several at a time; return what comes out, slices behind one another."""
    slices = [slice(at, min(at + step, count)) for at in range(0, max(count, 1), step)]
    if len(slices) == 1:  # a few cells of an edit: starting a thread would take longer than the work
        return work(slices[0])
    with ThreadPoolExecutor(min(threads or os.cpu_count() or 1, len(slices))) as pool:
        done = list(pool.map(work, slices))
    return tuple(np.concatenate(parts) for parts in zip(*done, strict=True))
