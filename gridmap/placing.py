"""Placing: every record into exactly one region for every day, or listed with the reason.

The places of a record are tried in order: its point, its building's point, its region code, its
region name. Whether a point lies in a cell is asked once per set of boundaries; only points whose cell
changed are asked again for the next set. A record placed by name in a divided community counts there
and above, and as "not placed" below: it is never guessed into a grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from gridmap import progress
from gridmap.gazetteer import NOWHERE, Gazetteer
from gridmap.index import PlacementIndex
from gridmap.periods import OPEN_FUTURE, OPEN_PAST
from gridmap.polygons import with_geometry
from gridmap.registers import placed_registers
from gridmap.store import Session

#: Tables of the registers whose records have a place.
PLACED_TABLES = tuple(register.table for register in placed_registers())
#: Those of registers that are data only: their records lie together in one table.
_TOGETHER = tuple(register.table for register in placed_registers() if register.described)

#: Tables large enough to note on each row the one region it lies in on every day.
SETTLED_TABLES = ("petition",)

_NAMES = ["region_code", "region_name", "parent_name", "place_reason"]

BATCH = 1_000_000

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
    leaves : their polygons with region_id and code, ordered by code
    changed : regions that are leaves here with another shape than in the epoch before, or were leaves
        there and are no longer
    """

    since: date
    leaves: gpd.GeoDataFrame
    changed: npt.NDArray[np.int64]
    _index: list[PlacementIndex] = field(default_factory=list, repr=False)

    def locate(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Return the region each point lies in (NOWHERE for none), and whether it lies on a border."""
        if not self._index:
            self._index.append(PlacementIndex(self.leaves, code="code"))
        located = self._index[0].locate(x, y)
        numbers = np.append(self.leaves["region_id"].to_numpy(dtype=np.int64), NOWHERE)
        return numbers[located.leaf], located.on_border


@dataclass(frozen=True)
class Placer:
    """Place records in the boundaries of all days.

    Parameters
    ----------
    epochs : the sets of boundaries, in time order
    gazetteer : finds regions by code and name
    """

    epochs: tuple[Epoch, ...]
    gazetteer: Gazetteer

    @classmethod
    def of(cls, tx: Session, *, crs: str) -> Placer:
        """Read all boundaries believed today."""
        days = [day.date() for day in tx.query("versions/epochs")["day"]]
        leaves = [with_geometry(tx.query("versions/leaves_on", on_day=day), crs) for day in days]
        changed = [_changed(before, after) for before, after in zip([None, *leaves], leaves, strict=False)]
        epochs = tuple(Epoch(*parts) for parts in zip(days, leaves, changed, strict=True))
        return cls(epochs, Gazetteer.of(tx.query("versions/region_periods")))

    def place(self, kind: str, sites: pd.DataFrame) -> pa.Table:
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
        has_point = sites["x"].notna().to_numpy()
        pointed = self._by_point(sites[has_point])
        lost = _never_placed(pointed)
        rest = pd.concat([
            sites[~has_point].fillna({"place_reason": "no coordinates"}),
            sites[has_point][lost].assign(place_reason="outside every cell"),
        ])  # fmt: skip
        named = self._by_name(rest)
        keep = ~np.isin(pointed["record_id"], rest["record_id"])
        rows = pd.concat([pointed[keep], named], ignore_index=True)
        return pa.Table.from_pandas(rows.assign(record_kind=kind), schema=_PLACE, preserve_index=False)

    def _by_point(self, sites: pd.DataFrame) -> pd.DataFrame:
        """Return one row per record and period in which its cell stays the same."""
        x, y = sites["x"].to_numpy(dtype=float), sites["y"].to_numpy(dtype=float)
        region = np.zeros(len(sites), dtype=np.int64)
        on_border = np.zeros(len(sites), dtype=bool)
        spans = _Spans(len(sites))
        for epoch in self.epochs:
            again = _to_ask_again(epoch, region, on_border, first=epoch is self.epochs[0])
            found, border = epoch.locate(x[again], y[again])
            moved = again[(found != region[again]) | (border != on_border[again])]
            spans.close(moved, epoch.since, region, on_border)
            region[again], on_border[again] = found, border
        spans.close(np.arange(len(sites)), OPEN_FUTURE, region, on_border)
        rows = spans.frame()
        at = rows.pop("position").to_numpy()
        placed = (rows["region_id"] != NOWHERE).to_numpy()
        reason = np.full(len(rows), "outside every cell", dtype=object)
        reason[placed] = None
        return rows.assign(
            record_id=sites["record_id"].to_numpy()[at],
            placed_by=np.where(placed, sites["point_by"].to_numpy()[at], "none"),
            reason=reason,
        )

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


class _Spans:
    """Collect, per record, the periods in which nothing about its place changed."""

    def __init__(self, count: int) -> None:
        self._since = np.full(count, np.datetime64(OPEN_PAST), dtype="datetime64[D]")
        self._rows: list[pd.DataFrame] = []

    def close(
        self,
        positions: npt.NDArray[np.int64],
        day: date,
        region: npt.NDArray[np.int64],
        on_border: npt.NDArray[np.bool_],
    ) -> None:
        """End the running period of some records on a day; periods of no length are left out."""
        real = positions[self._since[positions] < np.datetime64(day)]
        self._rows.append(pd.DataFrame({
            "position": real,
            "region_id": region[real],
            "on_border": on_border[real],
            "valid_from": self._since[real],
            "valid_to": np.full(len(real), np.datetime64(day), dtype="datetime64[D]"),
        }))  # fmt: skip
        self._since[positions] = np.datetime64(day)

    def frame(self) -> pd.DataFrame:
        return pd.concat(self._rows, ignore_index=True).sort_values("position", kind="stable")


def place_all(tx: Session, *, crs: str) -> None:
    """Place every record of every register anew."""
    placer = Placer.of(tx, crs=crs)
    for table in PLACED_TABLES:
        place_records(tx, placer, table, _all_of(tx, table))


def place_changed(tx: Session, region_ids: Sequence[int], *, crs: str) -> int:
    """Place again only the records that a boundary change can concern, and return how many those are.

    These are the records in the regions that changed, those that lie nowhere or on a border, and those
    placed by code or name.
    """
    placer = Placer.of(tx, crs=crs)
    touched = 0
    for table in PLACED_TABLES:
        records = tx.arrow("placing/touched", record_kind=table, region_ids=list(region_ids))
        place_records(tx, placer, table, records)
        touched += len(records)
    return touched


def place_records(tx: Session, placer: Placer, table: str, records: pa.Table) -> None:
    """Place the given records of one register, forgetting where they lay before.

    Parameters
    ----------
    tx : the open transaction
    placer : the boundaries
    table : table of the register
    records : table with one column, record_id
    """
    with progress.bar(len(records), f"placing {table.replace('_', ' ')}s") as bar:
        for batch in _batches(records):
            kept_in = "record" if table in _TOGETHER else table
            sites = tx.query(f"placing/{kept_in}.sites", records=batch)
            tx.run("placing/forget", record_kind=table, records=batch)
            tx.run("placing/insert", placed=placer.place(table, sites))
            if table in SETTLED_TABLES:
                tx.run(f"placing/{table}.settle", records=batch)
            bar.update(len(batch))


def _all_of(tx: Session, table: str) -> pa.Table:
    """Return the numbers of all records of a register."""
    if table in _TOGETHER:
        return tx.arrow("placing/record.ids", record_kind=table)
    return tx.arrow(f"placing/{table}.ids")


def _batches(records: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, len(records), BATCH):
        yield records.slice(start, BATCH)


def _changed(before: gpd.GeoDataFrame | None, after: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Return the regions whose leaf is not the same in both; all of them when there is no earlier."""
    if before is None:
        return np.asarray(after["region_id"], dtype=np.int64)
    was = dict(zip(before["region_id"], before.geometry.to_wkb(), strict=True))
    now = dict(zip(after["region_id"], after.geometry.to_wkb(), strict=True))
    return np.array([key for key in was.keys() | now.keys() if was.get(key) != now.get(key)], dtype=np.int64)


def _to_ask_again(
    epoch: Epoch, region: npt.NDArray[np.int64], on_border: npt.NDArray[np.bool_], *, first: bool
) -> npt.NDArray[np.int64]:
    """Return the positions of points whose cell may differ in this epoch."""
    if first:
        return np.arange(len(region))
    return np.flatnonzero(np.isin(region, epoch.changed) | (region == NOWHERE) | on_border)


def _never_placed(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return, per record in order, whether it lies nowhere at all times."""
    if rows.empty:
        return np.zeros(0, dtype=bool)
    placed = (rows["region_id"] != NOWHERE).groupby(rows["record_id"], sort=False).any()
    return np.asarray(~placed.to_numpy())
