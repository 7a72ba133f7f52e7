"""Commands of planners: edit, drafts, impact, publish, versions, diff, border, restore."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd

from gridmap import crs as datum
from gridmap import exporting, versions
from gridmap.cli import output
from gridmap.cli.options import (
    DAY,
    FILE,
    OUT,
    as_day,
    crs_option,
    format_option,
    opened,
    speaking,
    store_option,
    why_option,
)
from gridmap.editing import drafts as kept
from gridmap.editing.publishing import Publication, restore
from gridmap.editing.session import Drafting
from gridmap.errors import EditRefused, Refused, UnreadableInput, UsageError
from gridmap.periods import Period
from gridmap.planning import CORNERS, SPREAD, Impact, impact
from gridmap.regions import crs_of
from gridmap.store import Database
from gridmap.versions import Diff

effective_option = click.option("--effective", type=DAY, default=None, metavar="YYYY-MM-DD",
                                help="First day in force: past, today or future.")  # fmt: skip
commit_option = click.option("--commit", is_flag=True, help="Do it; without, only say what it would do.")
approved_option = click.option("--approved-by", default=None, help="Who approved it.")
document_option = click.option("--document", default=None, help="Number of the document that approves it.")
out_option = click.option("-o", "--output", "target", type=OUT,
                          default=None, help="File to write the changed cells to: .gpkg, .geojson, .shp.zip "
                          "..., or .csv without the map.")  # fmt: skip


@click.command()
@click.argument("draft")
@click.argument("operations", metavar="[OPS.json]", required=False, type=FILE)
@click.option("--on", type=DAY, default=None, help="A new draft: day whose boundaries it begins with.")
@click.option("--from-version", "version", type=int, default=None, metavar="N",
              help="A new draft: version it begins with; see: gridmap versions.")  # fmt: skip
@click.option("--title", default="", help="A new draft: what it is about.")
@click.option("--expect", type=int, default=None, metavar="REVISION",
              help="Refuse when the draft went on since this revision.")  # fmt: skip
@click.option(
    "--unlock", multiple=True, metavar="LEVEL|CODE", help="Let borders of this level or region move."
)
@click.option("--undo", is_flag=True, help="Undo the last edit.")
@click.option("--redo", is_flag=True, help="Redo the edit that was undone last.")
@click.option("--rebase", is_flag=True, help="Carry the edits over to today's boundaries.")
@click.option(
    "--skip-conflicts", is_flag=True, help="Rebase: leave out edits that are not possible any more."
)
@click.option("--drop", is_flag=True, help="Give the draft up.")
@format_option
@store_option
@speaking
def edit(
    draft: str, operations: Path | None, on: datetime | None, version: int | None, title: str,
    expect: int | None,
    unlock: tuple[str, ...], undo: bool, redo: bool, rebase: bool, skip_conflicts: bool, drop: bool,
    output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Make the edits of a file in a draft: all of them, or none; a new name begins a new draft.

    OPS.json holds one operation or a list of them, as the editor sends them.
    """
    asked = [*([] if operations is None else _operations(operations)), *_words(undo=undo, redo=redo)]
    with opened(store) as db:
        if drop:
            kept.drop(db, draft)
            output.say(f"Draft '{draft}' is given up.")
            return
        drafting = open_draft(db, draft, title=title, on=as_day(on), version=version)
        if unlock:
            drafting.unlock(unlock)
        if rebase:
            _say_rebased(drafting, skip=skip_conflicts)
        changes = _edited(drafting, asked, expect, output_format) if asked else []
        show_draft(drafting, [code for change in changes for code in change.touched], output_format)


def open_draft(
    db: Database, name: str, *, title: str = "", on: date | None = None, version: int | None = None
) -> Drafting:
    """Open a draft, or begin it when there is none of this name."""
    if name in set(kept.drafts(db)["draft"]):
        drafting = Drafting.open(db, name)
        if version not in (None, drafting.draft.base_cs):
            raise UsageError(f"Draft '{name}' is there already and began with version "
                             f"{drafting.draft.base_cs}. Choose another name.")  # fmt: skip
        return drafting
    drafting = Drafting.begin(db, name, title=title, on=on, version=version)
    output.say(f"Draft '{name}' begins with the boundaries of {drafting.draft.base_day}, "
               f"version {drafting.draft.base_cs}.")  # fmt: skip
    return drafting


def _operations(path: Path) -> list[Mapping[str, Any]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as fault:
        raise UnreadableInput(f"{path} holds no operations: {fault}. Give a JSON list.") from fault
    listed = read if isinstance(read, list) else [read]
    if not listed or not all(isinstance(entry, dict) for entry in listed):
        raise UnreadableInput(f"{path} holds no operations. Give an object with 'op', or a list of them.")
    return listed


def _words(*, undo: bool, redo: bool) -> list[Mapping[str, Any]]:
    return [{"op": name} for name, asked in (("undo", undo), ("redo", redo)) if asked]


def _edited(
    drafting: Drafting, asked: list[Mapping[str, Any]], expect: int | None, output_format: str
) -> list[Any]:
    """Make the edits; a refusal goes to stdout as JSON when that is asked for, as well as to stderr."""
    try:
        return drafting.apply_all(asked, expected=expect)
    except EditRefused as fault:
        if output_format == "json":
            click.echo(json.dumps({"refused": fault.to_json()}, ensure_ascii=False, indent=1))
        raise


def _say_rebased(drafting: Drafting, *, skip: bool) -> None:
    done = drafting.rebase(skip=skip)
    for operation, reason in done.dropped:
        output.say(f"Left out {operation.get('op', '')}: {reason}")
    output.say(f"Rebased on {done.day}, version {done.version}: {done.kept} edits carried over.")


def show_draft(drafting: Drafting, touched: list[str], output_format: str) -> None:
    """Print where a draft stands, and which regions were touched."""
    codes = sorted(set(touched))
    if output_format == "json":
        click.echo(json.dumps({
            "draft": drafting.draft.name, "revision": drafting.revision, "edits": len(drafting.done),
            "stamp": drafting.coverage.stamp, "touched": codes,
        }, ensure_ascii=False, indent=1))  # fmt: skip
        return
    click.echo(f"draft {drafting.draft.name}, revision {drafting.revision}, {len(drafting.done)} edits"
               + (f"; touched: {', '.join(codes)}" if codes else ""))  # fmt: skip


@click.command()
@click.argument("draft", required=False)
@format_option
@store_option
@speaking
def drafts(draft: str | None, output_format: str, store: Path | None) -> None:
    """List the drafts, or the steps of one."""
    with opened(store) as db:
        if draft is None:
            _show(kept.drafts(db), output_format)
            return
        kept.draft_named(db, draft)
        steps = kept.steps(db, draft)
    rows = [{"revision": step.revision, "step": step.said, "author": step.author,
             "recorded_at": step.recorded_at} for step in steps]  # fmt: skip
    _show(pd.DataFrame(rows, columns=["revision", "step", "author", "recorded_at"]), output_format)


@click.command("impact")
@click.argument("draft")
@click.option("--since", type=DAY, default=None, help="Count petitions received from this day on.")
@click.option("--until", type=DAY, default=None, help="Count petitions received before this day.")
@format_option
@store_option
@speaking
def show_impact(
    draft: str, since: datetime | None, until: datetime | None, output_format: str, store: Path | None
) -> None:
    """Say what a draft does to everyone's load, for both sides of every change and for the whole plan."""
    with opened(store) as db:
        drafting = Drafting.open(db, draft)
        found = impact(db, drafting.coverage, drafting.base, period=Period(as_day(since), as_day(until)))
    if output_format == "json":
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
        return
    _show_impact(found)


def _show_impact(found: Impact) -> None:
    """Print the figures a planner looks at first; all of them are in the JSON."""
    if found.is_empty:
        click.echo("No cell differs.")
        return
    shown = [f"{name}_{side}" for name in SPREAD for side in ("before", "after")]
    seen = found.cells[found.cells["change"] != CORNERS]
    output.table(seen[["code", "name", "change", *shown]], "table")
    click.echo("balance over the whole plan (grids):")
    plan = found.balance[found.balance["scope"] == "plan"].drop(columns="scope")
    even = [f"{name}_{side}" for name in ("max_over_mean", "cv", "gini") for side in ("before", "after")]
    output.table(plan[["load", *even]].round(4), "table")
    if len(found.outside_band):
        click.echo("grids outside the band of households:")
        output.table(found.outside_band, "table")
    for name, value in found.summary.items():
        click.echo(f"{name.replace('_', ' ')}: {'—' if pd.isna(value) else f'{value:,.4g}'}")


@click.command()
@click.argument("draft")
@effective_option
@click.option("--title", default="", help="What changes; the draft's title when omitted.")
@approved_option
@document_option
@commit_option
@format_option
@store_option
@speaking
def publish(
    draft: str, effective: datetime | None, title: str, approved_by: str | None, document: str | None,
    commit: bool, output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Check a draft for publishing; with --commit, put it into force."""
    if effective is None:
        raise UsageError("Say since when: --effective YYYY-MM-DD")
    with opened(store) as db:
        done = Drafting.open(db, draft).publish(effective=effective.date(), title=title, commit=commit,
                                                approved_by=approved_by, document=document)  # fmt: skip
    _show_publication(done, output_format)


@click.command("restore")
@click.argument("version", type=int)
@effective_option
@click.option("--void", is_flag=True, help="It was never to be in force: then its own first day counts.")
@click.option("--with-later", is_flag=True, help="Also take back later versions of the same regions.")
@approved_option
@document_option
@commit_option
@format_option
@store_option
@speaking
def restore_version(
    version: int, effective: datetime | None, void: bool, with_later: bool, approved_by: str | None,
    document: str | None, commit: bool, output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Take a version back: what it changed becomes again what it was before; with --commit, in force."""
    with opened(store) as db:
        done = restore(db, version, effective=as_day(effective), void=void, with_later=with_later,
                       approved_by=approved_by, document=document, commit=commit)  # fmt: skip
    _show_publication(done, output_format)


def _show_publication(done: Publication, output_format: str) -> None:
    """Print checks and changes; refuse with exit code 3 when a binding check fails."""
    if output_format == "json":
        click.echo(json.dumps({
            "version": done.cs, "published": done.cs is not None, "placed_again": done.placed_again,
            "checks": [check.to_json() for check in done.checks], **_diff_json(done.diff),
        }, ensure_ascii=False, indent=1))  # fmt: skip
    else:
        _show_checks(done)
    if done.refused:
        raise Refused(f"{len(done.refused)} binding checks fail: it cannot be published like this.")
    if done.cs is None:
        output.say("Nothing is published: add --commit.")
    else:
        output.say(f"Published as version {done.cs}; {done.placed_again:,} records placed again.")


def _show_checks(done: Publication) -> None:
    for check in done.checks:
        click.echo(f"{check.verdict:<10}  {check.key:<11}  {check.message}")
    click.echo("")
    _show_diff(done.diff, "table")


@click.command("versions")
@click.argument("version", type=int, required=False)
@format_option
@store_option
@speaking
def list_versions(version: int | None, output_format: str, store: Path | None) -> None:
    """List the versions of the map, or what one version made out of what."""
    with opened(store) as db:
        if version is not None:
            versions.changeset(db, version)
            found = versions.lineage(db, version).drop(columns=["from_region", "to_region"])
        else:
            found = versions.versions(db)
    _show(found, output_format)


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--since", type=DAY, default=None, help="Count petitions received from this day on.")
@click.option("--until", type=DAY, default=None, help="Count petitions received before this day.")
@out_option
@format_option
@why_option
@store_option
@speaking
def show_diff(
    before: str, after: str, since: datetime | None, until: datetime | None, target: Path | None,
    output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Compare two versions, days (YYYY-MM-DD or today) or drafts: what differs cell by cell, what moved."""
    with opened(store) as db:
        states = [state_called(db, name) for name in (before, after)]
        found = versions.compare(db, *states, period=Period(as_day(since), as_day(until)))
    if target is not None:
        _write_cells(found.cells, target)
        output.say(f"{len(found.cells):,} cells written to {target}.")
    _show_diff(found, output_format)


def state_called(db: Database, name: str) -> versions.State:
    """Return the state of a version or a day, or of a draft of this name."""
    if name in set(kept.drafts(db)["draft"]):
        return Drafting.open(db, name).state()
    return versions.state_named(db, name)


def _write_cells(cells: gpd.GeoDataFrame, target: Path) -> None:
    if target.suffix == ".csv":
        exporting.write_table(pd.DataFrame(cells.drop(columns="geometry")), target)
    else:
        exporting.write_regions(cells, target)


def _show_diff(found: Diff, output_format: str) -> None:
    if output_format == "json":
        click.echo(json.dumps(_diff_json(found), ensure_ascii=False, indent=1))
        return
    click.echo(f"{found.before} -> {found.after}: {len(found.cells):,} regions differ")
    if len(found.cells):
        shown = found.cells[found.cells["change"] != "corners"]
        columns = ["level", "code", "name", "change", "area_m2_before", "area_m2", "came_from", "went_to"]
        output.table(pd.DataFrame(shown[columns]).round(1), "table")
    if len(found.moves):
        click.echo("land that moved:")
        output.table(
            pd.DataFrame(found.moves.drop(columns=["geometry", "from_name", "to_name"])).round(1), "table"
        )


def _diff_json(found: Diff) -> dict[str, Any]:
    return {"before": found.before, "after": found.after, "cells": _records(found.cells),
            "moves": _records(found.moves)}  # fmt: skip


def _records(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    plain = pd.DataFrame(frame.drop(columns=["geometry", "region_id"], errors="ignore"))
    rows: list[dict[str, Any]] = json.loads(plain.to_json(orient="records", force_ascii=False))
    return rows


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE CODE]")
@click.option("--at", nargs=2, type=float, default=None, metavar="X Y", help="A point on the border.")
@crs_option
@out_option
@format_option
@why_option
@store_option
@speaking
def border(
    codes: tuple[str, ...], at: tuple[float, float] | None, crs: str | None, target: Path | None,
    output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Say who changed a border and why: that between two regions, or the one nearest to a point."""
    with opened(store) as db:
        if at is not None and not codes:
            x, y = datum.to_metric([at[0]], [at[1]], crs, crs_of(db)) if crs else ([at[0]], [at[1]])
            found = versions.border_at(db, float(x[0]), float(y[0]))
        elif len(codes) == 2:
            found = versions.border_between(db, codes[0], codes[1])
        else:
            raise UsageError("Say two codes, or a point: --at X Y")
    if target is not None:
        _write_cells(found, target)
    _show(pd.DataFrame(found.drop(columns="geometry")), output_format)


def _show(frame: pd.DataFrame, output_format: str) -> None:
    """Print a list, days and moments as people write them; a table leaves out what is empty throughout."""
    moments = [name for name in frame.columns if frame[name].dtype.kind == "M"]
    written = frame.assign(**{name: frame[name].dt.strftime(_form(name)) for name in moments})
    short = written if output_format == "json" else written.dropna(axis="columns", how="all")
    output.table(short, output_format)


def _form(name: str) -> str:
    return "%Y-%m-%d" if name.endswith(("_on", "_day")) else "%Y-%m-%d %H:%M:%S"


COMMANDS = (edit, drafts, show_impact, publish, restore_version, list_versions, show_diff, border)
