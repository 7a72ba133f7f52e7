"""Commands about the log of what was done: audit list, audit verify."""

from __future__ import annotations

from pathlib import Path

import click

from gridmap.access import audit as log
from gridmap.cli import output
from gridmap.cli.options import format_option, opened, speaking, store_option
from gridmap.findings import has_errors


@click.group()
def audit() -> None:
    """Read and verify the log of what was done."""


@audit.command("list")
@click.option(
    "--last", "most", type=int, default=50, show_default=True, help="So many rows, the newest first."
)
@click.option("--account", default="", help="Of this account only.")
@click.option("--action", default="", help="Of actions that begin like this only, such as reveal.")
@format_option
@store_option
@speaking
def list_log(most: int, account: str, action: str, output_format: str, store: Path | None) -> None:
    """List what was done last, by whom and why."""
    with opened(store) as db:
        output.table(log.listed(db, most=most, account=account or None, action=action), output_format)


@audit.command()
@format_option
@store_option
@speaking
def verify(output_format: str, store: Path | None) -> None:
    """Find out whether the log stands as it was written."""
    with opened(store) as db:
        found = log.verify(db)
    output.findings(found, output_format)
    if has_errors(found):
        raise SystemExit(1)


COMMANDS = (audit,)
