"""Commands that look after a store: backup, restore-backup, dump, load dump, doctor."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from gridmap.cli import caller, output, relay
from gridmap.cli.loads import load
from gridmap.cli.options import (
    FILE,
    OUT,
    format_option,
    note_command,
    opened,
    scope_of_caller,
    speaking,
    store_folder,
    store_option,
    why_option,
)
from gridmap.errors import Refused, StoreError
from gridmap.findings import has_errors
from gridmap.keeping import backups, doctor, dumps
from gridmap.keeping.formats import FORMATS
from gridmap.store import open_store


@click.command()
@click.argument("file", type=OUT)
@why_option
@store_option
@speaking
def backup(file: Path, store: Path | None) -> None:
    """Write the whole store into one file, also while it is served.

    The copy is opened again and checked before the file appears under its name.
    """
    with opened(store) as db:
        done = backups.back_up(db, file)
    output.remarks(done.findings)
    click.echo(f"{file}: {done.about.rows:,} rows in {len(done.about.tables)} tables, checked; "
               f"{file.stat().st_size / 1e6:,.1f} MB")  # fmt: skip
    _end(has_errors(done.findings))


@click.command("restore-backup")
@click.argument("file", type=FILE)
@store_option
@speaking
def restore_backup(file: Path, store: Path | None) -> None:
    """Put a backup into a folder as its store; the store that was there is kept aside.

    Nothing is replaced before the backup is checked. Stop the dashboards first.
    """
    folder = store_folder(store)
    _refuse_beside_server(folder)
    done = backups.put_back(file, folder)
    _note_put_back(folder)
    output.remarks(done.findings)
    click.echo(f"{folder}: {done.about.rows:,} rows in {len(done.about.tables)} tables, as of "
               f"{done.about.made_at}, checked")  # fmt: skip
    if done.old_store:
        output.say(f"The store that was there is kept in {done.old_store}. Remove it when all is well.")
    _end(has_errors(done.findings))


@click.command("dump")
@click.argument("folder", type=FILE)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="parquet", show_default=True,
              help="Open format of the tables: GeoParquet, CSV or GeoPackage.")  # fmt: skip
@why_option
@store_option
@speaking
def dump(folder: Path, form: str, store: Path | None) -> None:
    """Write every table into a new folder in an open format, history and drafts included."""
    with opened(store) as db:
        done = dumps.dump(db, folder, form=form)
    click.echo(f"{folder}: {done.rows:,} rows in {len(done.tables)} tables as {form}")


@load.command("dump")
@click.argument("folder", type=FILE)
@store_option
@speaking
def load_dump(folder: Path, store: Path | None) -> None:
    """Make a store out of a dump; a store that was there is kept aside.

    Stop the dashboards first.
    """
    into = store_folder(store)
    _refuse_beside_server(into)
    done = dumps.load_dump(folder, into)
    _note_put_back(into)
    click.echo(f"{into}: {done.rows:,} rows in {len(done.tables)} tables, each with the sum it had")


@click.command("doctor")
@click.option("--repair", is_flag=True, help="Work out everything derived anew, remove what endangers the "
              "store, take up the log; then look again.")  # fmt: skip
@click.option("--quick", is_flag=True, help="Leave out what reads or derives every record.")
@format_option
@store_option
@speaking
def examine(repair: bool, quick: bool, output_format: str, store: Path | None) -> None:
    """Examine the store and the disk it lies on."""
    with opened(store) as db:
        if repair:
            doctor.mend(db)
        found = doctor.at_start(db) if quick else doctor.examine(db)
    output.findings(found, output_format)
    _end(has_errors(found))


def _refuse_beside_server(folder: Path) -> None:
    if caller.current() is not None or relay.is_listened_to(folder):
        raise Refused("The store is being served. Stop the dashboards (gridmap serve) first, then give the "
                      "command again.")  # fmt: skip


def _note_put_back(folder: Path) -> None:
    """Log in the store that was put back that it was; on a new machine its keys may still lack."""
    with closing(open_store(folder)) as whole:
        try:
            note_command(whole, scope_of_caller(whole))
        except StoreError as fault:
            output.say(f"This was not logged. {fault}")


def _end(with_errors: bool) -> None:
    if with_errors:
        raise SystemExit(1)


COMMANDS = (backup, restore_backup, dump, examine)
