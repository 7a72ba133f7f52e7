"""Commands that ask the store: check, measures, stats, regions, imports, set-aside, unplaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date, datetime, time
from pathlib import Path

import click
import pandas as pd

from gridmap import excerpt, exporting, measures, regions
from gridmap.believing import as_believed
from gridmap.checking import check as run_checks
from gridmap.cli import output
from gridmap.cli.options import (
    DAY,
    OUT,
    as_day,
    format_option,
    level_option,
    on_option,
    opened,
    speaking,
    stats_for_caller,
    store_option,
    why_option,
)
from gridmap.errors import UsageError
from gridmap.findings import has_errors
from gridmap.levels import EVERY, TOTAL
from gridmap.loading import ledger
from gridmap.measures import Boundaries
from gridmap.periods import Period
from gridmap.registers import Register, placed_registers, register_named
from gridmap.store import Database


@click.command()
@click.option("--level", default=None, help="Check this level only.")
@on_option
@format_option
@store_option
@speaking
def check(level: str | None, on: datetime | None, output_format: str, store: Path | None) -> None:
    """Check that the land tiles exactly, and list what is nobody's or has no place."""
    with opened(store) as db:
        found = run_checks(db, level=level, on=as_day(on))
    output.findings(found, output_format)
    if has_errors(found):
        raise SystemExit(1)


@click.command("measures")
@format_option
@speaking
def list_measures(output_format: str) -> None:
    """List the measures: key, title, unit and definition."""
    rows = pd.DataFrame([
        {"key": m.key, "title": m.title_en, "title_zh": m.title_zh,
         "unit": m.unit, "definition": m.definition_en}
        for m in measures.measures()
    ])  # fmt: skip
    output.table(rows, output_format)


@click.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option(
    "--level", required=True, help=f"Level of the cells, '{TOTAL}' for the whole store, or '{EVERY}'."
)
@click.option("--since", type=DAY, default=None, help="First day of the period.")
@click.option("--until", type=DAY, default=None, help="First day after the period.")
@click.option("--boundaries", default="then", show_default=True, metavar="then|now|YYYY-MM-DD",
              help="Count in the cells in force when it happened, in today's, "
              "or in those of a day.")  # fmt: skip
@click.option(
    "--category", "categories", multiple=True, help="Only petitions of this category; may be repeated."
)
@click.option("--believed", default=None, metavar="YYYY-MM-DD[THH:MM:SS]",
              help="As believed at the end of this day, or at this moment: "
              "an old report, to the digit.")  # fmt: skip
@click.option("--within", default=None, metavar="CODE",
              help="Only this region and the cells inside it; --level every and --boundaries both "
              "give all its figures at once.")  # fmt: skip
@click.option("--withhold", is_flag=True,
              help="Withhold small cells, and those that would give them away: for publishing.")  # fmt: skip
@click.option("--format", "output_format", type=click.Choice(["table", "csv", "json", "parquet"]),
              default="table", show_default=True, help="How to write the result.")  # fmt: skip
@click.option("-o", "--output", "target", type=OUT, default=None, help="File to write instead of stdout.")
@why_option
@store_option
@speaking
def stats(
    keys: tuple[str, ...], level: str, since: datetime | None, until: datetime | None, boundaries: str,
    categories: tuple[str, ...], believed: str | None, within: str | None, withhold: bool,
    output_format: str,
    target: Path | None, store: Path | None,
) -> None:  # fmt: skip
    """Compute measures for every cell of a level; rates are fractions from 0 to 1."""
    moment = None if believed is None else moment_of(believed)
    with opened(store) as db, nullcontext(db) if moment is None else as_believed(db, moment) as asked:
        period = Period(as_day(since), as_day(until))
        compute = stats_for_caller(withhold=withhold)
        if within is not None:
            found = _within(asked, keys, within, level, period, boundaries, categories, compute)
        else:
            found = compute(asked, keys, level=level, period=period,
                            boundaries=_boundaries(boundaries), categories=categories)  # fmt: skip
    shown = found.drop(columns=["region_id", "parent_id", "kind"])
    output.deliver(shown, output_format, target)


def _within(
    db: Database, keys: Sequence[str], code: str, level: str, period: Period, boundaries: str,
    categories: Sequence[str], compute: Callable[..., pd.DataFrame],
) -> pd.DataFrame:  # fmt: skip
    """Compute the figures of one region and its cells, of one level or every, in one view or both."""
    views = excerpt.BOTH if boundaries == "both" else (_boundaries(boundaries),)
    found = excerpt.figures_within(db, keys, code, period=period, views=views, categories=categories,
                                   compute=compute)  # fmt: skip
    return found if level == EVERY else found[found["level"] == level].drop(columns="level")


def moment_of(text: str) -> datetime:
    """Return the moment that a text names; a day stands for its end."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            return datetime.fromisoformat(text)
        except ValueError as fault:
            raise UsageError(
                f"--believed {text}: say a day as YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS."
            ) from fault
    return datetime.combine(day, time.max)


def _boundaries(text: str) -> Boundaries:
    if text == "then":
        return "then"
    if text == "now":
        return "now"
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise UsageError(f"--boundaries {text}: say then, now or a day as YYYY-MM-DD.") from fault


@click.command("regions")
@level_option
@on_option
@click.option("-o", "--output", "target", type=OUT, required=True,
              help="File to write: .geojson, .gpkg, .parquet, .fgb or .shp.zip.")  # fmt: skip
@why_option
@store_option
@speaking
def export_regions(level: str, on: datetime | None, target: Path, store: Path | None) -> None:
    """Write the polygons of a level to a file; parents are exact sums of their cells."""
    with opened(store) as db:
        found = regions.map_of(db, level=level, on=as_day(on))
        names = regions.regions_on(db, as_day(on) or db.now().date()).set_index("region_id")["code"]
    if found.empty:
        raise UsageError(f"The store has no regions of level '{level}' on that day.")
    parent = found["parent_id"].map(names).fillna("")
    exporting.write_regions(found.drop(columns=["region_id", "parent_id"]).assign(parent=parent), target)
    output.say(f"{len(found):,} regions written to {target}.")


@click.command()
@format_option
@store_option
@speaking
def imports(output_format: str, store: Path | None) -> None:
    """List the imports, the latest first."""
    with opened(store) as db:
        output.table(db.query("screens/imports"), output_format)


@click.command("set-aside")
@click.option("--import", "import_id", type=int, default=None, help="Of this import only.")
@click.option("-o", "--output", "target", type=OUT, default=None, help="CSV file with the rows as they were.")
@format_option
@why_option
@store_option
@speaking
def set_aside(import_id: int | None, target: Path | None, output_format: str, store: Path | None) -> None:
    """List the rows that imports could not use, or write them to a file to mend and load again."""
    with opened(store) as db:
        rows = ledger.set_aside(db, import_id)
    if target is None:
        output.table(rows.drop(columns="raw"), output_format)
        return
    exporting.write_table(exporting.set_aside_rows(rows), target)
    output.say(f"{len(rows):,} rows written to {target}.")


_PLACED = [register.name for register in placed_registers()]


@click.command()
@click.option("--register", "name", type=click.Choice(_PLACED), default=_PLACED[0], show_default=True,
              help="Records of this register.")  # fmt: skip
@on_option
@click.option("-o", "--output", "target", type=OUT, default=None, help="CSV file to write.")
@format_option
@why_option
@store_option
@speaking
def unplaced(
    name: str, on: datetime | None, target: Path | None, output_format: str, store: Path | None
) -> None:
    """List the records that lie in no region, with the reason."""
    with opened(store) as db:
        rows = _unplaced(db, register_named(name), as_day(on) or db.now().date())
    if target is None:
        output.table(rows, output_format)
        return
    exporting.write_table(rows, target)
    output.say(f"{len(rows):,} rows written to {target}.")


def _unplaced(db: Database, register: Register, day: date) -> pd.DataFrame:
    if register.described:
        return db.query("screens/unplaced_record", record_kind=register.table, on_day=day)
    return db.query(f"screens/unplaced_{register.table}", on_day=day)


COMMANDS = (check, list_measures, stats, export_regions, imports, set_aside, unplaced)
