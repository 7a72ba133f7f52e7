"""Commands about what figures are made of: compare, rules, reconcile, duty, hot, log, quality, house-code."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import cast

import click
import pandas as pd

from gridmap import comparing, house_codes, issues, quality, responsibility, rules
from gridmap.cli import output
from gridmap.cli.options import (
    DAY,
    as_day,
    format_option,
    opened,
    sees_small_cells,
    speaking,
    stats_for_caller,
    store_option,
    why_option,
)
from gridmap.comparing import Against
from gridmap.errors import Denied, UsageError
from gridmap.periods import Period


@click.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--level", required=True, help="Level of the cells, or 'total' for the whole store.")
@click.option("--since", type=DAY, required=True, help="First day of the period.")
@click.option("--until", type=DAY, required=True, help="First day after the period.")
@click.option("--against", type=click.Choice(["year", "previous"]), default="year", show_default=True,
              help="The same days a year earlier, or the period just before.")  # fmt: skip
@click.option(
    "--category", "categories", multiple=True, help="Only petitions of this category; may be repeated."
)
@format_option
@why_option
@store_option
@speaking
def compare(
    keys: tuple[str, ...], level: str, since: datetime, until: datetime, against: str,
    categories: tuple[str, ...], output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """Compare measures with a year earlier or the period before, both in today's boundaries."""
    with opened(store) as db:
        found = comparing.compared(
            db, keys, level=level, period=Period(as_day(since), as_day(until)),
            against=cast(Against, against), categories=categories, compute=stats_for_caller(),
        )  # fmt: skip
    output.table(found.drop(columns=["region_id", "parent_id", "kind"]), output_format)


@click.command("rules")
@click.argument("rule", required=False, metavar="[RULE")
@click.argument("value", required=False, metavar="VALUE]")
@format_option
@store_option
@speaking
def count_rules(rule: str | None, value: str | None, output_format: str, store: Path | None) -> None:
    """List the rules of counting on which offices differ, or set one for the whole store."""
    if rule is not None and value is None:
        raise UsageError(f"Say the value as well: gridmap rules {rule} VALUE. List them with: gridmap rules")
    with opened(store) as db:
        if rule is not None and value is not None:
            rules.set_rule(db, rule, value)
        found = rules.rules_of(db)
    output.table(found, output_format)


@click.command()
@click.option("--level", required=True, help="Level of the cells: street, community, block, red_grid ...")
@click.option("--since", type=DAY, default=None, help="First day of the period.")
@click.option("--until", type=DAY, default=None, help="First day after the period.")
@click.option("--on", type=DAY, default=None, help="Day whose boundaries to restate to; today when omitted.")
@click.option("--all", "everything", is_flag=True, help="List the cells between which nothing moved as well.")
@click.option("--key", default="petition.received", show_default=True, metavar="KEY",
              help="Measure whose records are followed.")  # fmt: skip
@format_option
@why_option
@store_option
@speaking
def reconcile(
    level: str, since: datetime | None, until: datetime | None, on: datetime | None, everything: bool,
    key: str, output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """List how many records count in another cell when restated from then to now; no sum changes."""
    with opened(store) as db:
        if not sees_small_cells():
            raise Denied("What moved between cells says something about single cases: it needs the right "
                         "to see small cells.")  # fmt: skip
        period = Period(as_day(since), as_day(until))
        found = comparing.reconciled(db, level=level, period=period, key=key, day=as_day(on))
    if not comparing.moving(key):
        output.say(f"{key} counts nothing that boundaries move: compare both views with gridmap stats.")
    moved = found[found["moved"]]
    output.table(found if everything else moved.drop(columns="moved"), output_format)
    total, count = found["records"].sum(), moved["records"].sum()
    output.say(f"{total:,} records in both views; {count:,} of them count in another cell.")


@click.command()
@click.option("--on", type=DAY, default=None, help="Day to look at; today when omitted.")
@click.option(
    "--level", default=None, help="Cells of this level only, or 'building'; everything when omitted."
)
@click.option("--chains", is_flag=True, help="Say instead how far each chain of responsibility is filled.")
@format_option
@store_option
@speaking
def duty(
    on: datetime | None, level: str | None, chains: bool, output_format: str, store: Path | None
) -> None:
    """List the land, cells and buildings nobody is in charge of, with people and open petitions."""
    with opened(store) as db:
        if chains:
            output.table(responsibility.duty_chains(db, on=as_day(on)), output_format)
            return
        found = responsibility.duty_holes(db, on=as_day(on), level=level,
                                         withholds=not sees_small_cells())  # fmt: skip
    output.table(found, output_format)
    for (where, why), rows in found.groupby(["level", "duty"], sort=False):
        output.say(f"{where}: {len(rows):,} {why}")


@click.command()
@click.option("--level", default="community", show_default=True, help="Level of the cells they are told for.")
@click.option("--until", type=DAY, default=None, help="First day after the window; now when omitted.")
@click.option(
    "--category", "categories", multiple=True, help="Only petitions of this category; may be repeated."
)
@format_option
@why_option
@store_option
@speaking
def hot(
    level: str, until: datetime | None, categories: tuple[str, ...], output_format: str, store: Path | None
) -> None:
    """List the hot issues: the same place or the same matter again and again, with its petitions."""
    with opened(store) as db:
        found = issues.hot_issues(db, level=level, until=as_day(until), categories=categories)
    listed = found.assign(petitions=[" ".join(numbers) for numbers in found["petitions"]])
    output.table(listed.drop(columns=["region_id", "x", "y"]), output_format)


@click.command("log")
@click.argument("petition_no", metavar="PETITION")
@click.option("--deadlines", is_flag=True, help="List the deadlines it had instead, old ones included.")
@format_option
@store_option
@speaking
def petition_log(petition_no: str, deadlines: bool, output_format: str, store: Path | None) -> None:
    """Show the course of one petition: dispatches, returns, escalations, extensions, ratings."""
    asked = issues.petition_deadlines if deadlines else issues.petition_log
    with opened(store) as db:
        found = asked(db, petition_no)
    output.table(found, output_format)


@click.command("quality")
@click.argument("check", required=False, metavar="[CHECK]")
@click.option("--level", default="community", show_default=True,
              help="Level at which names and codes are compared with the land.")  # fmt: skip
@click.option("--most", type=click.IntRange(1), default=1000, show_default=True, help="Rows to list.")
@format_option
@store_option
@speaking
def data_quality(check: str | None, level: str, most: int, output_format: str, store: Path | None) -> None:
    """Count what is wrong with the data, or list what one check finds."""
    with opened(store) as db:
        if check is None:
            output.table(quality.counted(db, level=level), output_format)
            return
        found = quality.listed(db, check, level=level, most=most)
    output.table(found.drop(columns=["total", "checked"]), output_format)
    output.say(f"{int(found['total'].iloc[0]) if len(found) else 0:,} records in all.")


@click.command("house-code")
@click.argument("code")
@format_option
@speaking
def house_code(code: str, output_format: str) -> None:
    """Take a house code of 19 or 25 digits apart, or say what is wrong with it."""
    parsed = house_codes.parse(code)
    rows = [(name, getattr(parsed, name)) for name, _ in house_codes.LEVELS if name != "room"]
    rows += [("community_code", parsed.community_code), ("building_code", parsed.building_code)]
    output.table(pd.DataFrame(rows, columns=["level", "digits"]), output_format)


COMMANDS = (compare, count_rules, reconcile, duty, hot, petition_log, data_quality, house_code)
