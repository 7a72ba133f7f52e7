"""Options that several commands share, and how faults become exit codes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from gridmap import settings
from gridmap.cli import output
from gridmap.errors import GridmapError, Refused
from gridmap.store import Database, open_store

Command = Callable[..., Any]

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(path_type=Path)
OUT = click.Path(path_type=Path, dir_okay=False)

store_option = click.option("--store", type=click.Path(path_type=Path), default=None,
                            help="Folder of the store (GRIDMAP_STORE; ./gridmap-store).")  # fmt: skip
crs_option = click.option("--crs", default=None, metavar="X", help="Datum or CRS of the coordinates: "
                          "wgs84, gcj02, bd09, cgcs2000 or EPSG:n.")  # fmt: skip
dry_run_option = click.option("--dry-run", is_flag=True, help="Work everything out, change nothing.")
format_option = click.option("--format", "output_format", type=click.Choice(["table", "json"]),
                             default="table", show_default=True, help="How to print the result.")  # fmt: skip


def store_folder(store: Path | None) -> Path:
    """Return the store's folder: the option, else the setting."""
    return store or settings.from_environment().store


@contextmanager
def opened(store: Path | None, *, create: bool = False) -> Iterator[Database]:
    """Open the store for the length of a command."""
    database = open_store(store_folder(store), create=create)
    try:
        yield database
    finally:
        database.close()


def as_day(value: datetime | None) -> date | None:
    """Return the day of a date option."""
    return value.date() if value else None


def speaking(command: Command) -> Command:
    """Turn gridmap's errors into a message on stderr and the exit code they stand for."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except GridmapError as fault:
            if isinstance(fault, Refused):
                output.remarks(fault.findings)
            output.say(f"{'Refused' if isinstance(fault, Refused) else 'Error'}: {fault}")
            raise SystemExit(fault.exit_code) from fault

    return run
