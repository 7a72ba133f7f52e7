"""Commands that open the dashboards, and that make what further processes show: serve, snapshot."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from gridmap import settings
from gridmap.cli import output, relay
from gridmap.cli.options import opened, speaking, store_folder, store_option
from gridmap.errors import StoreError, StoreInUse
from gridmap.keeping import doctor, following
from gridmap.store import shared_store, sharing, snapshots


@click.command()
@store_option
@click.option("--port", type=int, default=None, help="Port of the dashboards (GRIDMAP_PORT; 8501).")
@click.option("--snapshot", is_flag=True, help="Show the newest snapshot of a store that another process "
              "serves: a further process for those who only look.")  # fmt: skip
@speaking
def serve(store: Path | None, port: int | None, snapshot: bool) -> None:
    """Open the dashboards on a store."""
    folder = store_folder(store)
    if snapshot:
        view(folder, port=port)
    else:
        start(folder, port=port)


@click.command("snapshot")
@store_option
@speaking
def make_snapshot(store: Path | None) -> None:
    """Make a snapshot of the store for processes that only look (serve --snapshot)."""
    with opened(store) as db:
        file = snapshots.take(db)
    click.echo(f"{file}: {file.stat().st_size / 1e6:,.1f} MB")


def start(folder: Path, *, port: int | None) -> None:
    """Serve the dashboards until the process is stopped, and make snapshots where the settings say so."""
    from gridmap import server  # here, so that other commands start without the screens

    _examine(folder)
    chosen, stop = settings.from_environment(), threading.Event()
    output.flush()
    with relay.listening(folder, click.get_current_context().find_root().command):
        if chosen.snapshot_seconds:
            following.make_snapshots(shared_store(folder), stop, every_s=chosen.snapshot_seconds)
        server.serve(folder, port or chosen.port)
    stop.set()


def view(folder: Path, *, port: int | None) -> None:
    """Serve the dashboards on the newest snapshot of a store until the process is stopped."""
    from gridmap import server

    stop = threading.Event()
    sharing.view_only(folder)
    following.follow(shared_store(folder), stop)
    output.flush()
    server.serve(folder, port or settings.from_environment().port)
    stop.set()


def _examine(folder: Path) -> None:
    """Say that a store is missing or in use here, and what is wrong with it, before the server starts."""
    try:
        with opened(folder) as db:
            doctor.make_safe(db)
            output.remarks(doctor.at_start(db))
    except StoreInUse as fault:
        raise StoreError(str(fault)) from fault


COMMANDS = (serve, make_snapshot)
