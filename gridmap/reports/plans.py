"""A plan as a file to take away: the map of a draft, a version or a day, and what differs from another."""

from __future__ import annotations

from pathlib import Path

from gridmap import exporting, plan_files, versions
from gridmap.errors import UsageError
from gridmap.reports.change_sheet import change_sheet
from gridmap.reports.writing import write_document, written_form
from gridmap.store import Database
from gridmap.versions import State

_SHEETS = (".pdf", ".docx")


def write_plan(
    db: Database,
    plan: State,
    target: Path,
    *,
    against: State | None = None,
    level: str | None = None,
    lang: str = "zh",
    fewest: int = 0,
) -> str:
    """Write a map in the form that the ending of the file names.

    Parameters
    ----------
    db : the open store
    plan : the map
    target : .gpkg (every level, styled for QGIS), .geojson, .shp.zip, .parquet or .fgb (one level), .csv
        (which building lies in which grid), .pdf or .docx (the change sheet)
    against : the map it is compared with; files of one layer then hold what differs
    level : level of a file of one layer; the lowest when omitted
    lang, fewest : language of a change sheet, and the least count it shows

    Returns
    -------
    What was written, in a sentence

    Raises
    ------
    UsageError : when the ending is unknown, or a change sheet has nothing to compare with
    """
    if target.suffix == ".csv":
        rows = plan_files.buildings_in(db, plan)
        exporting.write_table(rows, target)
        return f"{len(rows):,} buildings written to {target}."
    diff = None if against is None else versions.compare(db, against, plan)
    if target.suffix in _SHEETS:
        if diff is None or against is None:
            raise UsageError("A change sheet compares two maps: say with which, such as --against today.")
        sheet = change_sheet(db, diff, against, plan, lang=lang, fewest=fewest)
        write_document(sheet, target, written_form(target))
        return f"{sheet.title} {sheet.subtitle}: {target}"
    if target.suffix == ".gpkg":
        layers = plan_files.write_geopackage(plan, target, diff=diff)
        return f"Layers {', '.join(layers)} written to {target}."
    cells = plan_files.level_of(plan, level or plan.levels()[-1]) if diff is None else diff.cells
    exporting.write_regions(cells, target)
    return f"{len(cells):,} regions written to {target}."
