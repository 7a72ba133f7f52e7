"""The command that shows gridmap without any data of one's own: demo."""

from __future__ import annotations

import time
from pathlib import Path

import click

from gridmap.cli import output
from gridmap.cli.options import opened, speaking, store_folder, store_option
from gridmap.cli.serving import start
from gridmap.errors import Refused
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
    """Build a synthetic city and open the dashboards on it, to this machine alone and without signing in.

    An existing store is opened as it is, when it is one of made-up data.
    """
    folder = store_folder(store)
    if (folder / FILE_NAME).exists():
        _require_made_up(folder)
        output.say(f"The store in {folder} is there already.")
    else:
        from gridmap.loading.city import build_demo  # here, for only this command needs what draws a city

        began = time.monotonic()
        output.say(f"Building a synthetic {scale} in {folder} (all data are made up) ...")
        build_demo(folder, scale=scale, seed=seed)
        output.say(f"Built in {time.monotonic() - began:.0f} s.")
    if not no_serve:
        start(folder, port=port, open_to_all=True)


def _require_made_up(folder: Path) -> None:
    """Refuse to open people's data to whoever sits at this machine."""
    with opened(folder) as db:
        made_up = db.setting("synthetic")
    if made_up != "true":
        raise Refused(f"The store in {folder} holds no made-up data. Open it with: gridmap serve. "
                      "For a demo take another folder: gridmap demo --store FOLDER")  # fmt: skip


COMMANDS = (demo,)
