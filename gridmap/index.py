r"""Placement: every point into exactly one cell of a coverage, exactly and fast.

The rule: cells are closed polygons; of several cells that touch a point the one with the lowest
code takes it; a point that no cell touches lies nowhere, and so does one that is not finite.

The idea: lay a fine raster over the coverage, once. A raster cell that no border touches lies
wholly in one cell of the coverage, so its points need one look-up and no geometry. Border raster
cells that follow each other in a row form a *run*; just west of it the cell is known:

      A A A A|. . . .|B B B       A, B   untouched: one cell, stored in the raster
      A A A A|. /\. .|B B B       . / \  the run: its border segments, by their west end
             |./  \ .|
      A A A A|/ o  \.|B B B       cell(o) = A + sum over the segments west of o of
                                            (cell east of it - cell west of it)

The sum runs over the same segments, in the same floating-point arithmetic, whichever side a point
lies on: it telescopes, so a point gets one cell and never two or none. Segments are half-open in y.
Each cell adds 2^k to its number, so a sum also counts how many cells cover the point. Points
within the rounding error of a segment, and points covered twice, are settled by the rule itself on
the polygons; thus the answer equals the rule for any set of valid polygons, overlapping or not.

The raster has two levels. A coarse cell touched by a border holds a block of FOLD x FOLD fine
cells; blocks lie one behind the other, so land far from every border costs next to nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gridmap.errors import Refused, UsageError
from gridmap.findings import Finding

if TYPE_CHECKING:
    import geopandas

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

BATCH = 65_536  #: points placed at a time, so that what is worked on stays in the processor's cache
FOLD = 4  #: fine cells along one side of a coarse cell, a power of two
MAX_CELLS = 16_000_000  #: coarse cells at most
SHARE = 0.035  #: share of the land that fine cells touched by a border should cover
SLACK = 1e-9  #: raster units within which a cell counts as touched; rounding errors are below 1e-10
CLOSE = 2e-6  #: raster units within which an entry, in single precision, is too close to call
LEVEL = 2.0**40  #: slope that stands for a level segment
VERTICES_PER_POINT = 4  #: vertices that are built into the raster in the time of placing a point without it
NOWHERE, UNSETTLED = -1, -2
CODE, BASE, COUNT = 5, 6, 7  #: columns of the entries


@dataclass(frozen=True)
class Located:
    """Hold where points lie.

    Parameters
    ----------
    leaf : int32 positions in the index's sorted codes, -1 for points that lie in no cell
    on_border : whether the point lies on the border of a cell or in more than one
    """

    leaf: Small
    on_border: NDArray[np.bool_]


class PlacementIndex:
    """Place points into the cells of a coverage: exactly one cell each, lowest code on borders.

    Small jobs are done on the polygons; the raster is built when as many points have been asked for as
    make it pay. Overlapping cells are not refused: points in two cells go to the lowest code, are
    flagged `on_border`, and `findings` names the cells.

    Parameters
    ----------
    frame : polygons and multipolygons, in any planar or longitude/latitude CRS
    code : name of the column with the codes: unique, of any type that can be sorted

    Raises
    ------
    UsageError : when the column is absent
    Refused : when codes are missing or doubled, or a geometry is no valid polygon; names the codes

    Examples
    --------
    >>> import geopandas, shapely
    >>> squares = geopandas.GeoDataFrame(
    ...     {"code": ["b", "a"]}, geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> PlacementIndex(squares).place([0.5, 1.0, 1.5, 9.0], [0.5, 0.5, 0.5, 0.5])
    array(['b', 'a', 'a', ''], dtype=object)
    """

    def __init__(self, frame: geopandas.GeoDataFrame, code: str = "code") -> None:
        if code not in frame.columns:
            raise UsageError(f"There is no column '{code}'; the columns are {', '.join(map(str, frame.columns))}.")
        codes, polygons = frame[code].to_numpy(), np.asarray(frame.geometry, dtype=object)
        _refuse(codes, np.asarray(frame[code].isna()), polygons)
        order = np.argsort(codes, kind="stable")
        self._hold(codes[order], shapely.force_2d(polygons[order]), None)

    def _hold(self, codes: NDArray[Any], polygons: NDArray[Any], raster: _Raster | None) -> None:
        self.codes, self._polygons, self._raster = codes, polygons, raster
        self._nowhere: Any = -1 if codes.dtype.kind in "iu" else ""
        self._tree: shapely.STRtree | None = None
        self._lock = threading.Lock()
        self._asked = 0

    def place(self, x: ArrayLike, y: ArrayLike) -> NDArray[Any]:
        """Return the code of the cell each point lies in.

        Parameters
        ----------
        x, y : coordinates in the CRS of the coverage, x east or longitude, y north or latitude

        Returns
        -------
        codes, one per point; "" where none (-1 when the codes are integers)
        """
        known = np.append(self.codes, np.array([self._nowhere], dtype=self.codes.dtype))
        return known[self.locate(x, y).leaf]

    def locate(self, x: ArrayLike, y: ArrayLike) -> Located:
        """Return the position in `codes` of the cell each point lies in, and whether it is on a border.

        Parameters
        ----------
        x, y : coordinates in the CRS of the coverage, x east or longitude, y north or latitude
        """
        x, y = (np.ascontiguousarray(values, dtype=np.float64).ravel() for values in (x, y))
        if len(x) != len(y):
            raise UsageError(f"There are {len(x)} x but {len(y)} y: every point needs both.")
        if not self._pays(len(x)):
            return Located(*self._settle(x, y))
        leaf = self.build()._raster.place(x, y)  # type: ignore[union-attr]
        on_border = np.zeros(len(x), dtype=bool)
        unsettled = np.flatnonzero(leaf == UNSETTLED)
        leaf[unsettled], on_border[unsettled] = self._settle(x[unsettled], y[unsettled])
        return Located(leaf, on_border)

    def build(self) -> PlacementIndex:
        """Build the raster now rather than when it first pays, and return the index itself."""
        with self._lock:
            if self._raster is None and len(self.codes):
                self._raster = _raster(self._polygons)
        return self

    @property
    def nbytes(self) -> int:
        """Return the bytes of memory that the raster takes, 0 before it is built."""
        return 0 if self._raster is None else sum(np.asarray(part).nbytes for part in vars(self._raster).values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Name the cells found to overlap while the raster was built."""
        raster = self.build()._raster
        if raster is None:
            return ()
        with self._lock:
            first, second, _ = self._touched(*raster.doubtful.T)
        pairs = sorted({tuple(sorted(self.codes[second[first == i]].tolist())) for i in np.unique(first)})
        return tuple(
            Finding("coverage.overlap", "warning", f"The cells {', '.join(map(str, codes))} overlap: points in "
                    f"two cells go to {codes[0]}; mend the overlap.", codes=tuple(map(str, codes)))
            for codes in pairs if len(codes) > 1)  # fmt: skip

    def save(self, path: str | Path) -> None:
        """Write codes, polygons and raster to one file, so that the raster is built only once."""
        path, raster = Path(path), self.build()._raster
        kept = vars(raster) if raster else {}
        codes = self.codes if self.codes.dtype.kind in "iu" else self.codes.astype(str)
        wkb = shapely.to_wkb(self._polygons)
        ends = np.cumsum([len(one) for one in wkb], dtype=np.int64)
        half = path.with_name(path.name + ".tmp")
        with half.open("wb") as file:
            np.savez(file, codes=codes, ends=ends, wkb=np.frombuffer(b"".join(wkb), np.uint8), **kept)
        half.replace(path)

    @classmethod
    def load(cls, path: str | Path) -> PlacementIndex:
        """Read an index that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            kept = {name: file[name] for name in file.files}
        codes, wkb = kept.pop("codes"), kept.pop("wkb").tobytes()
        ends = [0, *kept.pop("ends").tolist()]
        polygons = shapely.from_wkb(np.array([wkb[a:b] for a, b in zip(ends, ends[1:], strict=False)], dtype=object))
        index = cls.__new__(cls)
        index._hold(codes.astype(object) if codes.dtype.kind == "U" else codes, polygons, _Raster(**kept) if kept else None)
        return index

    def _pays(self, points: int) -> bool:
        """Return whether the raster is there, or as many points were asked for as its building costs."""
        self._asked += points
        if self._raster is None and self._asked * VERTICES_PER_POINT < shapely.get_num_coordinates(self._polygons).sum():
            return False
        return len(self.codes) > 0

    def _settle(self, x: Floats, y: Floats) -> tuple[Small, NDArray[np.bool_]]:
        """Apply the rule itself: of the closed polygons that touch a point, the lowest."""
        leaf, on_border = np.full(len(x), NOWHERE, dtype=np.int32), np.zeros(len(x), dtype=bool)
        with self._lock:
            point, cell, inside = self._touched(x, y)
        order = np.lexsort((cell, point))
        point, first, times = np.unique(point[order], return_index=True, return_counts=True)
        leaf[point] = cell[order][first]
        on_border[point] = (times > 1) | ~inside[order][first]
        return leaf, on_border

    def _touched(self, x: Floats, y: Floats) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Return every pair of a point and a cell that touches it, and whether the point is well inside.

        Prepared polygons are built on first use and must not be shared by threads: hold the lock.
        """
        if self._tree is None:
            self._tree = shapely.STRtree(self._polygons)
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        point, cell = self._tree.query(shapely.points(x[finite], y[finite]))
        order = np.argsort(cell, kind="stable")
        point, cell = finite[point[order]], cell[order]
        shapely.prepare(self._polygons[np.unique(cell)])
        touched = shapely.intersects_xy(self._polygons[cell], x[point], y[point])
        point, cell = point[touched], cell[touched]
        return point, cell, shapely.contains_xy(self._polygons[cell], x[point], y[point])


def _refuse(codes: NDArray[Any], absent: NDArray[np.bool_], polygons: NDArray[Any]) -> None:
    """Refuse what no point can be placed into without a guess."""
    known, times = np.unique(codes[~absent].astype(str), return_counts=True)
    drawn = np.isin(shapely.get_type_id(polygons), (3, 6)) & ~shapely.is_empty(polygons)
    sound = np.isin(np.arange(len(codes)), np.flatnonzero(drawn)[shapely.is_valid(polygons[drawn])])
    empty = np.isin(codes.astype(str), ("", "-1") if codes.dtype.kind in "iu" else ("",))
    faults = {
        "code_missing": (codes[absent | empty], "rows have no code (or the one that stands for nowhere): give each cell its own"),
        "code_doubled": (known[times > 1], "codes name several rows: dissolve the parts of a cell into one multipolygon"),
        "no_polygon": (codes[~drawn], "cells have no polygon: draw them or leave them out"),
        "invalid_polygon": (codes[drawn & ~sound], "polygons are invalid, they cross themselves: mend them with shapely.make_valid"),
    }
    findings = [
        Finding(f"coverage.{check}", "error", f"{len(found)} {text}.", codes=tuple(map(str, found)), amount=len(found), unit="cells")
        for check, (found, text) in faults.items() if len(found)
    ]  # fmt: skip
    if findings:
        told = " ".join(f"{one.message} ({', '.join(one.codes[:5])}{', ...' * (len(one.codes) > 5)})" for one in findings)
        raise Refused(f"No index can be built on these cells. {told}", findings=findings)


@dataclass(frozen=True)
class _Raster:
    """Hold the raster and the entries of its border cells; every part an array, so that it can be stored.

    A raster unit is the side of a fine cell. An entry is a row of eight numbers, all relative to the
    south-west corner of its border cell: a segment from `low` to `high` in y, at x = `at` + `slope` y,
    within `close` of which x is too close to call; the `code` it adds to a point east of it. The first
    entry of a cell also holds the cell's `base` and `count` of entries.
    """

    grid: Floats  # x and y of the south-west corner, raster units per unit of length
    size: Ints  # coarse rows, coarse columns, bits of a leaf's number
    coarse: Small  # per coarse cell: leaf, NOWHERE, or -2 - number of its block
    fine: Small  # per fine cell of a block: leaf, NOWHERE, or -2 - number of its first entry
    entries: NDArray[Any]  # low, high, at, slope, close, code, base, count
    doubtful: Floats  # points of fine cells that several leaves cover

    def place(self, x: Floats, y: Floats) -> Small:
        """Return the leaf of each point, NOWHERE or UNSETTLED; batches run on all processors."""
        leaf = np.empty(len(x), dtype=np.int32)

        def batch(some: slice) -> tuple[()]:
            self._place(x[some], y[some], leaf[some])
            return ()

        _spread(batch, len(x), BATCH)
        return leaf

    def _place(self, x: Floats, y: Floats, leaf: Small) -> None:
        """Look the points up in the coarse cells, then in their blocks, then among the entries."""
        columns = np.intp(self.size[1])
        cell = _whole(self._unit(y, 1, FOLD)) * columns
        cell += _whole(self._unit(x, 0, FOLD))
        np.take(self.coarse, cell, out=leaf, mode="clip")
        at = np.flatnonzero(leaf < NOWHERE)
        column, row = self._unit(x[at], 0, 1), self._unit(y[at], 1, 1)
        west, south = _whole(column), _whole(row)
        block = UNSETTLED - leaf[at].astype(np.intp)
        found = self.fine[block * (FOLD * FOLD) + south % FOLD * FOLD + west % FOLD]
        leaf[at] = found
        near = np.flatnonzero(found < NOWHERE)
        if len(near):
            entry = UNSETTLED - found[near].astype(np.intp)
            kind = self.entries.dtype
            within = ((part[near] - corner[near]).astype(kind) for part, corner in ((column, west), (row, south)))
            leaf[at[near]] = _leaf(_summed(self.entries, entry, *within), int(self.size[2]))

    def _unit(self, values: Floats, axis: int, cells: int) -> Floats:
        """Return coordinates in units of so many fine cells; what lies outside, or is NaN, falls into the margin."""
        with np.errstate(over="ignore", invalid="ignore"):
            unit = values - self.grid[axis]
            unit *= self.grid[2] / cells
        np.fmax(unit, 0, out=unit)
        return np.fmin(unit, int(self.size[1 - axis]) * FOLD // cells - 1, out=unit)


def _spread(work: Callable[[slice], tuple[NDArray[Any], ...]], count: int, step: int) -> tuple[NDArray[Any], ...]:
    """Do the work slice by slice on all processors; return what comes out, slices behind one another."""
    slices = [slice(at, min(at + step, count)) for at in range(0, count, step)]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, max(1, len(slices)))) as pool:
        done = list(pool.map(work, slices))
    return tuple(np.concatenate(parts) for parts in zip(*done, strict=True))


def _whole(values: Floats) -> Ints:
    return values.astype(np.intp)


def _leaf(sums: NDArray[Any], bits: int) -> Small:
    """Read the leaf from sums of codes: 2^bits + leaf where one cell covers the point, 0 where none does."""
    one = 1 << bits
    single = (sums >= one) & (sums < 2 * one)
    return np.where(single, sums - one, np.where(sums == 0, NOWHERE, UNSETTLED)).astype(np.int32)


def _summed(entries: NDArray[Any], first: Ints, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Add up, for each point, the entries of its border cell; infinite where one is too close to call."""
    head = entries[first]
    sums = head[:, BASE] + _added(head, x, y)
    more = np.flatnonzero(head[:, COUNT] > 1)
    if len(more):
        count = head[more, COUNT].astype(np.intp) - 1
        begin = np.cumsum(count) - count
        rest = np.arange(begin[-1] + count[-1]) + np.repeat(first[more] + 1 - begin, count)
        added = _added(entries[rest], np.repeat(x[more], count), np.repeat(y[more], count))
        sums[more] += np.add.reduceat(added, begin)
    return sums


def _added(entry: NDArray[Any], x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return the code of each entry that its point lies east of, 0 where west of it or not beside it in y."""
    low, high, at, slope, close, code = entry.T[:6]
    east = x - (at + slope * y)
    added = code * ((y >= low) & (y < high) & (east >= 0))
    added[np.abs(east) <= close] = np.inf
    return added


def _segments(polygons: NDArray[Any], bits: int) -> tuple[Floats, Floats]:
    """Return the border segments (x0, y0, x1, y1; lower end first) and what crossing each eastward adds.

    A border that two cells share becomes one segment, which adds the difference of their numbers.
    """

    def directed(some: slice) -> tuple[Floats, Ints]:
        parts, leaf = shapely.get_parts(polygons[some], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        hole = np.diff(part, prepend=-1) == 0
        value = ((1 << bits) + some.start + leaf[part]) * np.where(shapely.is_ccw(rings) == hole, -1, 1)
        xy += 0.0  # no -0.0, which is equal to 0.0 and looks different
        keep = np.flatnonzero((ring[1:] == ring[:-1]) & _differ(xy[1:], xy[:-1]))
        ends = np.hstack([xy[keep], xy[keep + 1]])
        x0, y0, x1, y1 = ends.T
        down = (y1 < y0) | ((y1 == y0) & (x1 < x0))
        ends[down] = ends[down][:, [2, 3, 0, 1]]
        value = value[ring[keep]]
        return ends, np.where(down, value, -value)

    return _merged(*_spread(directed, len(polygons), 512))


def _merged(ends: Floats, code: Ints) -> tuple[Floats, Floats]:
    """Join equal segments and add up their codes; what a hash collision keeps apart does no harm: sums are sums."""

    def hashed(some: slice) -> tuple[NDArray[np.uint64]]:
        mixed = np.zeros(some.stop - some.start, dtype=np.uint64)
        for column in ends[some].view(np.uint64).T:
            mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        return ((mixed & ~number) | np.arange(some.start, some.stop, dtype=np.uint64),)

    number = np.uint64((1 << len(ends).bit_length()) - 1)
    (keys,) = _spread(hashed, len(ends), BATCH)
    keys.sort()
    order = (keys & number).astype(np.intp)
    alike = np.flatnonzero(keys[1:] ^ keys[:-1] <= number)
    alike = alike[~_differ(ends[order[alike]], ends[order[alike + 1]])]
    fresh = np.ones(len(ends), dtype=bool)
    fresh[alike + 1] = False
    joined, kept = np.zeros(len(ends), dtype=np.int64), np.zeros(len(ends), dtype=bool)
    first = order[fresh]
    joined[first], kept[first] = np.add.reduceat(code[order], np.flatnonzero(fresh)), True
    return ends[kept], joined[kept]


def _differ(these: Floats, those: Floats) -> NDArray[np.bool_]:
    """Return which rows differ; two numbers are compared at a time, which is quicker than row by row."""
    unlike = these.view(np.complex128) != those.view(np.complex128)
    return np.logical_or.reduce(list(unlike.T))


def _grid(ends: Floats, area: float) -> tuple[Floats, int, int]:
    """Choose the raster: its south-west corner and units per length; its coarse rows and columns.

    The corner is moved by an odd fraction so that borders drawn on round numbers do not run along raster lines.
    """
    x0, y0, x1, y1 = ends.T
    low = np.array([min(x0.min(), x1.min()), y0.min()])
    high = np.array([max(x0.max(), x1.max()), y1.max()])
    length = np.abs(x1 - x0).sum() + (y1 - y0).sum()
    side = FOLD * max(SHARE * area / length, (high - low).max() / 1e5)
    side = max(side, float(np.sqrt(((high - low) / MAX_CELLS).prod())))
    columns, rows = np.ceil((high - low) / side).astype(np.int64) + 4
    return np.array([*(low - 1.618034 * side), FOLD / side]), int(rows), int(columns)


class _Strips(NamedTuple):
    """Segments cut by the rows of the raster: one item per segment and row, all int32."""

    segment: Small
    row: Small
    first: Small  # column of its west end in this row
    last: Small  # column of its east end in this row
    near_first: Small  # the same, widened by the rounding error
    near_last: Small
    crossing: Small  # column in which it crosses the row's middle line, -1 where it does not
    enters: Small  # 1 where its own west end lies in this row


def _cut(unit: Floats, start: int) -> tuple[Small]:
    """Cut segments (u0, v0, u1, v1 in raster units) by the rows; `start` is the number of the first one.

    Returns the columns of _Strips side by side, so that a strip is read at one stroke.
    """
    slope = _slope(unit)
    low, high = _whole(unit[:, 1]), _whole(unit[:, 3])
    count = high - low + 1
    which = np.repeat(np.arange(len(unit)), count)
    row = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - low, count)
    (u0, v0, u1, v1), slope, low, high = unit[which].T, slope[which], low[which], high[which]
    west, east = np.minimum(u0, u1), np.maximum(u0, u1)
    south = np.clip(np.where(row == low, u0, u0 + slope * (row - v0)), west, east)
    north = np.clip(np.where(row == high, u1, u0 + slope * (row + 1 - v0)), west, east)
    first, last = np.minimum(south, north), np.maximum(south, north)
    slack = SLACK * (1 + np.abs(slope))
    near_first = np.maximum(first - slack, west - SLACK)
    near_last = np.minimum(last + slack, east + SLACK)
    crossing = np.clip(_whole(u0 + slope * (row + 0.5 - v0)), _whole(first), _whole(last))
    crossing[(v0 > row + 0.5) | (row + 0.5 >= v1)] = -1
    enters = row == np.where(u0 <= u1, low, high)
    parts = _Strips(start + which, row, first, last, near_first, near_last, crossing, enters)
    strips = np.empty((len(which), len(parts)), dtype=np.int32)
    for column, part in enumerate(parts):
        strips[:, column] = part
    return (strips,)


def _slope(unit: Floats) -> Floats:
    """Return u per v; for a level segment something very large."""
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (unit[:, 2] - unit[:, 0]) / (unit[:, 3] - unit[:, 1])
    return np.clip(np.nan_to_num(slope, nan=LEVEL), -LEVEL, LEVEL)


def _raster(polygons: NDArray[Any]) -> _Raster:
    """Build the raster: cut the segments by rows, mark what they touch, add up codes from west to east."""
    bits = len(polygons).bit_length()
    ends, code = _segments(polygons, bits)
    grid, rows, columns = _grid(ends, float(shapely.area(polygons).sum()))
    unit = (ends - np.tile(grid[:2], 2)) * grid[2]
    (rows_of_strips,) = _spread(lambda some: _cut(unit[some], some.start), len(unit), BATCH)
    strips = _Strips(*rows_of_strips.T)
    coarse, blocks = _coarse(strips, code, rows * columns, columns, bits)
    # The blocks of a coarse row lie behind one another, in one line for each row inside the blocks.
    line = len(blocks) * FOLD

    def position(row: Small, column: Small) -> Ints:
        block = UNSETTLED - coarse[row // FOLD * columns + column // FOLD].astype(np.intp)
        return row % FOLD * line + block * FOLD + column % FOLD

    crosses = np.flatnonzero(strips.crossing >= 0)
    crossed = position(strips.row[crosses], strips.crossing[crosses])
    added = np.bincount(crossed, code[strips.segment[crosses]], line * FOLD)
    sums = np.cumsum(added)
    fine = _leaf(sums, bits)
    entries, cell, head = _entries(unit, code, rows_of_strips, position(strips.row, strips.near_first), bits)
    at = cell[head]
    entries[head, BASE] += (sums[at] - added[at]).astype(entries.dtype)
    fine[at] = NOWHERE
    covered = np.flatnonzero(fine == UNSETTLED)
    fine[at] = UNSETTLED - head
    fine[covered] = UNSETTLED - (len(entries) - 1)
    inner, along = np.divmod(covered[:1000], line)
    row, column = np.divmod(blocks[along // FOLD], columns)
    doubtful = np.column_stack([column * FOLD + along % FOLD, row * FOLD + inner]) + 0.5
    fine = np.ascontiguousarray(fine.reshape(FOLD, -1, FOLD).transpose(1, 0, 2)).ravel()
    return _Raster(grid, np.array([rows, columns, bits]), coarse, fine, entries, grid[:2] + doubtful / grid[2])


def _coarse(strips: _Strips, code: Ints, size: int, columns: int, bits: int) -> tuple[Small, Ints]:
    """Return the coarse cells, numbered blocks where a border touches them, and which cells have a block."""
    row, begin, end = (part // FOLD for part in (strips.row, strips.near_first, strips.near_last))
    opened = np.bincount(row * columns + begin, minlength=size)
    opened -= np.bincount(row * columns + end + 1, minlength=size)
    # The leaf of an untouched cell is read on one of its middle lines.
    read = np.flatnonzero((strips.crossing >= 0) & (strips.row % FOLD == FOLD // 2))
    crossed = row[read] * columns + strips.crossing[read] // FOLD
    coarse = _leaf(np.cumsum(np.bincount(crossed, code[strips.segment[read]], size)), bits)
    blocks = np.flatnonzero((np.cumsum(opened) > 0) | (coarse == UNSETTLED))
    coarse[blocks] = UNSETTLED - np.arange(len(blocks))
    return coarse, blocks


def _entries(
    unit: Floats, code: Ints, strips: Small, place: Ints, bits: int
) -> tuple[NDArray[Any], Ints, Ints]:
    """Write the entries of all border cells, cell by cell.

    A cell has an entry for each segment that touches it. A segment that begins farther west in the same row
    has one more: the codes that the border before it adds end at the height where it begins, and the cell's
    base, which is one number, cannot say so. It is written as an upright segment far in the west.

    The very last entry is always too close to call: it is for land that several leaves cover.

    Returns the entries, the cell of each, and which are the first of their cell; a base is still to be raised
    by the sum of the codes west of its cell, taken on the row's middle line.
    """
    strips_in_all = len(strips)

    def listed(some: slice) -> tuple[Ints]:
        part = _Strips(*strips[some].T)
        number, begin = np.arange(some.start, some.stop), place[some]
        touched, entered = part.near_last - part.near_first + 1, (part.last - part.first) * part.enters
        west_sides = begin + part.first - part.near_first + 1
        return (np.concatenate([
            (_ramp(begin, touched) << 32) + np.repeat(number, touched),
            (_ramp(west_sides, entered) << 32) + np.repeat(number + strips_in_all, entered),
        ]),)  # fmt: skip

    (keys,) = _spread(listed, strips_in_all, BATCH)
    keys.sort()
    entries = np.empty((len(keys) + 1, 8), dtype=np.float32 if bits <= 20 else np.float64)
    entries[-1] = 0, 0, 0, 0, np.inf, 0, 0, 1

    def written(some: slice) -> tuple[Small, Ints]:
        cell, number = keys[some] >> 32, keys[some] & 0xFFFFFFFF
        step = number >= strips_in_all
        number -= step * strips_in_all
        part = _Strips(*strips[number].T)
        column = part.near_first + (cell - place[number])
        ends, adds = unit[part.segment], code[part.segment]
        rows = entries[some]
        slope = _slope(ends)
        u0, v0, u1, v1 = ends.T
        rows[:, 0], rows[:, 1] = np.clip(v0 - part.row, -1, 2), np.clip(v1 - part.row, -1, 2)
        rows[:, 2], rows[:, 3] = u0 - column + slope * (part.row - v0), slope
        rows[:, 4] = CLOSE * (1 + np.abs(slope))
        west = np.where(u0 <= u1, v0, v1) - part.row
        rows[step] = np.array([0, np.inf, -1e30, 0, -1, 0, 0, 0])
        rows[step, 0] = west[step]
        inside = (part.first <= column) & (column <= part.last)
        adds = np.where(step, np.where(u0 <= u1, -adds, adds), adds * inside)
        rows[:, CODE] = adds
        counted = np.where(step, west <= 0.5, (part.crossing >= 0) & (part.crossing < column))
        return cell.astype(np.int32), adds * counted

    cell, before = _spread(written, len(keys), BATCH)
    head = np.flatnonzero(np.diff(cell, prepend=-1))
    entries[head, BASE] = -np.add.reduceat(before, head)
    entries[head, COUNT] = np.diff(head, append=len(keys))
    return entries, cell, head


def _ramp(begin: Ints, count: Ints) -> Ints:
    """Return begin, begin + 1, ... count times over, for each item."""
    count = count.astype(np.int64)
    return np.arange(count.sum()) + np.repeat(begin - np.cumsum(count) + count, count)
