"""The command that opens the dashboards: serve."""

from __future__ import annotations

from pathlib import Path

import click

from gridmap import settings
from gridmap.cli import output
from gridmap.cli.options import opened, speaking, store_folder, store_option


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

    with opened(folder):
        pass  # a missing or locked store is said here, before the server starts
    chosen = settings.from_environment()
    output.flush()
    server.serve(folder, port or chosen.port)


COMMANDS = (serve,)
