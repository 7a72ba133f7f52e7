"""Commands that open the dashboards, and that make what further processes show: serve, snapshot."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from pathlib import Path

import click

from gridmap import settings
from gridmap.access import accounts
from gridmap.cli import output, relay
from gridmap.cli.options import opened, speaking, store_folder, store_option
from gridmap.errors import StoreError, StoreInUse, UsageError
from gridmap.keeping import doctor, following
from gridmap.store import Database, shared_store, sharing, snapshots

#: Set while this process serves a store without accounts to its own machine.
_UNCLAIMED = threading.Event()
_FIRST = "gridmap users add NAME --role administrator"
#: Who may let people in.
WAYS_IN = ("accounts", "proxy", "oidc", "open")


@click.command()
@store_option
@click.option("--port", type=int, default=None, help="Port of the dashboards (GRIDMAP_PORT; 8501).")
@click.option("--snapshot", is_flag=True, help="Show the newest snapshot of a store that another process "
              "serves: a further process for those who only look.")  # fmt: skip
@click.option("--open-to-all", is_flag=True, help="Let everybody on this machine in without signing in.")
@speaking
def serve(store: Path | None, port: int | None, snapshot: bool, open_to_all: bool) -> None:
    """Open the dashboards on a store, to those who have an account.

    As long as nobody has one, they are open to everybody on this machine, and to no other machine.
    """
    folder = store_folder(store)
    if snapshot:
        view(folder, port=port, open_to_all=open_to_all)
    else:
        start(folder, port=port, open_to_all=open_to_all)


@click.command("snapshot")
@store_option
@speaking
def make_snapshot(store: Path | None) -> None:
    """Make a snapshot of the store for processes that only look (serve --snapshot)."""
    with opened(store) as db:
        file = snapshots.take(db)
    click.echo(f"{file}: {file.stat().st_size / 1e6:,.1f} MB")


def start(folder: Path, *, port: int | None, open_to_all: bool) -> None:
    """Serve the dashboards until the process is stopped, and make snapshots where the settings say so."""
    from gridmap import server  # here, so that other commands start without the screens

    open_to_all = _examine(folder, open_to_all=open_to_all)
    chosen = settings.from_environment()
    output.flush()
    with relay.listening(folder, click.get_current_context().find_root().command), ExitStack() as beside:
        if chosen.snapshot_seconds:
            beside.enter_context(
                following.making_snapshots(shared_store(folder), every_s=chosen.snapshot_seconds)
            )
        server.serve(folder, port or chosen.port, open_to_all=open_to_all)


def view(folder: Path, *, port: int | None, open_to_all: bool) -> None:
    """Serve the dashboards on the newest snapshot of a store until the process is stopped."""
    from gridmap import server

    sharing.view_only(folder)
    db = shared_store(folder)
    with following.following_newest(db):
        # The process that owns the store could not tell this one of the first account.
        if _shuts_everybody_out(db, open_to_all=open_to_all):
            raise _nobody(db)
        output.flush()
        server.serve(folder, port or settings.from_environment().port, open_to_all=open_to_all)


def claim() -> None:
    """Shut the door of a store that was open because nobody had an account: now somebody has."""
    if _UNCLAIMED.is_set():
        _UNCLAIMED.clear()
        os.environ["GRIDMAP_SIGN_IN"] = "accounts"


def _examine(folder: Path, *, open_to_all: bool) -> bool:
    """Say that a store is missing or in use here, and what is wrong with it, before the server starts.

    Returns whether it is served without signing in.
    """
    try:
        with opened(folder) as db:
            is_open = _is_open(db, open_to_all=open_to_all)
            doctor.make_safe(db)
            output.remarks(doctor.at_start(db))
    except StoreInUse as fault:
        raise StoreError(str(fault)) from fault
    return is_open


def _is_open(db: Database, *, open_to_all: bool) -> bool:
    """Return whether nobody need sign in; say here, before the server starts, that nobody could."""
    if not _shuts_everybody_out(db, open_to_all=open_to_all):
        return open_to_all
    chosen = settings.from_environment()
    if chosen.sign_in != "accounts" or chosen.address not in settings.LOOPBACK:
        raise _nobody(db)
    _UNCLAIMED.set()
    output.say(f"The store has no accounts: it is open to everybody on this machine until it has. {_FIRST}")
    return True


def _shuts_everybody_out(db: Database, *, open_to_all: bool) -> bool:
    """Return whether people would have to sign in and none has an account."""
    way_in = settings.from_environment().sign_in
    if way_in not in WAYS_IN:
        raise UsageError(f"GRIDMAP_SIGN_IN={way_in} is none of {', '.join(WAYS_IN)}.")
    return not open_to_all and way_in != "open" and accounts.listed(db).empty


def _nobody(db: Database) -> UsageError:
    return UsageError(
        f"Nobody could sign in: the store {db.folder} has no accounts. Make the first: {_FIRST}. "
        "To look at it on this machine alone, add --open-to-all."
    )


COMMANDS = (serve, make_snapshot)
