"""Commands that take plans in from other programs and give them out: draw, export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from gridmap import settings
from gridmap.cli import output
from gridmap.cli.options import (
    FILE,
    OUT,
    crs_option,
    format_option,
    kind_option,
    opened,
    speaking,
    store_option,
    why_option,
)
from gridmap.cli.planning import open_draft, show_draft, state_called
from gridmap.cli.reporting import lang_option
from gridmap.loading.accepting import accepted, groups
from gridmap.loading.boundaries import Map
from gridmap.loading.regions import Drawing, Drawn, draw_over
from gridmap.repair import Rules


@click.command()
@click.argument("draft")
@click.argument("file", type=FILE)
@click.option("--level", required=True, help="Level of the cells.")
@click.option("--code", required=True, metavar="COL", help="Column with the code of each cell.")
@click.option("--name", required=True, metavar="COL", help="Column with its name.")
@click.option("--parent", default=None, metavar="COL", help="Column with the code or name of its parent.")
@kind_option
@click.option("--layer", default=None, help="Layer of a file that has several.")
@crs_option
@click.option("--repair", is_flag=True, help="Mend the drawing by rule: overlaps, gaps, borders that miss.")
@click.option("--accept", multiple=True, metavar="CODE",
              help="Take over this cell, not all; cells that change together go together.")  # fmt: skip
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
        today = Map.of(state.regions.reset_index(), state.leaves)
        drawn = draw_over(db, file, drawing, today, rules=Rules(repair=repair))
        _show_drawn(drawn, groups(drawn.plan, today), output_format)
        if not (accept or accept_all):
            output.say(
                "Nothing is taken over: add --accept-all, or --accept CODE for each cell that changes."
            )
            return
        taken = drawn.plan if accept_all else accepted(drawn.plan, today, accept)
        asked = {"op": "draw", "file": file.name, "level": level, "repair": repair}
        change = drafting.redraw(taken.opened, taken.ended, asked)
        show_draft(drafting, list(change.touched), output_format)


def _show_drawn(drawn: Drawn, groups: Mapping[str, int], output_format: str) -> None:
    """List what changes; cells of the same number change together."""
    output.remarks(drawn.report.findings)
    if output_format == "table":
        changes = drawn.report.changes
        rounded = changes.assign(**changes[["area_m2", "changed_m2"]].astype(float).round(2))
        output.table(rounded.assign(together=rounded["code"].map(groups).astype("Int64")), "table")
        output.say(f"{len(drawn.plan.ended)} cells end, {drawn.plan.unchanged} stay as they are.")


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
@why_option
@store_option
@speaking
def export(
    state: str, against: str | None, target: Path, level: str | None, lang: str, store: Path | None
) -> None:
    """Write the map of a draft, a version or a day for other programs."""
    from gridmap.reports.plans import write_plan

    with opened(store) as db:
        wanted = state_called(db, state)
        before = None if against is None else state_called(db, against)
        output.say(write_plan(db, wanted, target, against=before, level=level, lang=lang,
                              fewest=settings.from_environment().small_cells))  # fmt: skip


COMMANDS = (draw, export)
