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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
FOLD = 4  #: fine cells along one side of a coarse cell
MAX_CELLS = 16_000_000  #: coarse cells at most
SHARE = 0.05  #: share of the land that fine cells touched by a border should cover
VERTICES_PER_POINT = 4  #: vertices that are built into the raster in the time of placing a point without it
NOWHERE, UNSETTLED = -1, -2


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
            if self._raster is None:
                self._raster = _raster(self._polygons)
        return self

    @property
    def nbytes(self) -> int:
        """Return the bytes of memory that the raster takes, 0 before it is built."""
        return 0 if self._raster is None else sum(np.asarray(part).nbytes for part in vars(self._raster).values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Name the cells found to overlap while the raster was built."""
        found = self.build()._raster
        with self._lock:
            first, second = self._touched(found.doubtful[:, 0], found.doubtful[:, 1])[:2] if found else ([], [])
        pairs = sorted({tuple(self.codes[second[first == i]].tolist()) for i in np.unique(first)})
        return tuple(
            Finding("coverage.overlap", "warning", f"The cells {', '.join(map(str, codes))} overlap: points in "
                    f"two cells go to {codes[0]}; mend the overlap.", codes=tuple(map(str, codes)))
            for codes in pairs if len(codes) > 1)  # fmt: skip

    def save(self, path: str | Path) -> None:
        """Write codes, polygons and raster to one file, so that the raster is built only once."""
        path, raster = Path(path), self.build()._raster
        kept = {name: np.asarray(part) for name, part in vars(raster).items()}
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
        index._hold(codes.astype(object) if codes.dtype.kind == "U" else codes, polygons, _Raster(**kept))
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
    """Hold the raster, its runs and their segments; every part an array, so that it can be stored.

    `grid` is the x and y of the south-west corner, fine cells per unit of length and the rounding error of an x;
    `size` the coarse rows and columns and the bits of a cell's number.
    """

    grid: Floats
    size: Ints
    coarse: Small  # per coarse cell: leaf, NOWHERE, or -2 - number of its block
    fine: Small  # per fine cell of a block: leaf, NOWHERE, or -2 - number of the border cell
    start: Small  # per border cell: its run's first entry in `entries`
    count: Small  # per border cell: how many of the run's segments begin at or west of it
    base: Small  # per border cell: sum just west of its run
    entries: Small  # runs behind one another: the number of a segment
    x0: Floats  # per segment, its lower end first
    y0: Floats
    y1: Floats
    slope: Floats  # x per y; not finite where the segment is level
    code: Floats  # what a point east of the segment adds
    doubtful: Floats  # points of fine cells that several cells cover

    def place(self, x: Floats, y: Floats) -> Small:
        """Return the leaf of each point, NOWHERE or UNSETTLED; batches run on all processors."""
        leaf = np.empty(len(x), dtype=np.int32)
        starts = range(0, len(x), BATCH)

        def batch(at: int) -> None:
            some = slice(at, at + BATCH)
            with np.errstate(all="ignore"):
                self._place(x[some], y[some], leaf[some])

        with ThreadPoolExecutor(min(os.cpu_count() or 1, max(1, len(starts)))) as pool:
            list(pool.map(batch, starts))
        return leaf

    def _place(self, x: Floats, y: Floats, leaf: Small) -> None:
        column, row = (_cells(self, values, axis).astype(np.intp) for axis, values in enumerate((x, y)))
        np.take(self.coarse, row // FOLD * self.size[1] + column // FOLD, out=leaf, mode="clip")
        at = np.flatnonzero(leaf < NOWHERE)
        block = UNSETTLED - leaf[at]
        inside = (block * FOLD + row[at] % FOLD) * FOLD + column[at] % FOLD
        leaf[at] = found = self.fine[inside]
        bordering = np.flatnonzero(found < NOWHERE)
        at = at[bordering]
        if len(at):
            leaf[at] = self._beside(x[at], y[at], UNSETTLED - found[bordering])

    def _beside(self, x: Floats, y: Floats, cell: Ints) -> Small:
        """Sum up the segments of the run that each point lies east of."""
        count = self.count[cell]
        first = np.cumsum(count) - count
        entry = np.arange(first[-1] + count[-1]) + np.repeat(self.start[cell] - first, count)
        segment = self.entries[entry]
        x, y = np.repeat(x, count), np.repeat(y, count)
        y0, y1 = self.y0[segment], self.y1[segment]
        east = x - (self.x0[segment] + self.slope[segment] * (y - y0))
        adds = np.where((y >= y0) & (y < y1) & (east >= 0), self.code[segment], 0)
        adds[(y >= y0) & (y <= y1) & ~(np.abs(east) > self.grid[3])] = np.inf
        return _leaf(self.base[cell] + np.add.reduceat(adds, first), int(self.size[2]))


def _cells(raster: _Raster, values: Floats, axis: int) -> Floats:
    """Return the fine column (axis 0) or row of coordinates; what lies outside or is NaN is in the margin."""
    cells = (values - raster.grid[axis]) * raster.grid[2]
    np.fmax(cells, 0, out=cells)
    return np.fmin(cells, raster.size[1 - axis] * FOLD - 1, out=cells)


def _leaf(sums: Floats, bits: int) -> Small:
    """Read the leaf from sums of codes: 2^bits + leaf where one cell covers the point, 0 where none does."""
    one = 1 << bits
    return np.where((sums >= one) & (sums < 2 * one), sums - one, np.where(sums == 0, NOWHERE, UNSETTLED)).astype(np.int32)


def _segments(polygons: NDArray[Any], bits: int) -> tuple[Floats, Floats]:
    """Return the canonical border segments (x0, y0, x1, y1; lower end first) and what crossing each eastward adds.

    A border that two cells share becomes one segment that adds the difference of their numbers.
    """
    parts, leaf = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    hole = np.diff(part, prepend=-1) == 0
    value = ((1 << bits) + leaf[part]) * np.where(shapely.is_ccw(rings) == hole, -1, 1)
    keep = (ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    a, b, value = xy[:-1][keep] + 0.0, xy[1:][keep] + 0.0, value[ring[1:][keep]]
    up = (b[:, 1] > a[:, 1]) | ((b[:, 1] == a[:, 1]) & (b[:, 0] > a[:, 0]))
    ends = np.where(up[:, None], np.hstack([a, b]), np.hstack([b, a]))
    return _merge(ends, np.where(up, -value, value))


def _merge(ends: Floats, code: Ints) -> tuple[Floats, Floats]:
    """Join equal segments, adding up their codes; those a hash collision keeps apart do no harm: sums are sums."""
    bits = np.ascontiguousarray(ends).view(np.uint64)
    mixed = np.zeros(len(ends), dtype=np.uint64)
    for column in range(4):
        mixed = (mixed ^ bits[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    number = np.uint64((1 << len(ends).bit_length()) - 1)
    order = (np.sort((mixed & ~number) | np.arange(len(ends), dtype=np.uint64)) & number).astype(np.int64)
    fresh = np.ones(len(ends), dtype=bool)
    fresh[1:] = (ends[order[1:]] != ends[order[:-1]]).any(axis=1)
    joined = np.zeros(len(ends))
    joined[order[fresh]] = np.add.reduceat(code[order], np.flatnonzero(fresh))
    first = np.sort(order[fresh])
    return ends[first], joined[first]


def _grid(ends: Floats, area: float) -> tuple[Floats, Ints]:
    """Choose the raster: its corner, its fine cells per unit, the rounding error of an x; its rows and columns."""
    low, high = ends.reshape(-1, 2).min(axis=0), ends.reshape(-1, 2).max(axis=0)
    length, reach = np.abs(ends[:, 2:] - ends[:, :2]).sum(), np.abs([low, high]).max()
    side = FOLD * max(SHARE * area / length, (high - low).max() / 1e5, reach * 2.0**-40)
    side = max(side, float(np.sqrt((high - low + 2 * side).prod() / MAX_CELLS)))
    columns, rows = np.ceil((high - low) / side).astype(np.int64) + 3
    return np.array([*(low - side), FOLD / side, reach * 2.0**-49]), np.array([rows, columns])


def _rows(grid: Floats, ends: Floats, slope: Floats) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Cut each segment by fine rows: its number, the row, the westmost and eastmost x there, x on the row's middle line.

    The x of the middle line is NaN where the segment does not cross it. All is widened by the rounding error.
    """
    x0, y0, x1, y1 = ends.T
    low, high = (np.floor((y - grid[1]) * grid[2]).astype(np.int64) for y in (y0, y1))
    count = high - low + 1
    segment = np.repeat(np.arange(len(ends)), count)
    row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - low, count)
    slack = np.abs(ends).max() * 2.0**-49
    x0, y0, x1, y1, slope = (part[segment] for part in (x0, y0, x1, y1, slope))
    south, middle, north = (grid[1] + (row + part) / grid[2] for part in (0, 0.5, 1))
    whole = ~np.isfinite(slope)
    at_south = np.where(whole, x0, x0 + slope * (np.clip(south - slack, y0, y1) - y0))
    at_north = np.where(whole, x1, x0 + slope * (np.clip(north + slack, y0, y1) - y0))
    crossing = np.where((y0 <= middle) & (middle < y1), x0 + slope * (middle - y0), np.nan)
    return segment, row, np.minimum(at_south, at_north) - slack, np.maximum(at_south, at_north) + slack, crossing


def _raster(polygons: NDArray[Any]) -> _Raster:
    """Build the raster: cut the segments by rows, mark what they touch, add up codes from west to east."""
    bits = len(polygons).bit_length()
    ends, code = _segments(polygons, bits)
    grid, (rows, columns) = _grid(ends, float(shapely.area(polygons).sum()))
    with np.errstate(all="ignore"):
        slope = (ends[:, 2] - ends[:, 0]) / (ends[:, 3] - ends[:, 1])
        segment, row, west, east, crossing = _rows(grid, ends, slope)
        west, east, crossing = (np.floor((x - grid[0]) * grid[2]) for x in (west, east, crossing))
    west, east = west.astype(np.int64), east.astype(np.int64)
    crosses = np.flatnonzero(~np.isnan(crossing))
    crossing = np.clip(crossing[crosses].astype(np.int64), west[crosses], east[crosses])
    # Coarse level: which cells are touched, and the leaf of the others, read on one middle line.
    size = rows * columns
    touched = _painted(row // FOLD * columns + west // FOLD, row // FOLD * columns + east // FOLD, size) > 0
    line = row[crosses] % FOLD == FOLD // 2
    adds = np.bincount((row[crosses] // FOLD * columns + crossing // FOLD)[line], code[segment[crosses[line]]], size)
    coarse = _leaf(np.cumsum(adds), bits)
    touched |= coarse == UNSETTLED
    blocks = np.flatnonzero(touched)
    block = np.cumsum(touched) - 1
    coarse[blocks] = UNSETTLED - np.arange(len(blocks))
    # Fine level: the blocks of a coarse row behind one another, one strip per row inside the blocks.
    strip = len(blocks) * FOLD

    def position(row: Ints, column: Ints) -> Ints:
        return row % FOLD * strip + block[row // FOLD * columns + column // FOLD] * FOLD + column % FOLD

    first = position(row, west)
    marked = _painted(first, position(row, east), strip * FOLD) > 0
    adds = np.bincount(position(row[crosses], crossing), code[segment[crosses]], strip * FOLD)
    sums = np.cumsum(adds)
    fine = _leaf(sums, bits)
    covered = (fine == UNSETTLED) & ~marked
    # Border cells: a run starts where its western neighbour is untouched, or not beside it at all.
    starts = marked.copy()
    starts[1:] &= ~marked[:-1]
    apart = np.diff(blocks, prepend=-9) != 1
    starts.reshape(FOLD, -1, FOLD)[:, apart, 0] |= marked.reshape(FOLD, -1, FOLD)[:, apart, 0]
    until = np.cumsum(np.bincount(first, minlength=strip * FOLD))
    border = np.flatnonzero(marked | covered)
    heads = np.flatnonzero(starts | covered)
    run = heads[np.cumsum((starts | covered)[border]) - 1]
    start = until[run] - np.bincount(first, minlength=strip * FOLD)[run]
    count, base = until[border] - start, sums[run] - adds[run]
    lone = covered[border]
    start[lone], count[lone], base[lone] = len(first), 1, sums[border[lone]]
    fine[border] = UNSETTLED - np.arange(len(border))
    fine = fine.reshape(FOLD, -1, FOLD).transpose(1, 0, 2).ravel()
    entries = np.append(segment[np.argsort(first, kind="stable")], len(ends))
    nothing = np.array([np.nan])
    parts = (ends[:, 0], ends[:, 1], ends[:, 3], slope, code)
    spot, place = np.divmod(np.flatnonzero(covered)[:1000], strip)
    corner = np.divmod(blocks[place // FOLD], columns)
    doubtful = np.column_stack([corner[1] * FOLD + place % FOLD, corner[0] * FOLD + spot]) + 0.5
    small = (part.astype(np.int32) for part in (coarse, fine, start, count, base, entries))
    return _Raster(grid, np.array([rows, columns, bits]), *small, *(np.append(part, nothing) for part in parts),
                   grid[:2] + doubtful / grid[2])  # fmt: skip


def _painted(first: Ints, last: Ints, size: int) -> Ints:
    """Count how many of the stretches first..last (inclusive) lie over each of `size` cells."""
    return np.cumsum(np.bincount(first, minlength=size + 1) - np.bincount(last + 1, minlength=size + 1))[:size]
