"""The command that shows gridmap without any data of one's own: demo."""

from __future__ import annotations

import time
from pathlib import Path

import click

from gridmap.cli import output
from gridmap.cli.options import speaking, store_folder, store_option
from gridmap.cli.serving import start
from gridmap.loading.city import build_demo
from gridmap.store import FILE_NAME


@click.command()
@store_option
@click.option("--scale", type=click.Choice(["street", "district", "city"]), default="street",
              show_default=True, help="How large a city.")  # fmt: skip
@click.option("--seed", type=int, default=2022, show_default=True, help="The same seed gives the same city.")
@click.option("--no-serve", is_flag=True, help="Only build the store.")
@click.option("--port", type=int, default=None, help="Port of the dashboards (GRIDMAP_PORT; 8501).")
@speaking
def demo(store: Path | None, scale: str, seed: int, no_serve: bool, port: int | None) -> None:
    """Build a synthetic city and open the dashboards on it; an existing store is opened as it is."""
    folder = store_folder(store)
    if (folder / FILE_NAME).exists():
        output.say(f"The store in {folder} is there already.")
    else:
        began = time.monotonic()
        output.say(f"Building a synthetic {scale} in {folder} (all data are made up) ...")
        build_demo(folder, scale=scale, seed=seed)
        output.say(f"Built in {time.monotonic() - began:.0f} s.")
    if not no_serve:
        start(folder, port=port)


COMMANDS = (demo,)
