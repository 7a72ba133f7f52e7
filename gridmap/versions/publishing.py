"""Publish a boundary change, and never lose the past.

A changeset is one transaction. Rows of `region_version` are never deleted or changed, except that
`tx_to` closes when the store stops believing a row: the version that was in force is believed to end
on the effective day, and a new row says what holds from then on. Parents have versions without land;
their land is the sum of their leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from gridmap.errors import Refused
from gridmap.store import Session


@dataclass(frozen=True)
class Change:
    """Say why boundaries change, since when, and who says so.

    Parameters
    ----------
    title : what changes, in a few words
    kind : load, publish or restore
    effective_on : first day on which the new boundaries are in force
    author : who recorded it
    approved_by, document : who approved it, and under which number
    reverts : changeset that this one takes back
    draft : name of the draft it was worked out in
    operations : the edits, as a JSON list
    validation : the list of checks as it stood when the change was published, as a JSON list
    """

    title: str
    kind: str
    effective_on: date
    author: str
    approved_by: str | None = None
    document: str | None = None
    reverts: int | None = None
    draft: str | None = None
    operations: str = "[]"
    validation: str = "[]"


def publish(
    tx: Session,
    change: Change,
    *,
    ended: Sequence[int],
    opened: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    rewrite: bool = False,
) -> int:
    """Put a boundary change into force within a transaction.

    Parameters
    ----------
    tx : the open transaction
    change : why, since when, who
    ended : regions that end on the effective day
    opened : regions in force from then on: region_id (of an existing region, which then gets a new
        version, or negative for a new one), level, code, name, parent_id (may be negative as well),
        kind, geometry (None for parents; metric CRS)
    before : the leaves this change replaces, with region_id and geometry, for the lineage
    rewrite : also stop believing versions of these regions that begin or end after the effective day

    Returns
    -------
    Number of the changeset

    Raises
    ------
    Refused : when a region concerned already has a version that begins or ends later than the effective
        day, unless `rewrite`
    """
    ids = tx.query("versions/next_ids").iloc[0]
    cs, recorded_at = int(ids["cs"]), _later_than(ids["last_recorded"])
    settled = _with_ids(opened, first=int(ids["region_id"]))
    touched = sorted({*ended, *settled.loc[~settled["is_new"], "region_id"]})
    if not rewrite:
        _refuse_rewriting(tx, touched, change.effective_on)
    tx.run("versions/insert_changeset", cs=cs, title=change.title, kind=change.kind,
           effective_on=change.effective_on, recorded_at=recorded_at, author=change.author,
           approved_by=change.approved_by, document=change.document, reverts=change.reverts,
           draft=change.draft, operations=change.operations, validation=change.validation)  # fmt: skip
    table = _as_table(settled)
    tx.run("versions/insert_regions", opened=table)
    tx.run("versions/shorten", region_ids=touched, on_day=change.effective_on, recorded_at=recorded_at, cs=cs)
    tx.run("versions/disbelieve", region_ids=touched, on_day=change.effective_on,
           recorded_at=recorded_at, cs=cs)  # fmt: skip
    tx.run("versions/insert_versions", opened=table, on_day=change.effective_on,
           recorded_at=recorded_at, cs=cs)  # fmt: skip
    if rewrite:  # what is as it ever was must not look like a change on the effective day
        tx.run("versions/join_adjoining", region_ids=touched, recorded_at=recorded_at, cs=cs)
        tx.run("versions/disbelieve_joined", region_ids=touched, recorded_at=recorded_at, cs=cs)
    tx.run("versions/insert_lineage", cs=cs, pairs=_lineage(before, settled))
    rebuild_ancestry(tx)
    return cs


def rebuild_ancestry(tx: Session) -> None:
    """Derive the table of ancestors anew from the versions believed today."""
    tx.run("versions/clear_ancestry")
    tx.run("versions/fill_ancestry")


def people_on(tx: Session, region_ids: Sequence[int], day: date) -> pa.Table:
    """Return who lives in some leaves on a day, to be asked before a change for `share_people` after it.

    Returns
    -------
    Table with record_id (of `population`), region_id, people
    """
    return tx.arrow("versions/people_on", region_ids=list(region_ids), on_day=day)


def share_people(tx: Session, cs: int, *, before: pa.Table, day: date) -> None:
    """Complete the lineage of a changeset with the share of people, once records are placed again.

    Parameters
    ----------
    tx : the open transaction
    cs : number of the changeset
    before : who lived in the replaced leaves, from `people_on`
    day : first day of the change
    """
    tx.run("versions/share_people", cs=cs, before=before, on_day=day)


def _refuse_rewriting(tx: Session, region_ids: list[int], day: date) -> None:
    later = tx.query("versions/latest_of", region_ids=region_ids, on_day=day)
    if len(later):
        first = later.iloc[0]
        raise Refused(
            f"{len(later)} regions have a version that begins or ends after {day}, such as "
            f"{first['code']} on {first['changes_on']:%Y-%m-%d}. Choose a later effective day."
        )


def _later_than(last: datetime | None) -> datetime:
    """Return the moment of recording: now, but always after the changeset before, whatever the clock says."""
    now = datetime.now()
    return now if last is None or pd.isna(last) else max(now, last + timedelta(microseconds=1))


def _with_ids(opened: gpd.GeoDataFrame, *, first: int) -> gpd.GeoDataFrame:
    """Give new regions their numbers, in the frame's order, and follow them in parent_id."""
    fresh = [int(number) for number in opened["region_id"] if number < 0]
    numbers = {old: first + position for position, old in enumerate(fresh)}
    parent = opened["parent_id"].map(lambda number: numbers.get(number, number), na_action="ignore")
    return opened.assign(
        is_new=opened["region_id"] < 0,
        region_id=opened["region_id"].map(lambda number: numbers.get(number, number)).astype("int64"),
        parent_id=parent.astype("Int64"),
    )


def _as_table(settled: gpd.GeoDataFrame) -> pa.Table:
    bounds = settled.geometry.bounds
    has_land = settled.geometry.notna()
    columns = settled[["region_id", "level", "code", "name", "parent_id", "kind", "is_new"]]
    frame = pd.DataFrame(columns).assign(
        wkb=shapely.to_wkb(settled.geometry.to_numpy()),
        area_m2=settled.geometry.area.where(has_land),
        min_x=bounds["minx"], min_y=bounds["miny"], max_x=bounds["maxx"], max_y=bounds["maxy"],
    )  # fmt: skip
    return pa.Table.from_pandas(frame, schema=_OPENED, preserve_index=False)


_OPENED = pa.schema([
    ("region_id", pa.int64()), ("level", pa.string()), ("code", pa.string()), ("name", pa.string()),
    ("parent_id", pa.int64()), ("kind", pa.string()), ("is_new", pa.bool_()), ("wkb", pa.binary()),
    ("area_m2", pa.float64()), ("min_x", pa.float64()), ("min_y", pa.float64()),
    ("max_x", pa.float64()), ("max_y", pa.float64()),
])  # fmt: skip


def _lineage(before: gpd.GeoDataFrame, settled: gpd.GeoDataFrame) -> pa.Table:
    """List which share of each replaced leaf's land went into which region, above a millionth."""
    after = settled[settled.geometry.notna()]
    old, new = np.asarray(before.geometry.array), np.asarray(after.geometry.array)
    receiver, giver = shapely.STRtree(old).query(new, predicate="intersects") if len(old) else ([], [])
    share = shapely.area(shapely.intersection(old[giver], new[receiver])) / shapely.area(old[giver])
    pairs = pd.DataFrame({
        "from_region": before["region_id"].to_numpy(dtype="int64")[giver],
        "to_region": after["region_id"].to_numpy(dtype="int64")[receiver],
        "share_area": share,
    })  # fmt: skip
    kept = pairs[pairs["share_area"] > 1e-6]
    return pa.Table.from_pandas(kept, preserve_index=False)
