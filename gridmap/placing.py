"""Placing: every record into exactly one region for every day, or listed with the reason.

The places of a record are tried in order: its point, its building's point, its region code, its
region name. Whether a point lies in a cell is asked once per set of boundaries; only points whose cell
changed are asked again for the next set. A record placed by name in a divided community counts there
and above, and as "not placed" below: it is never guessed into a grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gridmap import polygons, progress
from gridmap.coverage import METRIC_STEP
from gridmap.gazetteer import NOWHERE, Gazetteer
from gridmap.index import PlacementIndex
from gridmap.periods import OPEN_FUTURE, OPEN_PAST
from gridmap.polygons import Geometries
from gridmap.registers import placed_registers
from gridmap.store import Session

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

#: Tables of the registers whose records have a place.
PLACED_TABLES = tuple(register.table for register in placed_registers())

#: What is noted, after placing, of tables large enough to note on each row the one region it lies in on every
#: day, and beside them the few records that moved.
NOTED = {"petition": ("petition.settle", "petition.stay", "petition.move")}

_NAMES = ["region_code", "region_name", "parent_name", "place_reason"]

BATCH = 1_000_000
INDEX_FOLDER = "index"  #: where in the store's folder indexes of boundaries are kept; may be deleted

_PLACE = pa.schema([
    ("record_kind", pa.string()), ("record_id", pa.int64()), ("region_id", pa.int64()),
    ("valid_from", pa.date32()), ("valid_to", pa.date32()), ("placed_by", pa.string()),
    ("on_border", pa.bool_()), ("reason", pa.string()),
])  # fmt: skip


@dataclass(frozen=True)
class Epoch:
    """Hold the leaf cells in force from one change to the next.

    Parameters
    ----------
    since : first day
    leaves : polygons with region_id and code, ordered by code: in the first epoch all leaves, in a later
        one those in and beside the changed land
    land : what the leaves that changed cover or covered; None in the first epoch
    changed : regions that are leaves here with another code or shape than in the epoch before, or were
        leaves there and are no longer
    kept_in : folder in which the index of the leaves is kept; None for the few of a change
    """

    since: date
    leaves: gpd.GeoDataFrame
    land: PlacementIndex | None
    changed: Integers
    kept_in: Path | None = None

    @cached_property
    def _index(self) -> PlacementIndex:
        return PlacementIndex(self.leaves, code="code", kept_in=self.kept_in)

    def locate(self, x: Floats, y: Floats) -> tuple[Integers, Flags]:
        """Return the region each point lies in (NOWHERE for none), and whether it lies on a border."""
        located = self._index.locate(x, y)
        numbers = np.append(self.leaves["region_id"].to_numpy(dtype=np.int64), NOWHERE)
        return numbers[located.leaf], located.on_border

    def concerned(self, x: Floats, y: Floats, region: Integers, on_border: Flags) -> Integers:
        """Return the positions of points whose cell may differ from that of the epoch before."""
        if self.land is None:
            return np.arange(len(x))
        inside = np.isin(region, self.changed)
        edges = np.flatnonzero(~inside & (on_border | (region == NOWHERE)))
        touched = edges[self.land.locate(x[edges], y[edges]).leaf >= 0]
        return np.sort(np.concatenate([np.flatnonzero(inside), touched]))


@dataclass(frozen=True)
class Placer:
    """Place records in the boundaries of all days.

    Parameters
    ----------
    epochs : the sets of boundaries, in time order
    called : the periods of all regions, with what they are called
    """

    epochs: tuple[Epoch, ...]
    called: pd.DataFrame

    @classmethod
    def of(cls, tx: Session, *, crs: str, near: Geometries | None = None) -> Placer:
        """Read all boundaries believed today; only those near some polygons, when these are given."""
        if near is None:
            rows = tx.query("placing/leaf_periods")
        else:
            bounds = dict(zip(("min_x", "min_y", "max_x", "max_y"), shapely.bounds(near).T, strict=True))
            rows = tx.query("placing/leaf_periods_near", boxes=pa.table(bounds))
        folder = Path(tx.scalar("placing/store_file")).parent / INDEX_FOLDER if near is None else None
        return cls(tuple(_epochs(rows, crs, folder)), tx.query("versions/region_periods"))

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Return what finds regions by code and name; most changes of boundaries ask for none."""
        return Gazetteer.of(self.called)

    def place(self, kind: str, sites: pa.Table) -> pa.Table:
        """Return the rows of `place` for some records.

        Parameters
        ----------
        kind : table of the records
        sites : record_id, x, y (metric CRS of the store, null without a point), point_by, region_code,
            region_name, parent_name, place_reason (why its coordinates cannot be used); one row per record

        Returns
        -------
        Table with the columns of `place`; the periods of every record fill all time
        """
        x, y = (sites[axis].to_numpy() for axis in "xy")
        has_point = np.flatnonzero(~np.isnan(x))
        spans = self._by_point(x[has_point], y[has_point])
        placed = np.zeros(len(x), dtype=bool)
        placed[has_point[spans.position[spans.region != NOWHERE]]] = True
        kept = placed[has_point[spans.position]]
        pointed = _rows_of(kind, sites.take(has_point[spans.position[kept]]), spans.only(kept))
        rest = sites.filter(~placed).to_pandas()
        reason = rest["place_reason"].fillna("no coordinates").where(rest["x"].isna(), "outside every cell")
        named = self._by_name(rest.assign(place_reason=reason)).assign(record_kind=kind)
        return pa.concat_tables([pointed, pa.Table.from_pandas(named, schema=_PLACE, preserve_index=False)])

    def _by_point(self, x: Floats, y: Floats) -> _Spans:
        """Return the periods in which the cell of each point stays the same."""
        region = np.zeros(len(x), dtype=np.int64)
        on_border = np.zeros(len(x), dtype=bool)
        since = np.full(len(x), np.datetime64(OPEN_PAST), dtype="datetime64[D]")
        ended: list[_Spans] = []

        def end(some: Integers, day: date) -> None:
            """End the running period of some points on a day; periods of no length are left out."""
            until = np.full(len(some), np.datetime64(day))
            spans = _Spans(some, region[some], on_border[some], since[some], until)
            ended.append(spans.only(spans.since < until))
            since[some] = until

        for epoch in self.epochs:
            again = epoch.concerned(x, y, region, on_border)
            found, border = epoch.locate(x[again], y[again])
            end(again[(found != region[again]) | (border != on_border[again])], epoch.since)
            region[again], on_border[again] = found, border
        end(np.arange(len(x)), OPEN_FUTURE)
        columns: Any = zip(*ended, strict=True)
        together = _Spans(*map(np.concatenate, columns))
        return together.only(np.argsort(together.position, kind="stable"))

    def _by_name(self, sites: pd.DataFrame) -> pd.DataFrame:
        """Return one row per record and period of the region that its code or name stands for."""
        asked = sites[_NAMES].astype(object).where(sites[_NAMES].notna(), None)
        asked.insert(0, "record_id", sites["record_id"])
        found = pd.DataFrame([
            {**dict(zip(_NAMES, names, strict=True)), **entry}
            for names in asked[_NAMES].drop_duplicates().itertuples(index=False, name=None)
            for entry in self.gazetteer.find(*names[:3], otherwise=names[3])
        ], columns=[*_NAMES, "region_id", "valid_from", "valid_to", "placed_by", "reason"])  # fmt: skip
        return asked.merge(found, on=_NAMES, how="left").drop(columns=_NAMES).assign(on_border=False)


class _Spans(NamedTuple):
    """Hold periods in which nothing about the place of a point changed."""

    position: Integers  #: of the point
    region: Integers
    on_border: Flags
    since: Days
    until: Days

    def only(self, some: Integers | Flags) -> _Spans:
        columns: Any = self
        return _Spans(*(column[some] for column in columns))


def _rows_of(kind: str, sites: pa.Table, spans: _Spans) -> pa.Table:
    """Return the rows of `place` for spans, the site of each beside it."""
    placed = pa.array(spans.region != NOWHERE)
    return pa.table([
        pa.repeat(kind, len(placed)),
        sites["record_id"],
        spans.region,
        spans.since,
        spans.until,
        pc.if_else(placed, sites["point_by"], "none"),
        spans.on_border,
        pc.if_else(placed, pa.scalar(None, pa.string()), "outside every cell"),
    ], schema=_PLACE)  # fmt: skip


def place_all(tx: Session, *, crs: str) -> None:
    """Place every record of every register anew."""
    placer = Placer.of(tx, crs=crs)
    for table in PLACED_TABLES:
        place_records(tx, placer, table, tx.arrow("placing/ids", record_kind=table))


def place_changed(tx: Session, cs: int, *, crs: str) -> int:
    """Place again only the records that a changeset can concern, and return how many those are.

    These are the records in the regions that changed and on borders in and beside them, those in no cell
    whose point lies in the changed land, and those whose code or name stands for something else now. Records
    in no cell are looked through only where other land is covered than before, codes and names only where
    the change gave or took one. Only the leaves near the changed land are read; a point farther away stays
    where it is, for those it lay in earlier may not be among them. The result is that of placing all records
    anew.

    Parameters
    ----------
    tx : the open transaction, in which the changeset was published
    cs : number of the changeset
    crs : metric CRS of the store
    """
    change = _Change.of(tx, cs, crs)
    placer = Placer.of(tx, crs=crs, near=polygons.as_array(change.land.geometry))
    near = sorted({int(number) for epoch in placer.epochs for number in epoch.leaves["region_id"]})
    reach = shapely.STRtree(shapely.box(*shapely.bounds(polygons.as_array(change.land.geometry)).T))
    return sum(
        place_records(tx, placer, table, _concerned(tx, table, change, near, placer), reach=reach)
        for table in PLACED_TABLES
    )


@dataclass(frozen=True)
class _Change:
    """Hold what a changeset changed, as far as it matters to the places of records.

    Parameters
    ----------
    land : the leaves that changed, as they were and as they are
    renamed : regions of which anything but the land changed
    day : first day of the change
    other_outline : whether other land may be covered than before
    other_names : whether a code or name may stand for something else than before
    """

    land: gpd.GeoDataFrame
    renamed: Integers
    day: date
    other_outline: bool
    other_names: bool

    @classmethod
    def of(cls, tx: Session, cs: int, crs: str) -> _Change:
        land = polygons.with_geometry(tx.query("placing/changed_leaves", cs=cs), crs)
        others = tx.query("placing/changed_regions", cs=cs)
        is_new = land["is_new"].to_numpy(dtype=bool)
        return cls(
            land=land,
            renamed=others["region_id"].to_numpy(dtype=np.int64),
            day=land["on_day"].iloc[0] if len(land) else OPEN_PAST,
            other_outline=_outline_differs(polygons.as_array(land.geometry), is_new),
            other_names=bool(others["is_other"].any()),
        )


def _outline_differs(shapes: Geometries, is_new: Flags) -> bool:
    """Return whether new polygons cover other land than the old; yes, where that cannot be seen at once.

    What neighbours share runs both ways: where the directed segments of the old and those of the new have the
    same sum, each point lies in as many of the one as of the other.
    """
    lattice = polygons.to_lattice(shapes, step=METRIC_STEP)
    segments, owner = polygons.directed_segments(lattice)
    sides, ahead = polygons.undirected(segments)
    _, line = np.unique(sides, axis=0, return_inverse=True)
    return bool(np.bincount(line.ravel(), np.where(ahead == is_new[owner], 1, -1)).any())


def _concerned(tx: Session, table: str, change: _Change, near: list[int], placer: Placer) -> pa.Table:
    """Return the records of a register to be placed again after a change; `near` are the leaves beside it."""
    found = tx.arrow(
        "placing/concerned", record_kind=table, region_ids=change.land["region_id"].unique().tolist(),
        near_ids=near, renamed_ids=change.renamed.tolist(), on_day=change.day,
        other_outline=change.other_outline, other_names=change.other_names,
    )  # fmt: skip
    surely = found.filter(pc.or_(found["inside"], found["on_edge"]))
    uncovered, by_name = (found.filter(found[reason]).select(["record_id"])
                          for reason in ("uncovered", "by_name"))  # fmt: skip
    again = [
        surely["record_id"].to_numpy(),
        _touching(tx, table, uncovered, change.land),
        _named_otherwise(tx, table, by_name, placer),
    ]
    records = np.unique(np.concatenate(again))
    pointed = surely.filter(surely["by_point"])["record_id"].to_numpy()
    return pa.table({"record_id": records, "by_point": np.isin(records, pointed)})


def _touching(tx: Session, table: str, records: pa.Table, land: gpd.GeoDataFrame) -> Integers:
    """Return those of some records whose point touches the land."""
    if land.empty or not len(records):
        return np.empty(0, dtype=np.int64)
    west, south, east, north = map(float, land.total_bounds)
    points = tx.arrow("placing/points", record_kind=table, records=records,
                      min_x=west, min_y=south, max_x=east, max_y=north)  # fmt: skip
    located = _index_of(land.geometry).locate(points["x"].to_numpy(), points["y"].to_numpy())
    return np.asarray(points["record_id"].to_numpy()[located.leaf >= 0])


def _named_otherwise(tx: Session, table: str, records: pa.Table, placer: Placer) -> Integers:
    """Return those of some records, placed by code or name, whose code or name now says something else."""
    if not len(records):
        return np.empty(0, dtype=np.int64)
    stored: dict[tuple[str | None, ...], list[dict[str, Any]]] = {}
    for row in tx.arrow("placing/names", record_kind=table, records=records).to_pylist():
        stored.setdefault(tuple(row.pop(name) for name in _NAMES[:3]), []).append(row)
    otherwise = [
        names for names, rows in stored.items() if placer.gazetteer.find(*names, otherwise="") != rows
    ]
    if not otherwise:
        return np.empty(0, dtype=np.int64)
    columns = [pa.array(column, pa.string()) for column in zip(*otherwise, strict=True)]
    names = pa.table(columns, names=_NAMES[:3])
    again = tx.arrow("placing/named", record_kind=table, records=records, names=names)
    return np.asarray(again["record_id"].to_numpy())


def place_records(
    tx: Session, placer: Placer, table: str, records: pa.Table, *, reach: shapely.STRtree | None = None
) -> int:
    """Place the given records of one register, forgetting where they lay before; return how many those are.

    Parameters
    ----------
    tx : the open transaction
    placer : the boundaries
    table : table of the register
    records : record_id; with a reach also by_point, whether a record lies somewhere by its point
    reach : boxes outside of which the placer does not know all boundaries: records that lie there by their
        point are left as they are; None where it knows them all
    """
    placed = 0
    with progress.bar(len(records), f"placing {table.replace('_', ' ')}s") as bar:
        for batch in _batches(records):
            sites = tx.arrow("placing/sites", record_kind=table, records=batch.select(["record_id"]))
            kept = sites if reach is None else sites.filter(_within(reach, sites, batch))
            _place_sites(tx, placer, table, kept)
            placed += len(kept)
            bar.update(len(batch))
    return placed


def _within(reach: shapely.STRtree, sites: pa.Table, records: pa.Table) -> Flags:
    """Return which records do not lie by their point, or by one in a box."""
    by_point = records.filter(records["by_point"])["record_id"].to_numpy()
    asked = np.flatnonzero(np.isin(sites["record_id"].to_numpy(), by_point))
    x, y = (sites[axis].to_numpy()[asked] for axis in "xy")
    kept = np.ones(len(sites), dtype=bool)
    kept[asked] = False
    kept[asked[np.unique(reach.query(shapely.points(x, y))[0])]] = True
    return kept


def _place_sites(tx: Session, placer: Placer, table: str, sites: pa.Table) -> None:
    tx.run("placing/forget", record_kind=table, records=sites.select(["record_id"]))
    placed = placer.place(table, sites)
    tx.run("placing/insert", placed=placed)
    for note in NOTED.get(table, ()):
        tx.run(f"placing/{note}", placed=placed)


def _batches(records: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, len(records), BATCH):
        yield records.slice(start, BATCH)


def _epochs(rows: pd.DataFrame, crs: str, kept_in: Path | None) -> Iterator[Epoch]:
    """Yield the epochs of some leaves; `rows` are their periods, ordered by code.

    Periods of a leaf that differ in nothing but their days are one form. What is compared from epoch to
    epoch are forms.
    """
    rows = rows.assign(wkb=rows["wkb"].map(bytes))
    form = rows.groupby(["region_id", "code", "wkb"], sort=False).ngroup().to_numpy()
    first = np.unique(form, return_index=True)[1]
    forms = polygons.with_geometry(rows.iloc[first][["region_id", "code", "wkb"]], crs)
    shapes = polygons.as_array(forms.geometry)
    since, until = (rows[name].astype("datetime64[s]").to_numpy() for name in ("valid_from", "valid_to"))
    days = np.unique(np.concatenate([since, until[until < np.datetime64(OPEN_FUTURE)]]))
    before: Integers | None = None
    for day in days:
        now = np.unique(form[(since <= day) & (day < until)])
        changed = now if before is None else np.setxor1d(before, now)
        land = None if before is None else _index_of(shapes[changed])
        leaves = now if before is None else _near(shapes, now, changed)
        if len(changed):
            ids = np.unique(forms["region_id"].to_numpy(dtype=np.int64)[changed])
            leaves_here = forms.iloc[leaves].sort_values("code", ignore_index=True)
            yield Epoch(pd.Timestamp(day).date(), leaves_here, land, ids, kept_in if land is None else None)
        before = now


def _near(shapes: Geometries, some: Integers, others: Integers) -> Integers:
    """Return which of some polygons reach into the boxes around others."""
    found = shapely.STRtree(shapes[some]).query(shapes[others])[1]
    return np.asarray(some[np.unique(found)])


def _index_of(shapes: Geometries | gpd.GeoSeries) -> PlacementIndex:
    """Return an index that tells whether points touch any of some polygons."""
    geometry = gpd.GeoSeries(list(shapes))
    return PlacementIndex(gpd.GeoDataFrame({"code": np.arange(len(geometry))}, geometry=geometry))
