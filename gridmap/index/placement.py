"""The index as people use it: codes in and out, the rule itself, small jobs, findings and files."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gridmap.errors import Refused, UnreadableInput, UsageError
from gridmap.findings import Finding
from gridmap.index.building import SHARE, build_raster
from gridmap.index.raster import FOLD, LAYOUT, NOWHERE, UNSETTLED, Floats, Ints, Raster, Small, spread

if TYPE_CHECKING:
    import geopandas

VERTICES_PER_POINT = 16  #: vertices built into the raster in the time of placing one point without it
WORTH_KEEPING = 200_000  #: vertices from which on reading a raster is quicker than building it
FILES_KEPT = 4  #: rasters kept in a folder, those used last
PARTS_AT_A_TIME = 256  #: polygons tested by one thread


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
    make it pay. Cells that overlap are not refused: points in two cells go to the lowest code, are
    flagged `on_border`, and `findings` names the cells.

    Parameters
    ----------
    frame : polygons and multipolygons, in any planar or longitude/latitude CRS
    code : name of the column with the codes: unique, of any type that can be sorted
    threads : how many processors to use at most, 0 for all
    kept_in : folder in which the raster is kept, so that the same cells are built into it only once; a
        file there that is damaged, or of other cells, is never used

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

    def __init__(
        self,
        frame: geopandas.GeoDataFrame,
        code: str = "code",
        *,
        threads: int = 0,
        kept_in: Path | None = None,
    ) -> None:
        if code not in frame.columns:
            columns = ", ".join(map(str, frame.columns))
            raise UsageError(f"There is no column '{code}'; the columns are {columns}.")
        codes, polygons = frame[code].to_numpy(), np.asarray(frame.geometry, dtype=object)
        _refuse_faults(codes, np.asarray(frame[code].isna()), polygons)
        order = np.argsort(codes, kind="stable")
        self._hold(codes[order], shapely.force_2d(polygons[order]), None, threads, kept_in)

    def _hold(
        self, codes: NDArray[Any], polygons: NDArray[Any], raster: Raster | None,
        threads: int, kept_in: Path | None = None,
    ) -> None:  # fmt: skip
        self.codes, self._polygons, self._raster, self.threads = codes, polygons, raster, threads
        self._kept_in = kept_in
        self._nowhere: Any = -1 if codes.dtype.kind in "iu" else ""
        self._tree: tuple[shapely.STRtree, NDArray[Any], Ints] | None = None
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
        return np.asarray(known[self.locate(x, y).leaf])

    def locate(self, x: ArrayLike, y: ArrayLike) -> Located:
        """Return the position in `codes` of the cell each point lies in, and whether it is on a border.

        Parameters
        ----------
        x, y : coordinates in the CRS of the coverage, x east or longitude, y north or latitude

        Raises
        ------
        UsageError : when there are not as many x as y
        """
        x, y = (np.ascontiguousarray(values, dtype=np.float64).ravel() for values in (x, y))
        if len(x) != len(y):
            raise UsageError(f"There are {len(x)} x but {len(y)} y: every point needs both.")
        raster = self._raster_if_it_pays(len(x))
        if raster is None:
            return Located(*self._settle(x, y))
        leaf, on_border = raster.place(x, y, self.threads), np.zeros(len(x), dtype=bool)
        unsettled = np.flatnonzero(leaf == UNSETTLED)
        leaf[unsettled], on_border[unsettled] = self._settle(x[unsettled], y[unsettled])
        return Located(leaf, on_border)

    def build(self) -> PlacementIndex:
        """Build the raster now rather than when it first pays, and return the index itself."""
        with self._lock:
            if self._raster is None and len(self.codes):
                kept_in = self._kept_in if self._vertices() >= WORTH_KEEPING else None
                self._raster = _kept(self._polygons, kept_in) if kept_in else build_raster(self._polygons)
        return self

    def _raster_if_it_pays(self, points: int) -> Raster | None:
        self._asked += points
        cost = self._vertices() if self._raster is None else 0
        return self.build()._raster if self._asked * VERTICES_PER_POINT >= cost else None

    def _vertices(self) -> int:
        return int(shapely.get_num_coordinates(self._polygons).sum())

    @property
    def nbytes(self) -> int:
        """Return the bytes of memory that the raster takes, 0 before it is built."""
        return sum(part.nbytes for part in vars(self._raster).values()) if self._raster else 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Name the cells that overlap so far that raster cells lie in two; the first 1,000 are looked at."""
        raster = self.build()._raster
        if raster is None:
            return ()
        with self._lock:
            point, cell, _ = self._touched(*raster.doubtful.T)
        groups = {tuple(map(str, np.sort(self.codes[cell[point == one]]))) for one in np.unique(point)}
        return tuple(_overlap(codes) for codes in sorted(groups) if len(codes) > 1)

    def save(self, path: str | Path) -> None:
        """Write codes, polygons and raster to one file, so that the raster is built only once."""
        path, raster = Path(path), self.build()._raster
        codes = self.codes if self.codes.dtype.kind in "iu" else self.codes.astype(str)
        wkb = shapely.to_wkb(self._polygons)
        ends = np.cumsum([0, *map(len, wkb)], dtype=np.int64)
        parts: dict[str, Any] = {"codes": codes, "ends": ends, "wkb": np.frombuffer(b"".join(wkb), np.uint8)}
        parts |= vars(raster) if raster else {}
        _write(path, parts)

    @classmethod
    def load(cls, path: str | Path, *, threads: int = 0) -> PlacementIndex:
        """Read an index that `save` wrote.

        Raises
        ------
        UnreadableInput : when there is no such file, or it is damaged
        """
        parts = _read(Path(path))
        codes, ends, wkb = parts.pop("codes"), parts.pop("ends"), parts.pop("wkb").tobytes()
        polygons = np.empty(len(codes), dtype=object)
        polygons[:] = [shapely.from_wkb(wkb[begin:end]) for begin, end in pairwise(ends)]
        index = cls.__new__(cls)
        codes = codes.astype(object) if codes.dtype.kind == "U" else codes
        index._hold(codes, polygons, Raster(**parts) if parts else None, threads)
        return index

    def __getstate__(self) -> dict[str, Any]:
        """Leave behind what belongs to this process: the tree and the lock."""
        return {**vars(self), "_tree": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock())

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

        Prepared polygons complete themselves on first use, so that each must be left to one thread: hold
        the lock.
        """
        tree, parts, leaf = self._searched()
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        point, part = tree.query(shapely.points(x[finite], y[finite]))
        order = np.argsort(part, kind="stable")
        point, part = finite[point[order]], part[order]
        beside, first = np.unique(part, return_index=True)
        ends = np.append(first, len(part))

        def tested(some: slice) -> tuple[Ints, Ints, NDArray[np.bool_]]:
            """Test the points beside some parts, which no other thread does."""
            shapely.prepare(parts[beside[some]])
            here = slice(ends[some.start], ends[some.stop])
            near, of = point[here], part[here]
            touched = shapely.intersects_xy(parts[of], x[near], y[near])
            near, of = near[touched], of[touched]
            return near, leaf[of], shapely.contains_xy(parts[of], x[near], y[near])

        near, of, within = spread(tested, len(beside), PARTS_AT_A_TIME, self.threads)
        return near, of, within

    def _searched(self) -> tuple[shapely.STRtree, NDArray[Any], Ints]:
        """Return the polygons to search, the leaf of each and a tree of their boxes.

        Multipolygons are searched part by part: the box around two distant parts would hold half the city.
        """
        if self._tree is None:
            several = shapely.get_num_geometries(self._polygons) > 1
            parts, owner = shapely.get_parts(self._polygons[several], return_index=True)
            parts = np.concatenate([self._polygons[~several], parts])
            leaf = np.concatenate([np.flatnonzero(~several), np.flatnonzero(several)[owner]])
            self._tree = shapely.STRtree(parts), parts, leaf
        return self._tree


def _kept(polygons: NDArray[Any], folder: Path) -> Raster:
    """Read the raster of just these polygons from its file, or build it and write the file."""
    path = folder / f"{_fingerprint(polygons)}.raster"
    try:
        raster = Raster(**_read(path))
    except UnreadableInput:
        raster = build_raster(polygons)
        with suppress(OSError):  # a full or locked disk costs time at the next start, nothing else
            folder.mkdir(exist_ok=True)
            _write(path, vars(raster))
            for old in sorted(folder.glob("*.raster"), key=_last_used)[:-FILES_KEPT]:
                old.unlink()
    with suppress(OSError):
        path.touch()
    return raster


def _read(path: Path) -> dict[str, NDArray[Any]]:
    """Read arrays from a file; each has a checksum there, which is compared."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
            return {name: parts[name] for name in parts.files}
    except (OSError, ValueError, EOFError, KeyError, TypeError, BadZipFile) as fault:
        raise UnreadableInput(f"{path.name} is no index or is damaged ({fault}). Build it again.") from fault


def _write(path: Path, parts: dict[str, Any]) -> None:
    """Write arrays to a file that appears under its name only when it is complete."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with unfinished.open("wb") as file:
            np.savez(file, **parts)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _last_used(path: Path) -> float:
    return path.stat().st_mtime


def _fingerprint(polygons: NDArray[Any]) -> str:
    """Return a text that stands for these polygons in this order, and for the raster as it is written now."""
    digest = hashlib.sha256(f"{LAYOUT} {SHARE} {FOLD}".encode())
    for wkb in shapely.to_wkb(polygons):
        digest.update(wkb)
    return digest.hexdigest()[:32]


def _overlap(codes: tuple[str, ...]) -> Finding:
    text = f"The cells {', '.join(codes)} overlap; their common points go to {codes[0]}. Mend the overlap."
    return Finding("coverage.overlap", "warning", text, codes=codes)


def _refuse_faults(codes: NDArray[Any], absent: NDArray[np.bool_], polygons: NDArray[Any]) -> None:
    """Refuse what no point can be placed into without a guess: all faults at once."""
    known, times = np.unique(codes[~absent].astype(str), return_counts=True)
    reserved = np.isin(codes.astype(str), ["-1"] if codes.dtype.kind in "iu" else [""])
    drawn = np.isin(shapely.get_type_id(polygons), (3, 6)) & ~shapely.is_empty(polygons)
    crossed = drawn & ~shapely.is_valid(polygons)
    findings = [
        _fault(
            "code_missing", codes[absent | reserved], "without a code of its own ('' and -1 mean nowhere)"
        ),
        _fault("code_doubled", known[times > 1], "in several rows: dissolve them into one multipolygon"),
        _fault("no_polygon", codes[~drawn], "without a polygon: draw them or leave them out"),
        _fault("invalid_polygon", codes[crossed], "with an invalid polygon: mend it with shapely.make_valid"),
    ]
    found = [finding for finding in findings if finding.amount]
    if found:
        told = " ".join(finding.message for finding in found)
        raise Refused(f"Points cannot be placed into these cells. {told}", findings=found)


def _fault(check: str, codes: NDArray[Any], what: str) -> Finding:
    named = tuple(map(str, codes))
    shown = ", ".join(named[:5]) + ", ..." * (len(named) > 5)
    text = f"{len(named)} cells {what} ({shown})."
    return Finding(f"coverage.{check}", "error", text, codes=named, amount=len(named), unit="cells")
