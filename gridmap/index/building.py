"""From polygons to the raster: join shared borders, cut them by rows, mark what they touch, add up codes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.index.raster import (
    AT,
    BASE,
    CODE,
    COUNT,
    FOLD,
    HIGH,
    LOW,
    NOWHERE,
    SLOPE,
    STEP,
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

SHARE = 0.07  #: share of the land that fine cells touched by a border should cover
MAX_CELLS = 16_000_000  #: coarse cells at most
MAX_SIDE = 100_000  #: coarse cells along a side at most
PER_SEGMENT, FEW = 64, 262_144  #: entries per segment at most, and how many are never too many
SLACK = 1e-9  #: raster units within which a cell counts as touched; rounding errors are below 1e-10
LEVEL = 2.0**40  #: slope that stands for a level segment
BATCH = 16_384  #: segments worked on at a time, so that they stay in the processor's cache

Hashes = NDArray[np.uint64]


class Borders(NamedTuple):
    """Hold border segments, each from a vertex to the one behind it."""

    vertices: NDArray[np.complex128]  #: x + y i, ring after ring
    begin: Ints  #: position of the segment's first vertex
    code: Small  #: what crossing the segment eastward adds


class Pieces(NamedTuple):
    """Hold what segments leave in the raster. A cell is numbered row << shift | column, in fine cells."""

    entries: Entries  #: one per segment, row and touched cell; BASE holds what the entry already counts
    cell: Ints  #: the cell of each entry
    crossed: Ints  #: cells in which a segment crosses the middle line of a row
    code: Small  #: what each of these crossings adds


def build_raster(polygons: NDArray[Any]) -> Raster:
    """Build the raster of valid polygons and multipolygons; the leaf of a polygon is its position."""
    bits = len(polygons).bit_length()
    borders = _borders(polygons, bits)
    grid, rows, columns = _grid(borders, polygons)
    shift = (columns * FOLD).bit_length()
    kind = np.float32 if bits <= 20 else np.float64
    pieces = Pieces(*spread(lambda some: _cut(borders, some, grid, shift, kind), len(borders.code), BATCH))
    cell, entries = _by_cell(pieces)
    head = np.flatnonzero(np.diff(cell, prepend=-1))
    coarse, blocks = _coarse(cell[head], pieces, rows, columns, shift, bits)
    line = len(blocks) * FOLD  # the blocks lie side by side, in one line for each row inside the blocks

    def position(some: Ints) -> Ints:
        row, column = some >> shift, some & (1 << shift) - 1
        block = UNSETTLED - coarse[row // FOLD * columns + column // FOLD].astype(np.intp)
        return np.asarray((row & FOLD - 1) * line + block * FOLD + (column & FOLD - 1))

    (at,) = spread(lambda some: (position(cell[head[some]]),), len(head), BATCH)
    (crossed,) = spread(lambda some: (position(pieces.crossed[some]),), len(pieces.crossed), BATCH)
    sums = np.zeros(line * FOLD, dtype=np.int32)
    np.add.at(sums, crossed, pieces.code)
    base = -np.add.reduceat(entries[:-1, BASE], head, dtype=np.float64) - sums[at]
    np.cumsum(sums, out=sums)
    entries[head, BASE] = base + sums[at]
    entries[head, COUNT] = np.diff(head, append=len(cell))
    fine = leaf_of(sums, bits)
    fine[at] = NOWHERE
    covered = np.flatnonzero(fine == UNSETTLED)
    fine[at], fine[covered] = UNSETTLED - head, UNSETTLED - (len(entries) - 1)
    fine = np.ascontiguousarray(fine.reshape(FOLD, -1, FOLD).transpose(1, 0, 2)).ravel()
    inner, along = np.divmod(covered[:1000], line)
    row, column = np.divmod(blocks[along // FOLD], columns)
    middles = np.column_stack([column * FOLD + along % FOLD, row * FOLD + inner]) + 0.5
    return Raster(grid, np.array([rows, columns, bits]), coarse, fine, entries, grid[:2] + middles / grid[2])


def _borders(polygons: NDArray[Any], bits: int) -> Borders:
    """Return the segments of all rings; a border that two cells share is one, which adds their difference.

    Equal segments are found by a hash, and compared; two that a collision keeps apart do no harm, for sums
    are sums.
    """
    parts, leaf = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, length = shapely.get_coordinates(rings), shapely.get_num_coordinates(rings)
    xy += 0.0  # no -0.0, which is equal to 0.0 and looks different
    shell = np.diff(part, prepend=-1) > 0
    ring_code = ((1 << bits) + leaf[part]) * np.where(shapely.is_ccw(rings) == shell, 1, -1)
    code = np.repeat(ring_code.astype(np.int32), length)
    number = np.uint64((1 << len(xy).bit_length()) - 1)
    keys, code, real = spread(lambda some: _hashed(xy, code, some, number), len(xy) - 1, BATCH)
    real[np.cumsum(length[:-1]) - 1] = False  # from one ring to the next
    return _joined(xy.view(np.complex128).ravel(), keys[real], code, number)


def _hashed(
    xy: Floats, code: Small, some: slice, number: np.uint64
) -> tuple[Hashes, Small, NDArray[np.bool_]]:
    """Hash segments regardless of their direction, each with its number in the lowest bits.

    Returns the hashes, what crossing each segment eastward adds, and whether it has any length.
    """
    x, y = np.ascontiguousarray(xy[some.start : some.stop + 1].T)
    mixed = x.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed += y.view(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(29)
    keys = mixed[1:] + mixed[:-1]
    keys &= ~number
    keys |= np.arange(some.start, some.stop, dtype=np.uint64)
    x0, y0, x1, y1 = x[:-1], y[:-1], x[1:], y[1:]
    return keys, np.where(_downward(x0, y0, x1, y1), code[some], -code[some]), (x0 != x1) | (y0 != y1)


def _downward(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> NDArray[np.bool_]:
    """Return which segments begin at their upper end; the lower end of a level one is the western."""
    return np.asarray((y1 < y0) | ((y1 == y0) & (x1 < x0)))


def _joined(vertices: NDArray[np.complex128], keys: Hashes, code: Small, number: np.uint64) -> Borders:
    """Make one of equal segments and add up their codes."""
    keys.sort()
    order = (keys & number).astype(np.intp)
    alike = np.flatnonzero(keys[1:] ^ keys[:-1] <= number)

    def compared(some: slice) -> tuple[NDArray[np.bool_]]:
        one, other = order[alike[some]], order[alike[some] + 1]
        begin, end, other_begin, other_end = (vertices[at] for at in (one, one + 1, other, other + 1))
        opposite = (begin == other_end) & (end == other_begin)
        return (opposite | ((begin == other_begin) & (end == other_end)),)

    (equal,) = spread(compared, len(alike), BATCH)
    fresh = np.ones(len(keys), dtype=bool)
    fresh[alike[equal] + 1] = False
    first = order[fresh]
    joined, kept = np.zeros(len(code), dtype=np.int32), np.zeros(len(code), dtype=bool)
    joined[first], kept[first] = np.add.reduceat(code[order], np.flatnonzero(fresh)), True
    begin = np.flatnonzero(kept)
    return Borders(vertices, begin, joined[begin])


def _grid(borders: Borders, polygons: NDArray[Any]) -> tuple[Floats, int, int]:
    """Choose the raster: its south-west corner and units per length; its coarse rows and columns.

    The corner is moved by an odd fraction, so that borders on round numbers do not run along raster lines.
    Cells that are long and thin have much border for little land: a coarser raster keeps the entries of
    their few segments few.
    """
    low, high = np.split(shapely.total_bounds(polygons), 2)
    extent, area = high - low, float(shapely.area(polygons).sum())

    def lengths(some: slice) -> tuple[Floats]:
        begin = borders.begin[some]
        along = borders.vertices[begin + 1] - borders.vertices[begin]
        return (np.abs(along.view(np.float64)).sum(keepdims=True),)

    length = spread(lengths, len(borders.begin), BATCH)[0].sum()
    fewest = (extent / MAX_CELLS**0.5).prod() ** 0.5
    entries = max(FEW, PER_SEGMENT * len(borders.begin))
    side = max(FOLD * SHARE * area / length, FOLD * length / entries, extent.max() / MAX_SIDE, fewest)
    columns, rows = np.ceil(extent / side).astype(np.int64) + 4
    return np.array([*(low - 1.618034 * side), FOLD / side]), int(rows), int(columns)


def _cut(borders: Borders, some: slice, grid: Floats, shift: int, kind: type) -> Pieces:
    """Cut segments by the rows of the raster and write an entry into every cell that they touch.

    Where the segment begins farther west in the same row, below that height the west side of the cell lies
    on one side of the border, above it on the other: the STEP says so.
    """
    (u0, v0, u1, v1), slope = _in_units(borders, some, grid)
    low, high = whole(v0), whole(v1)
    count = high - low + 1
    row = ramp(low, count)
    u0, v0, u1, v1, slope, low, high, code = (
        np.repeat(values, count) for values in (u0, v0, u1, v1, slope, low, high, borders.code[some])
    )
    west, east = np.minimum(u0, u1), np.maximum(u0, u1)
    lower, upper = v0 - row, v1 - row
    at = u0 - slope * lower
    south = np.clip(np.where(row == low, u0, at), west, east)
    north = np.clip(np.where(row == high, u1, at + slope), west, east)
    first, last = np.minimum(south, north), np.maximum(south, north)
    slack = SLACK * (1 + np.abs(slope))
    near = whole(np.maximum(first - slack, west - SLACK))
    touched = whole(np.minimum(last + slack, east + SLACK)) - near + 1
    first, last = whole(first), whole(last)
    crossing = np.clip(whole(np.clip(at + slope / 2, west, east)), first, last)
    crosses = (lower <= 0.5) & (upper > 0.5)
    begins = np.where(slope >= 0, row == low, row == high)
    strip: Entries = np.empty((len(row), 8), dtype=kind)
    strip[:, LOW], strip[:, HIGH] = np.clip(lower, -1, 2), np.clip(upper, -1, 2)
    strip[:, SLOPE], strip[:, CODE] = slope, code
    strip[:, STEP] = np.where(begins, np.where(slope >= 0, lower, upper), np.inf)
    strip[:, COUNT] = 0
    column = ramp(near, touched)
    which = np.repeat(np.arange(len(row)), touched)
    entries = np.take(strip, which, axis=0)
    entries[:, AT] = at[which] - column
    first = first[which]
    inside = (first <= column) & (column <= last[which])
    entries[:, CODE] *= inside
    np.copyto(entries[:, STEP], np.inf, where=~inside | (column == first))
    passed = inside & crosses[which] & (crossing[which] < column)
    stepped = np.copysign(entries[:, STEP] <= 0.5, entries[:, SLOPE])
    entries[:, BASE] = entries[:, CODE] * (passed - stepped)
    row <<= shift
    return Pieces(entries, row[which] + column, (row + crossing)[crosses], code[crosses])


def _in_units(borders: Borders, some: slice, grid: Floats) -> tuple[Floats, Floats]:
    """Return segments in raster units (u0, v0, u1, v1; the lower end first), and u per v of each.

    The slope of a level segment is something very large.
    """
    begin = borders.begin[some]
    one, other = borders.vertices[begin], borders.vertices[begin + 1]
    down = _downward(one.real, one.imag, other.real, other.imag)
    lower, upper = np.where(down, other, one), np.where(down, one, other)
    units = np.stack([lower.real, lower.imag, upper.real, upper.imag])
    units -= np.tile(grid[:2], 2)[:, None]
    units *= grid[2]
    u0, v0, u1, v1 = units
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (u1 - u0) / (v1 - v0)
    return units, np.clip(np.nan_to_num(slope, nan=LEVEL), -LEVEL, LEVEL)


def _by_cell(pieces: Pieces) -> tuple[Ints, Entries]:
    """Sort the entries by cell; return the cells, and the entries with one more for land that several cover.

    The sum over that last one is infinite: always too close to call.
    """
    keys = (pieces.cell << 32) + np.arange(len(pieces.cell))
    keys.sort()
    entries = np.empty((len(keys) + 1, 8), dtype=pieces.entries.dtype)

    def sorted_(some: slice) -> tuple[()]:
        np.take(pieces.entries, keys[some] & 0xFFFFFFFF, axis=0, out=entries[:-1][some], mode="clip")
        return ()

    spread(sorted_, len(keys), BATCH)
    entries[-1] = 0, 0, 0, 0, np.inf, 0, np.inf, 1
    keys >>= 32
    return keys, entries


def _coarse(
    touched: Ints, pieces: Pieces, rows: int, columns: int, shift: int, bits: int
) -> tuple[Small, Ints]:
    """Return the coarse cells, those that a border touches numbered as blocks, and which these are."""

    def coarse_of(some: Ints) -> Ints:
        return np.asarray((some >> shift) // FOLD * columns + (some & (1 << shift) - 1) // FOLD)

    is_block = np.zeros(rows * columns, dtype=bool)
    is_block[coarse_of(touched)] = True
    # The leaf of an untouched cell is read on the middle line of one of its rows.
    read = np.flatnonzero((pieces.crossed >> shift) % FOLD == FOLD // 2)
    sums = np.zeros(rows * columns, dtype=np.int32)
    np.add.at(sums, coarse_of(pieces.crossed[read]), pieces.code[read])
    coarse = leaf_of(np.cumsum(sums, out=sums), bits)
    blocks = np.flatnonzero(is_block | (coarse == UNSETTLED))
    coarse[blocks] = UNSETTLED - np.arange(len(blocks))
    return coarse, blocks
