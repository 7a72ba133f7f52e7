"""Commands that take plans in from other programs and give them out: draw, export."""

from __future__ import annotations

from pathlib import Path

import click

from gridmap import exporting, plan_files, settings, versions
from gridmap.cli import output
from gridmap.cli.options import FILE, OUT, crs_option, format_option, opened, speaking, store_option
from gridmap.cli.planning import open_draft, show_draft, state_called
from gridmap.cli.reporting import lang_option
from gridmap.errors import Refused, UsageError
from gridmap.loading.boundaries import Map
from gridmap.loading.regions import Drawing, Drawn, draw_over
from gridmap.repair import Rules
from gridmap.store import Database

_SHEETS = (".pdf", ".docx")


@click.command()
@click.argument("draft")
@click.argument("file", type=FILE)
@click.option("--level", required=True, help="Level of the cells.")
@click.option("--code", required=True, metavar="COL", help="Column with the code of each cell.")
@click.option("--name", required=True, metavar="COL", help="Column with its name.")
@click.option("--parent", default=None, metavar="COL", help="Column with the code or name of its parent.")
@click.option("--kind", default=None, metavar="COL", help="Column with base, dedicated or unassigned.")
@click.option("--layer", default=None, help="Layer of a file that has several.")
@crs_option
@click.option("--repair", is_flag=True, help="Mend the drawing by rule: overlaps, gaps, borders that miss.")
@click.option("--accept", multiple=True, metavar="CODE", help="Take over when no other cell changes.")
@click.option("--accept-all", is_flag=True, help="Take over every change.")
@format_option
@store_option
@speaking
def draw(
    draft: str, file: Path, level: str, code: str, name: str, parent: str | None, kind: str | None,
    layer: str | None, crs: str | None, repair: bool, accept: tuple[str, ...], accept_all: bool,
    output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Take cells drawn elsewhere into a draft: what changes is listed, and taken over when accepted."""
    drawing = Drawing(level, code, name, parent, kind, layer, crs)
    with opened(store) as db:
        drafting = open_draft(db, draft)
        state = drafting.state()
        drawn = draw_over(db, file, drawing, Map.of(state.regions.reset_index(), state.leaves),
                          rules=Rules(repair=repair))  # fmt: skip
        _show_drawn(drawn, output_format)
        if not (accept or accept_all):
            output.say(
                "Nothing is taken over: add --accept-all, or --accept CODE for each cell that changes."
            )
            return
        if not accept_all:
            _refuse_others(drawn, accept)
        asked = {"op": "draw", "file": file.name, "level": level, "repair": repair}
        change = drafting.redraw(drawn.plan.opened, drawn.plan.ended, asked)
        show_draft(drafting, list(change.touched), output_format)


def _show_drawn(drawn: Drawn, output_format: str) -> None:
    output.remarks(drawn.report.findings)
    if output_format == "table":
        changes = drawn.report.changes
        output.table(changes.assign(**changes[["area_m2", "changed_m2"]].astype(float).round(2)), "table")
        output.say(f"{len(drawn.plan.ended)} cells end, {drawn.plan.unchanged} stay as they are.")


def _refuse_others(drawn: Drawn, accepted: tuple[str, ...]) -> None:
    changes = drawn.report.changes
    others = changes.loc[(changes["change"] != "noded") & ~changes["code"].isin(accepted), "code"]
    if len(others):
        raise Refused(f"{len(others)} cells change that were not accepted: {', '.join(others[:5])}. "
                      "Accept them as well, or mend the drawing.")  # fmt: skip


@click.command()
@click.argument("state", metavar="[DRAFT|VERSION|DAY]", default="today")
@click.option(
    "--against", default=None, metavar="A", help="Add what differs from this version, day or draft."
)
@click.option("-o", "--output", "target", type=OUT, required=True,
              help="File to write: .gpkg (every level, with styles for QGIS), .geojson, .shp.zip, .parquet "
              "or .fgb (one level), .csv (which building lies in which grid), .pdf or .docx (change "
              "sheet, with --against).")  # fmt: skip
@click.option("--level", default=None, help="Formats of one layer: this level; the lowest when omitted.")
@lang_option
@store_option
@speaking
def export(
    state: str, against: str | None, target: Path, level: str | None, lang: str, store: Path | None
) -> None:
    """Write the map of a draft, a version or a day for other programs."""
    with opened(store) as db:
        wanted = state_called(db, state)
        if target.suffix == ".csv":
            rows = plan_files.buildings_in(db, wanted)
            exporting.write_table(rows, target)
            output.say(f"{len(rows):,} buildings written to {target}.")
            return
        diff = None
        if against is not None:
            before = state_called(db, against)
            diff = versions.compare(db, before, wanted)
            if target.suffix in _SHEETS:
                _write_sheet(db, diff, before, wanted, target, lang)
                return
    if target.suffix in _SHEETS:
        raise UsageError("A change sheet compares two maps: say with which, such as --against today.")
    if target.suffix == ".gpkg":
        layers = plan_files.write_geopackage(wanted, target, diff=diff)
        output.say(f"Layers {', '.join(layers)} written to {target}.")
        return
    cells = plan_files.level_of(wanted, level or wanted.levels()[-1]) if diff is None else diff.cells
    exporting.write_regions(cells, target)
    output.say(f"{len(cells):,} regions written to {target}.")


def _write_sheet(
    db: Database, diff: versions.Diff, before: versions.State, after: versions.State, target: Path, lang: str
) -> None:
    from gridmap.reports.change_sheet import change_sheet
    from gridmap.reports.writing import write_document, written_form

    sheet = change_sheet(db, diff, before, after, lang=lang, fewest=settings.from_environment().small_cells)
    write_document(sheet, target, written_form(target))
    output.say(f"{sheet.title} {sheet.subtitle}: {target}")


COMMANDS = (draw, export)
