"""Load polygons of one level: file, findings, cells on the lattice, certificate, store, placement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridmap import placing, polygons, settings, versions
from gridmap.coverage import METRIC_STEP, Site
from gridmap.errors import Refused
from gridmap.findings import Finding, gravest_first, has_errors
from gridmap.gazetteer import Gazetteer
from gridmap.index import PlacementIndex
from gridmap.levels import LEVELS, level_named
from gridmap.loading import ledger
from gridmap.loading.boundaries import Map, Plan, certificate_findings, plan
from gridmap.loading.reports import LoadReport, loaded_before
from gridmap.periods import OPEN_PAST
from gridmap.regions import crs_of, leaves_on, regions_on
from gridmap.repair import Rules
from gridmap.sources import Polygons, read_polygons
from gridmap.store import Database, Session
from gridmap.store.room import require_room_for
from gridmap.versions import Change

KINDS = ("base", "dedicated", "unassigned")


@dataclass(frozen=True)
class Drawing:
    """Say how a file of polygons is to be read.

    Parameters
    ----------
    level : level of the cells
    code, name : columns with their code and name
    parent : column with the code or name of the region each lies in; found by place when None
    kind : column with base, dedicated or unassigned; where it says nothing, a cell stays what one of its
        code is today, and a new one is base
    layer : layer of a file that has several
    crs : datum or CRS of the coordinates; the file's own when None
    encoding : encoding of the attributes; found out when None
    """

    level: str
    code: str
    name: str
    parent: str | None = None
    kind: str | None = None
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None

    @property
    def columns(self) -> dict[str, str]:
        """Return the columns to read by their canonical name."""
        chosen = {"code": self.code, "name": self.name, "parent": self.parent, "kind": self.kind}
        return {name: column for name, column in chosen.items() if column}


def load_regions(
    db: Database,
    path: Path,
    drawing: Drawing,
    *,
    effective: date | None = None,
    rules: Rules | None = None,
    accept: Sequence[str] | None = None,
    dry_run: bool = False,
) -> LoadReport:
    """Load the polygons of one level; all of it takes effect, or nothing.

    The file is the complete list of the cells below every parent it names (see `boundaries`). Rows
    that cannot be used are set aside; a drawing that would break the certificate is refused.

    Parameters
    ----------
    db : the open store
    path : file in any format of `sources`
    drawing : how to read it
    effective : first day in force. When omitted: since ever, when nothing in force changes; the
        store's today otherwise
    rules : whether to repair, and how far
    accept : with a repair, codes whose land may change by it; all when None
    dry_run : work everything out, change nothing

    Returns
    -------
    What was done, with every changed cell

    Raises
    ------
    UsageError, UnreadableInput : when the file or a column cannot be read
    Refused : when the drawing has faults that break the certificate, or a repair was not accepted
    """
    level_named(drawing.level)
    require_room_for(path, db.folder)
    read = read_polygons(path, columns=drawing.columns, layer=drawing.layer, crs=drawing.crs,
                         encoding=drawing.encoding, target_crs=crs_of(db), workdir=db.incoming)  # fmt: skip
    print_ = ledger.fingerprint(read.sha256, drawing, effective)
    register = f"regions {drawing.level}"
    if (earlier := ledger.earlier_import(db, register, print_)) is not None:
        aside = _rows(read.set_aside)
        return loaded_before(register, path.name, rows_read=read.rows_read, set_aside=aside, earlier=earlier)
    day = effective or db.now().date()
    today = Map.of(regions_on(db, day), leaves_on(db, day))
    drawn = _worked_out(db, path, drawing, read, today, rules=rules or Rules(), accept=accept)
    if dry_run:
        return drawn.report
    day = effective or _since_when(drawn.plan, today, db)
    return _apply(db, replace(drawn.report, applied=True), drawn.plan, today, drawn.set_aside, drawing,
                  day=day, print_=print_)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """Hold what a file of polygons would do to a map.

    Parameters
    ----------
    report : what it would do, with every changed cell and every finding
    plan : the regions that begin, change and end
    set_aside : rows that cannot be used
    """

    report: LoadReport
    plan: Plan
    set_aside: pd.DataFrame


def draw_over(
    db: Database,
    path: Path,
    drawing: Drawing,
    today: Map,
    *,
    rules: Rules | None = None,
    accept: Sequence[str] | None = None,
) -> Drawn:
    """Work out what a file of polygons would do to a map, such as that of a draft, and change nothing.

    Parameters
    ----------
    db : the open store
    path : file in any format of `sources`
    drawing : how to read it
    today : the map
    rules : whether to repair, and how far
    accept : with a repair, codes whose land may change by it; all when None

    Raises
    ------
    UsageError, UnreadableInput : when the file or a column cannot be read
    Refused : when the drawing has faults that break the certificate, or a repair was not accepted
    """
    level_named(drawing.level)
    read = read_polygons(path, columns=drawing.columns, layer=drawing.layer, crs=drawing.crs,
                         encoding=drawing.encoding, target_crs=crs_of(db), workdir=db.incoming)  # fmt: skip
    return _worked_out(db, path, drawing, read, today, rules=rules or Rules(), accept=accept)


def _worked_out(
    db: Database,
    path: Path,
    drawing: Drawing,
    read: Polygons,
    today: Map,
    *,
    rules: Rules,
    accept: Sequence[str] | None,
) -> Drawn:
    """Plan the cells that were read over a map, and refuse what breaks it."""
    drawn, lost = _drawn_cells(read, today, drawing.level, db, path)
    if drawn.empty:
        raise Refused(f"No polygon of {path.name} can be used. See the findings.",
                      findings=[*read.findings, *_findings_of(lost, path)])  # fmt: skip
    made = plan(
        drawn, today, level=drawing.level, site=Site(METRIC_STEP, crs_of(db), drawing.level), rules=rules
    )
    faults = [*made.findings, *certificate_findings(made, today, level=drawing.level)]
    set_aside = pd.concat([read.set_aside, lost], ignore_index=True)
    said = [*_remarks(read), *_findings_of(lost, path), *faults]
    report = _report(f"regions {drawing.level}", path, read, made, set_aside, said)
    _refuse_faults(report, faults, rules, accept)
    return Drawn(report, made, set_aside)


def _remarks(read: Polygons) -> list[Finding]:
    """Return what reading had to say; invalid rings are left to the plan, which knows what it mended."""
    return [finding for finding in read.findings if finding.check != "row.invalid_geometry"]


def _rows(set_aside: pd.DataFrame) -> int:
    return int(set_aside["row_no"].nunique())


def _drawn_cells(
    read: Polygons, today: Map, level: str, db: Database, path: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the usable cells on the lattice with their parents, and the rows without a parent."""
    frame = read.frame.reset_index(drop=True)
    land = polygons.to_lattice(np.asarray(frame.geometry.array), step=METRIC_STEP)
    cells = pd.DataFrame(frame.drop(columns="geometry")).assign(geometry=land)
    cells["kind"] = _kinds(cells, today, level)
    cells["parent_id"] = _parents(cells, today, level, db)
    orphan = cells["parent_id"].isna() & _has_level_above(today, level)
    return cells[~orphan], _set_aside(cells[orphan], level, path)


def _kinds(cells: pd.DataFrame, today: Map, level: str) -> pd.Series:
    """Return the kind of each cell: what the file says, else that of its code today, else base."""
    of_level = today.regions[today.regions["level"] == level]
    kinds = dict(zip(of_level["code"], of_level["kind"], strict=True))
    known = cells["code"].map(lambda code: kinds.get(code, "base"))
    return cells["kind"].where(cells["kind"].isin(KINDS), known) if "kind" in cells else known


def _has_level_above(today: Map, level: str) -> bool:
    rank = level_named(level).rank
    higher = {entry.key for entry in LEVELS if entry.rank < rank}
    return bool(today.regions["level"].isin(higher).any())


def _parents(cells: pd.DataFrame, today: Map, level: str, db: Database) -> pd.Series:
    """Find each cell's parent: by the code or name given, else by where its middle lies."""
    if not _has_level_above(today, level):
        return pd.Series([None] * len(cells), index=cells.index, dtype=object)
    by_place = _parents_by_place(cells, today, level)
    if "parent" not in cells:
        return by_place
    gazetteer = Gazetteer.of(db.query("versions/region_periods"))
    given = {text: gazetteer.one(text, above=level) for text in cells["parent"].dropna().unique()}
    named = cells["parent"].map(given, na_action="ignore").astype(object)
    return named.where(cells["parent"].notna(), by_place).map(
        lambda number: None if pd.isna(number) else int(number)
    )


def _parents_by_place(cells: pd.DataFrame, today: Map, level: str) -> pd.Series:
    numbers = list(today.land)
    leaves = gpd.GeoDataFrame({"code": numbers}, geometry=[today.land[number] for number in numbers])
    middle = shapely.point_on_surface(polygons.as_array(
        land if land.is_valid else shapely.make_valid(land) for land in cells["geometry"]))  # fmt: skip
    located = PlacementIndex(leaves, code="code").locate(shapely.get_x(middle), shapely.get_y(middle))
    ordered = [*sorted(numbers), None]
    rank = level_named(level).rank
    return pd.Series(
        [_first_above(ordered[at], today, rank) for at in located.leaf], index=cells.index, dtype=object
    )


def _first_above(region: int | None, today: Map, rank: int) -> int | None:
    """Return the nearest region of a higher level, the leaf itself included; never unassigned land."""
    while region is not None:
        stored = today.regions.loc[region]
        if stored["kind"] != "unassigned" and level_named(str(stored["level"])).rank < rank:
            return region
        region = None if pd.isna(stored["parent_id"]) else int(stored["parent_id"])
    return None


def _set_aside(orphans: pd.DataFrame, level: str, path: Path) -> pd.DataFrame:
    reason = "no region above it: " + orphans.get("parent", pd.Series("", index=orphans.index)).fillna(
        ""
    ).astype(str)
    return pd.DataFrame({
        "row_no": orphans["row"].astype("int64"), "check_name": "region.no_parent", "reason": reason,
        "raw": [_as_json(row) for row in orphans.drop(columns="geometry").to_dict("records")],
    })  # fmt: skip


def _as_json(row: Mapping[Any, Any]) -> str:
    texts: dict[Any, Any] = {key: None if pd.isna(value) else str(value) for key, value in row.items()}
    return pd.Series(texts).to_json(force_ascii=False)


def _findings_of(lost: pd.DataFrame, path: Path) -> list[Finding]:
    return [Finding("region.no_parent", "error", f"{path.name} row {row}: {reason or 'no region above it'}."
                    " Load the level above first, or mend the parent's code or name.",
                    file=path.name, row=int(row), amount=1, unit="rows")
            for row, reason in zip(lost["row_no"], lost["reason"], strict=True)]  # fmt: skip


def _report(
    register: str,
    path: Path,
    read: Polygons,
    made: Plan,
    set_aside: pd.DataFrame,
    findings: Sequence[Finding],
) -> LoadReport:
    opened = made.opened
    changes = opened.assign(area_m2=_areas_m2(opened["geometry"]))
    drawn = int(opened["change"].isin(["new", "changed", "renamed"]).sum())
    aside = _rows(set_aside)
    return LoadReport(
        register=register, file=path.name, rows_read=read.rows_read, rows_kept=drawn,
        rows_unchanged=read.rows_read - drawn - aside, rows_set_aside=aside,
        findings=gravest_first(findings),
        changes=changes[["code", "name", "change", "area_m2", "changed_m2"]].reset_index(drop=True),
    )  # fmt: skip


def _areas_m2(lands: pd.Series) -> pd.Series:
    areas = [None if land is None else round(float(land.area) * METRIC_STEP**2, 3) for land in lands]
    return pd.Series(areas, index=lands.index)


def _refuse_faults(
    report: LoadReport, faults: Sequence[Finding], rules: Rules, accept: Sequence[str] | None
) -> None:
    if has_errors(faults):
        count = sum(finding.severity == "error" for finding in faults)
        raise Refused(f"{report.file} is not a valid coverage: {count} faults. Nothing was loaded. Mend the "
                      "drawing, or let gridmap propose a repair: add --repair --dry-run.",
                      findings=report.findings)  # fmt: skip
    if rules.repair and accept is not None:
        changed = report.changes[report.changes["change"].isin(["new", "changed"])]
        moved = changed[(changed["changed_m2"] > rules.min_cell_m2) & ~changed["code"].isin(accept)]
        if len(moved):
            first = ", ".join(f"{row.code} by {row.changed_m2:,.1f} m2" for row in moved.head(5).itertuples())
            raise Refused(f"The repair changes {len(moved)} cells that were not accepted: {first}. "
                          "Accept them by code, or mend the drawing.", findings=report.findings)  # fmt: skip


def _since_when(made: Plan, today: Map, db: Database) -> date:
    """Return the effective day nobody gave: since ever when nothing in force changes, else today."""
    touched = made.opened[made.opened["region_id"] > 0]
    alters = made.ended or touched["change"].isin(["changed", "renamed"]).any()
    younger = today.regions.loc[touched["region_id"], "valid_from"].map(pd.Timestamp) > pd.Timestamp(
        OPEN_PAST
    )
    return db.now().date() if alters or younger.any() else OPEN_PAST


def _apply(
    db: Database, report: LoadReport, made: Plan, today: Map, set_aside: pd.DataFrame, drawing: Drawing,
    *, day: date, print_: str,
) -> LoadReport:  # fmt: skip
    """Publish, place again and record the import in one transaction."""
    author = settings.from_environment().author
    key = ledger.key_of_today(db) if len(set_aside) else None
    with db.transaction() as tx:
        import_id = ledger.next_import(tx)
        if len(made.opened) or made.ended:
            _publish(tx, made, today, drawing, day=day, author=author, crs=crs_of(db), file=report.file)
        done = replace(report, import_id=import_id, applied=bool(len(made.opened) or made.ended))
        ledger.record(tx, done, set_aside, import_id=import_id, print_=print_,
                      mapping=f"code={drawing.code} name={drawing.name}", by=author, key=key)  # fmt: skip
    db.checkpoint()
    return done


def _publish(
    tx: Session, made: Plan, today: Map, drawing: Drawing, *, day: date, author: str, crs: str, file: str
) -> None:
    land = polygons.from_lattice(polygons.as_array(made.opened["geometry"].dropna()), step=METRIC_STEP)
    geometry = pd.Series([None] * len(made.opened), index=made.opened.index, dtype=object)
    geometry[made.opened["geometry"].notna()] = land
    opened = gpd.GeoDataFrame(made.opened.drop(columns="geometry"), geometry=gpd.GeoSeries(geometry, crs=crs))
    replaced = [n for n in {*made.ended, *made.opened["region_id"]} if n in today.land]
    change = Change(f"{drawing.level}: {file}", "load", day, author)
    lived = versions.people_on(tx, replaced, day)
    cs = versions.publish(tx, change, ended=made.ended, opened=opened, before=_leaves(replaced, today, crs))
    placing.place_changed(tx, cs, crs=crs)
    versions.share_people(tx, cs, before=lived, day=day)


def _leaves(numbers: Sequence[int], today: Map, crs: str) -> gpd.GeoDataFrame:
    land = polygons.from_lattice(
        polygons.as_array(today.land[number] for number in numbers), step=METRIC_STEP
    )
    return gpd.GeoDataFrame({"region_id": list(numbers)}, geometry=land, crs=crs)
