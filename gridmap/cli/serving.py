"""The command that opens the dashboards: serve."""

from __future__ import annotations

from pathlib import Path

import click

from gridmap import settings
from gridmap.cli import output, relay
from gridmap.cli.options import opened, speaking, store_folder, store_option
from gridmap.errors import StoreError, StoreInUse
from gridmap.keeping import doctor


@click.command()
@store_option
@click.option("--port", type=int, default=None, help="Port of the dashboards (GRIDMAP_PORT; 8501).")
@speaking
def serve(store: Path | None, port: int | None) -> None:
    """Open the dashboards on a store."""
    start(store_folder(store), port=port)


def start(folder: Path, *, port: int | None) -> None:
    """Serve the dashboards until the process is stopped."""
    from gridmap import server  # here, so that other commands start without the screens

    _examine(folder)
    chosen = settings.from_environment()
    output.flush()
    with relay.listening(folder, click.get_current_context().find_root().command):
        server.serve(folder, port or chosen.port)


def _examine(folder: Path) -> None:
    """Say that a store is missing or in use here, and what is wrong with it, before the server starts."""
    try:
        with opened(folder) as db:
            doctor.make_safe(db)
            output.remarks(doctor.at_start(db))
    except StoreInUse as fault:
        raise StoreError(str(fault)) from fault


COMMANDS = (serve,)
