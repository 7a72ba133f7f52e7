"""Commands about how figures are counted and compared: compare, rules, reconcile, duty."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import cast

import click

from gridmap import comparing, rules
from gridmap.cli import output
from gridmap.cli.options import DAY, as_day, format_option, opened, speaking, store_option
from gridmap.comparing import Against
from gridmap.errors import UsageError
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
            against=cast(Against, against), categories=categories,
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
@format_option
@store_option
@speaking
def reconcile(
    level: str, since: datetime | None, until: datetime | None, on: datetime | None, everything: bool,
    output_format: str, store: Path | None,
) -> None:  # fmt: skip
    """List how many petitions count in another cell when restated from then to now; no sum changes."""
    with opened(store) as db:
        period = Period(as_day(since), as_day(until))
        found = comparing.reconciled(db, level=level, period=period, day=as_day(on))
    moved = found[found["moved"]]
    output.table(found if everything else moved.drop(columns="moved"), output_format)
    total, count = found["petitions"].sum(), moved["petitions"].sum()
    output.say(f"{total:,} petitions in both views; {count:,} of them count in another cell.")


@click.command()
@click.option("--on", type=DAY, default=None, help="Day to look at; today when omitted.")
@format_option
@store_option
@speaking
def duty(on: datetime | None, output_format: str, store: Path | None) -> None:
    """List the cells that nobody is in charge of, with their land, people and open petitions."""
    with opened(store) as db:
        found = comparing.duty_holes(db, on=as_day(on))
    output.table(found, output_format)


COMMANDS = (compare, count_rules, reconcile, duty)
