"""Commands that put something into the store: init, load."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from gridmap import settings
from gridmap.cli import caller, output
from gridmap.cli.options import (
    DAY,
    FILE,
    as_day,
    crs_option,
    dry_run_option,
    format_option,
    kind_option,
    opened,
    speaking,
    store_folder,
    store_option,
)
from gridmap.errors import Refused
from gridmap.findings import has_errors
from gridmap.loading.features import load_features
from gridmap.loading.founding import found
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.loading.reports import LoadReport
from gridmap.registers import REGISTERS, Register
from gridmap.repair import MERGE_STRATEGIES, MergeStrategy, Rules


@click.command()
@store_option
@click.option("--crs", default=None, metavar="EPSG", help="Metric CRS of the store (GRIDMAP_CRS; EPSG:4547).")
@click.option("--title", default=None, help="Name of the place, shown on every screen.")
@speaking
def init(store: Path | None, crs: str | None, title: str | None) -> None:
    """Make a new, empty store."""
    folder = store_folder(store)
    found(folder, crs=crs or settings.from_environment().crs, title=title)
    output.say(f"A new store in {folder}.")


@click.group()
def load() -> None:
    """Load boundaries, records or what is drawn under them."""


@load.command("regions")
@click.argument("file", type=FILE)
@click.option(
    "--level", required=True, help="Level of the cells: city, district, street, community, block, red_grid."
)
@click.option("--code", required=True, metavar="COL", help="Column with the code.")
@click.option("--name", required=True, metavar="COL", help="Column with the name.")
@click.option("--parent", default=None, metavar="COL", help="Column with code or name of the region above.")
@kind_option
@click.option("--layer", default=None, help="Layer of a file that has several.")
@click.option("--encoding", default=None, help="Encoding of the texts; found out when omitted.")
@crs_option
@click.option("--effective", type=DAY, default=None, help="First day in force.")
@click.option("--repair", is_flag=True, help="Propose a repair of faults and apply it once accepted.")
@click.option("--accept", default=None, metavar="CODES",
              help="With --repair: accept changes of these cells only, separated by commas.")  # fmt: skip
@click.option("--yes", is_flag=True, help="With --repair: accept without asking.")
@click.option(
    "--snap", type=float, default=None, metavar="M", help="With --repair: snap vertices closer than this."
)
@click.option(
    "--gap-width", type=float, default=None, metavar="M", help="With --repair: close narrower gaps."
)
@click.option("--merge-strategy", type=click.Choice(MERGE_STRATEGIES), default="longest_border",
              show_default=True, help="With --repair: which claimant gets an overlap.")  # fmt: skip
@dry_run_option
@format_option
@store_option
@speaking
def regions(
    file: Path, level: str, code: str, name: str, parent: str | None, kind: str | None, layer: str | None,
    encoding: str | None, crs: str | None, effective: datetime | None, repair: bool, accept: str | None,
    yes: bool, snap: float | None, gap_width: float | None, merge_strategy: MergeStrategy,
    dry_run: bool, output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Load the polygons of one level.

    The file is the complete list of the cells below every parent it names; land that no cell covers
    becomes unassigned cells.
    """
    drawing = Drawing(level=level, code=code, name=name, parent=parent, kind=kind,
                      layer=layer, crs=crs, encoding=encoding)  # fmt: skip
    rules = _rules(repair, snap, gap_width, merge_strategy)
    accepted = accept.split(",") if accept is not None else None
    with opened(store, create=False) as db:

        def attempt(*, dry: bool) -> LoadReport:
            return load_regions(db, file, drawing, effective=as_day(effective), rules=rules,
                                accept=accepted, dry_run=dry)  # fmt: skip

        if repair and not (dry_run or yes) and accepted is None and caller.is_interactive():
            _ask(attempt)
        done = attempt(dry=dry_run)
    _finish(done, output_format)


def _rules(repair: bool, snap: float | None, gap_width: float | None, merge_strategy: MergeStrategy) -> Rules:
    chosen = settings.from_environment()
    return Rules(repair=repair, snap_m=snap if snap is not None else chosen.snap_m,
                 gap_width_m=gap_width if gap_width is not None else chosen.gap_width_m,
                 min_cell_m2=chosen.min_cell_m2, merge_strategy=merge_strategy)  # fmt: skip


def _ask(attempt: Callable[..., LoadReport]) -> None:
    """Show what a repair would change and ask for a yes."""
    output.report(attempt(dry=True), "table")
    if not caller.confirm("Accept these changes?"):
        raise Refused("The repair was not accepted. Nothing was loaded.")


def _loader(register: Register) -> click.Command:
    @click.command(register.name, help=f"Load a file of {register.name}: CSV, Excel, Parquet or geodata.")
    @click.argument("file", type=FILE)
    @click.option("--mapping", default="plain", show_default=True, metavar="FILE.toml|PROFILE",
                  help="Which column is which field: a shipped profile or a file of your own.")  # fmt: skip
    @crs_option
    @dry_run_option
    @format_option
    @store_option
    @speaking
    def command(
        file: Path, mapping: str, crs: str | None, dry_run: bool, output_format: str, store: Path | None
    ) -> None:
        with opened(store) as db:
            done = load_records(db, file, register, mapping=_own_or_shipped(mapping), crs=crs,
                                dry_run=dry_run)  # fmt: skip
        _finish(done, output_format)

    return command


@load.command("base")
@click.argument("file", type=FILE)
@click.option("--layer", default=None, help="Layer to read, where there are several.")
@crs_option
@dry_run_option
@format_option
@store_option
@speaking
def base(
    file: Path, layer: str | None, crs: str | None, dry_run: bool, output_format: str, store: Path | None
) -> None:
    """Load what is drawn under the data: roads, water, greenery, buildings, names.

    Reads OpenStreetMap extracts (.osm.pbf, .osm, GeoPackage made of one), PMTiles, and any geodata with
    columns kind (road, water, green, industry, building, label), name and rank (1 is drawn from far away).
    """
    with opened(store) as db:
        done = load_features(db, file, crs=crs, layer=layer, dry_run=dry_run)
    _finish(done, output_format)


def _own_or_shipped(mapping: str) -> str:
    """Return a mapping's file where the caller means it, or the name of a shipped profile."""
    return str(caller.path_of(mapping)) if mapping.endswith(".toml") else mapping


def _finish(done: LoadReport, output_format: str) -> None:
    output.report(done, output_format)
    if has_errors(done.findings):
        raise SystemExit(1)


for _register in REGISTERS:
    load.add_command(_loader(_register))

COMMANDS = (init, load)
