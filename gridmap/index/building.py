"""From polygons to the raster: cut the borders by rows, mark what they touch, add up codes eastward."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.index.raster import (
    AT,
    BASE,
    BATCH,
    CLOSE,
    CODE,
    COUNT,
    FOLD,
    HIGH,
    LOW,
    NOWHERE,
    SLOPE,
    UNSETTLED,
    Entries,
    Floats,
    Ints,
    Raster,
    Small,
    leaf_of,
    ramp,
    spread,
    whole,
)

SHARE = 0.035  #: share of the land that fine cells touched by a border should cover
MAX_CELLS = 16_000_000  #: coarse cells at most
MAX_SIDE = 100_000  #: coarse cells along a side at most
SLACK = 1e-9  #: raster units within which a cell counts as touched; rounding errors are below 1e-10
SINGLE = 2e-6  #: raster units within which an entry, in single precision, is too close to call
LEVEL = 2.0**40  #: slope that stands for a level segment
FAR_WEST = -1e30


class Strips(NamedTuple):
    """Segments cut by the rows of the raster: one item per segment and row."""

    segment: Ints
    row: Ints
    first: Ints  #: column of its west end in this row
    last: Ints  #: column of its east end in this row
    near_first: Ints  #: the same, widened by the rounding error
    near_last: Ints
    crossing: Ints  #: column in which it crosses the row's middle line, -1 where it does not
    enters: Ints  #: 1 where its own west end lies in this row


def build_raster(polygons: NDArray[Any]) -> Raster:
    """Build the raster of valid polygons and multipolygons; the leaf of a polygon is its position."""
    bits = len(polygons).bit_length()
    ends, code = _segments(polygons, bits)
    grid, rows, columns = _grid(ends, float(shapely.area(polygons).sum()))
    ends -= np.tile(grid[:2], 2)
    ends *= grid[2]
    (table,) = spread(lambda some: (_cut(ends[some], some.start),), len(ends), BATCH)
    strips = Strips(*table.T)
    coarse, blocks = _coarse(strips, code, rows * columns, columns, bits)
    line = len(blocks) * FOLD  # the blocks lie side by side, in one line for each row inside the blocks

    def position(row: Ints, column: Ints) -> Ints:
        block = UNSETTLED - coarse[row // FOLD * columns + column // FOLD].astype(np.intp)
        return np.asarray(row % FOLD * line + block * FOLD + column % FOLD)

    entries, cell, head = _entries(ends, code, table, position(strips.row, strips.near_first), bits)
    crosses = np.flatnonzero(strips.crossing >= 0)
    crossed = position(strips.row[crosses], strips.crossing[crosses])
    sums = _counted(crossed, code[strips.segment[crosses]], line * FOLD)
    at = cell[head]
    entries[head, BASE] -= sums[at].astype(entries.dtype)
    np.cumsum(sums, out=sums)
    entries[head, BASE] += sums[at].astype(entries.dtype)
    fine = leaf_of(sums, bits)
    fine[at] = NOWHERE
    covered = np.flatnonzero(fine == UNSETTLED)
    fine[at], fine[covered] = UNSETTLED - head, UNSETTLED - (len(entries) - 1)
    fine = np.ascontiguousarray(fine.reshape(FOLD, -1, FOLD).transpose(1, 0, 2)).ravel()
    inner, along = np.divmod(covered[:1000], line)
    row, column = np.divmod(blocks[along // FOLD], columns)
    middles = np.column_stack([column * FOLD + along % FOLD, row * FOLD + inner]) + 0.5
    return Raster(grid, np.array([rows, columns, bits]), coarse, fine, entries, grid[:2] + middles / grid[2])


def _segments(polygons: NDArray[Any], bits: int) -> tuple[Floats, Ints]:
    """Return the border segments (x0, y0, x1, y1; lower end first) and what crossing each eastward adds.

    A border that two cells share becomes one segment, which adds the difference of their numbers.
    """

    def directed(some: slice) -> tuple[Floats, Ints]:
        parts, leaf = shapely.get_parts(polygons[some], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        xy += 0.0  # no -0.0, which is equal to 0.0 and looks different
        shell = np.diff(part, prepend=-1) > 0
        value = ((1 << bits) + some.start + leaf[part]) * np.where(shapely.is_ccw(rings) == shell, 1, -1)
        begin = np.flatnonzero((ring[1:] == ring[:-1]) & _differ(xy[1:], xy[:-1]))
        ends, value = np.hstack([xy[begin], xy[begin + 1]]), value[ring[begin]]
        x0, y0, x1, y1 = ends.T
        down = (y1 < y0) | ((y1 == y0) & (x1 < x0))
        ends[down] = ends[down][:, [2, 3, 0, 1]]
        return ends, np.where(down, value, -value)

    ends, code = spread(directed, len(polygons), 512)
    return _merged(ends, code)


def _merged(ends: Floats, code: Ints) -> tuple[Floats, Ints]:
    """Join equal segments and add up their codes.

    They are found by a hash; two that a collision keeps apart do no harm, for sums are sums.
    """
    number = np.uint64((1 << len(ends).bit_length()) - 1)

    def hashed(some: slice) -> tuple[NDArray[np.uint64]]:
        mixed = np.zeros(some.stop - some.start, dtype=np.uint64)
        for column in ends[some].view(np.uint64).T:
            mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        return ((mixed & ~number) | np.arange(some.start, some.stop, dtype=np.uint64),)

    (keys,) = spread(hashed, len(ends), BATCH)
    keys.sort()
    order = (keys & number).astype(np.intp)
    alike = np.flatnonzero(keys[1:] ^ keys[:-1] <= number)

    def differ(some: slice) -> tuple[NDArray[np.bool_]]:
        return (_differ(ends[order[alike[some]]], ends[order[alike[some] + 1]]),)

    (chance,) = spread(differ, len(alike), BATCH)
    fresh = np.ones(len(ends), dtype=bool)
    fresh[alike[~chance] + 1] = False
    joined, kept = np.zeros(len(ends), dtype=np.int64), np.zeros(len(ends), dtype=bool)
    first = order[fresh]
    joined[first], kept[first] = np.add.reduceat(code[order], np.flatnonzero(fresh)), True
    return ends[kept], joined[kept]


def _differ(these: Floats, those: Floats) -> NDArray[np.bool_]:
    """Return which rows differ; numbers are compared in pairs, which is quicker than row by row."""
    unlike = these.view(np.complex128) != those.view(np.complex128)
    return np.asarray(np.logical_or.reduce(list(unlike.T)))


def _grid(ends: Floats, area: float) -> tuple[Floats, int, int]:
    """Choose the raster: its south-west corner and units per length; its coarse rows and columns.

    The corner is moved by an odd fraction, so that borders on round numbers do not run along raster lines.
    """
    x0, y0, x1, y1 = ends.T
    low = np.array([min(x0.min(), x1.min()), y0.min()])
    extent = np.array([max(x0.max(), x1.max()), y1.max()]) - low
    length = np.abs(x1 - x0).sum() + (y1 - y0).sum()
    fewest = (extent / MAX_CELLS**0.5).prod() ** 0.5
    side = max(FOLD * SHARE * area / length, extent.max() / MAX_SIDE, fewest)
    columns, rows = np.ceil(extent / side).astype(np.int64) + 4
    return np.array([*(low - 1.618034 * side), FOLD / side]), int(rows), int(columns)


def _cut(units: Floats, start: int) -> Small:
    """Cut segments (u0, v0, u1, v1 in raster units) by the rows; `start` is the number of the first one.

    Returns the items of Strips side by side, so that a strip is read at one stroke.
    """
    slope = _slope(units)
    low, high = whole(units[:, 1]), whole(units[:, 3])
    which = np.repeat(np.arange(len(units)), high - low + 1)
    row = ramp(low, high - low + 1)
    (u0, v0, u1, v1), slope, low, high = units[which].T, slope[which], low[which], high[which]
    west, east = np.minimum(u0, u1), np.maximum(u0, u1)
    south = np.clip(np.where(row == low, u0, u0 + slope * (row - v0)), west, east)
    north = np.clip(np.where(row == high, u1, u0 + slope * (row + 1 - v0)), west, east)
    first, last = np.minimum(south, north), np.maximum(south, north)
    slack = SLACK * (1 + np.abs(slope))
    crossing = np.clip(u0 + slope * (row + 0.5 - v0), np.floor(first), last)
    strips = np.empty((len(which), len(Strips._fields)), dtype=np.int32)
    for column, item in enumerate(Strips(
        segment=start + which,
        row=row,
        first=whole(first),
        last=whole(last),
        near_first=whole(np.maximum(first - slack, west - SLACK)),
        near_last=whole(np.minimum(last + slack, east + SLACK)),
        crossing=np.where((v0 <= row + 0.5) & (row + 0.5 < v1), whole(crossing), -1),
        enters=row == np.where(u0 <= u1, low, high),
    )):  # fmt: skip
        strips[:, column] = item
    return strips


def _slope(units: Floats) -> Floats:
    """Return u per v; for a level segment something very large."""
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (units[:, 2] - units[:, 0]) / (units[:, 3] - units[:, 1])
    return np.clip(np.nan_to_num(slope, nan=LEVEL), -LEVEL, LEVEL)


def _coarse(strips: Strips, code: Ints, size: int, columns: int, bits: int) -> tuple[Small, Ints]:
    """Return the coarse cells, those that a border touches numbered as blocks, and which these are."""
    row, begin, end = (item // FOLD for item in (strips.row, strips.near_first, strips.near_last))
    ones = np.ones(len(row), dtype=np.int32)
    touching = _counted(row * columns + begin, ones, size)
    touching -= _counted(row * columns + end + 1, ones, size)
    # The leaf of an untouched cell is read on the middle line of one of its rows.
    read = np.flatnonzero((strips.crossing >= 0) & (strips.row % FOLD == FOLD // 2))
    crossed = row[read] * columns + strips.crossing[read] // FOLD
    sums = _counted(crossed, code[strips.segment[read]], size)
    coarse = leaf_of(np.cumsum(sums, out=sums), bits)
    blocks = np.flatnonzero((np.cumsum(touching, out=touching) > 0) | (coarse == UNSETTLED))
    coarse[blocks] = UNSETTLED - np.arange(len(blocks))
    return coarse, blocks


def _counted(cell: Ints, value: Ints, size: int) -> Small:
    """Return the sum of the values in each of `size` cells; quick because no type is converted on the way."""
    sums = np.zeros(size, dtype=np.int32)
    np.add.at(sums, cell.astype(np.intp), value.astype(np.int32))
    return sums


def _entries(units: Floats, code: Ints, table: Small, place: Ints, bits: int) -> tuple[Entries, Ints, Ints]:
    """Write the entries of all border cells, cell by cell; `place` is the first cell that a strip touches.

    A cell has an entry for each strip that touches it, and a step for each whose segment begins farther west
    in the same row: below that height the west side lies on one side of the border, above it on the other.
    The very last entry is always too close to call: it is for land that several leaves cover.

    Returns the entries, the cell of each, and which are the first of their cell. A base is still to be raised
    by the sum of the codes west of its cell, taken on the row's middle line.
    """
    strips = len(table)

    def listed(some: slice) -> tuple[Ints]:
        part = Strips(*table[some].T)
        number = np.arange(some.start, some.stop)
        touched, stepped = part.near_last - part.near_first + 1, (part.last - part.first) * part.enters
        cells = ramp(place[some], touched)
        steps = ramp(place[some] + part.first - part.near_first + 1, stepped)
        numbers = np.repeat(number, touched), np.repeat(number + strips, stepped)
        return ((np.concatenate([cells, steps]) << 32) + np.concatenate(numbers),)

    (keys,) = spread(listed, strips, BATCH)
    keys.sort()
    entries = np.empty((len(keys) + 1, 8), dtype=np.float32 if bits <= 20 else np.float64)
    entries[-1] = 0, 0, 0, 0, np.inf, 0, 0, 1

    def written(some: slice) -> tuple[Ints, Ints]:
        cell, number = keys[some] >> 32, keys[some] & 0xFFFFFFFF
        step = number >= strips
        number -= step * strips
        part = Strips(*table[number].T)
        column = part.near_first + (cell - place[number])
        return cell, _write(entries[some], units[part.segment], code[part.segment], part, column, step)

    cell, before = spread(written, len(keys), BATCH)
    head = np.flatnonzero(np.diff(cell, prepend=-1))
    entries[head, BASE] = -np.add.reduceat(before, head)
    entries[head, COUNT] = np.diff(head, append=len(keys))
    return entries, cell, head


def _write(
    entries: Entries, units: Floats, code: Ints, strip: Strips, column: Ints, step: NDArray[np.bool_]
) -> Ints:
    """Fill entries in; return what each adds at the west side of its cell, on the row's middle line."""
    slope = _slope(units)
    u0, v0, u1, v1 = units.T
    entries[:, LOW] = np.clip(v0 - strip.row, -1, 2)
    entries[:, HIGH] = np.clip(v1 - strip.row, -1, 2)
    entries[:, AT] = u0 - column + slope * (strip.row - v0)
    entries[:, SLOPE] = slope
    entries[:, CLOSE] = SINGLE * (1 + np.abs(slope))
    height = np.where(u0 <= u1, v0, v1) - strip.row
    entries[step] = 0, np.inf, FAR_WEST, 0, -1, 0, 0, 0
    entries[step, LOW] = height[step]
    # A step undoes what its segment adds above, or no longer adds, so that only the border itself counts.
    undone = np.where(u0 <= u1, -code, code)
    inside = (strip.first <= column) & (column <= strip.last)
    adds = np.where(step, undone, code * inside)
    entries[:, CODE] = adds
    counted = np.where(step, height <= 0.5, (strip.crossing >= 0) & (strip.crossing < column))
    return np.asarray(adds * counted)
