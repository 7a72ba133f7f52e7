"""Commands that open the dashboards, and that make what further processes show: serve, snapshot."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from gridmap import settings
from gridmap.access import accounts
from gridmap.cli import output, relay
from gridmap.cli.options import opened, speaking, store_folder, store_option
from gridmap.errors import StoreError, StoreInUse, UsageError
from gridmap.keeping import doctor, following
from gridmap.store import Database, shared_store, sharing, snapshots

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
    """Open the dashboards on a store, to those who have an account."""
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

    _examine(folder, open_to_all=open_to_all)
    chosen, stop = settings.from_environment(), threading.Event()
    output.flush()
    with relay.listening(folder, click.get_current_context().find_root().command):
        if chosen.snapshot_seconds:
            following.make_snapshots(shared_store(folder), stop, every_s=chosen.snapshot_seconds)
        server.serve(folder, port or chosen.port, open_to_all=open_to_all)
    stop.set()


def view(folder: Path, *, port: int | None, open_to_all: bool) -> None:
    """Serve the dashboards on the newest snapshot of a store until the process is stopped."""
    from gridmap import server

    stop = threading.Event()
    sharing.view_only(folder)
    following.follow(shared_store(folder), stop)
    _require_a_way_in(shared_store(folder), open_to_all=open_to_all)
    output.flush()
    server.serve(folder, port or settings.from_environment().port, open_to_all=open_to_all)
    stop.set()


def _examine(folder: Path, *, open_to_all: bool) -> None:
    """Say that a store is missing or in use here, and what is wrong with it, before the server starts."""
    try:
        with opened(folder) as db:
            _require_a_way_in(db, open_to_all=open_to_all)
            doctor.make_safe(db)
            output.remarks(doctor.at_start(db))
    except StoreInUse as fault:
        raise StoreError(str(fault)) from fault


def _require_a_way_in(db: Database, *, open_to_all: bool) -> None:
    """Say here, before the server starts, that nobody could sign in."""
    way_in = "open" if open_to_all else settings.from_environment().sign_in
    if way_in not in WAYS_IN:
        raise UsageError(f"GRIDMAP_SIGN_IN={way_in} is none of {', '.join(WAYS_IN)}.")
    if way_in != "open" and accounts.listed(db).empty:
        raise UsageError(f"Nobody could sign in: the store {db.folder} has no accounts. Make the first: "
                         "gridmap users add NAME --role administrator. To look at it on this "
                         "machine alone: gridmap serve --open-to-all")  # fmt: skip


COMMANDS = (serve, make_snapshot)
