"""The command that measures: bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pandas as pd

from gridmap.cli import output
from gridmap.cli.options import OUT, opened, speaking, store_folder, store_option
from gridmap.store import Database

NAMES = ("placement", "changes", "edits", "views", "month", "demo", "load", "night", "sessions", "knee")


@click.command()
@click.argument("name", type=click.Choice(NAMES), default="placement")
@click.option("--points", type=int, default=10_000_000, show_default=True,
              help="placement, changes, load, night: number of points.")  # fmt: skip
@click.option("--cells", type=int, default=20_000, show_default=True,
              help="placement, changes: number of cells.")  # fmt: skip
@click.option("--edits", type=int, default=10_000, show_default=True, help="edits: number of random edits.")
@click.option("--repeats", type=int, default=3, show_default=True, help="Rounds; medians count.")
@click.option("--scale", type=click.Choice(["street", "district", "city"]), default="street",
              show_default=True, help="demo: how large a city.")  # fmt: skip
@click.option("--viewers", type=int, default=50, show_default=True,
              help="night, sessions: how many people look.")  # fmt: skip
@click.option("--minutes", type=float, default=15.0, show_default=True,
              help="sessions: for how long; knee: for how long each number of people looks.")  # fmt: skip
@click.option("--json", "target", type=OUT, default=None,
              help="File to write everything measured to.")  # fmt: skip
@store_option
@speaking
def bench(
    name: str, points: int, cells: int, edits: int, repeats: int, scale: str, viewers: int, minutes: float,
    target: Path | None, store: Path | None,
) -> None:  # fmt: skip
    """Measure placement, changes of boundaries, edits, what screens and a street's month ask, loading, load.

    `month` asks for all figures of a street, then for each alone;
    `night` loads a million petitions while people look and planners edit; `sessions` lets people look at a
    store (--store) that is served for it, over the browsers' own protocol; `knee` lets more and more.
    """
    if name in ("sessions", "knee"):
        measured: Any = _looked_at(name, store, viewers=viewers, minutes=minutes)
    elif name == "edits":
        from gridmap.bench import edits as editing

        measured = editing.run(edits=edits)
    elif name == "night":
        from gridmap.bench import night

        measured = night.run(petitions=min(points, 1_000_000), viewers=viewers)
    else:
        measured = _measured(name, points=points, cells=cells, repeats=repeats, scale=scale, store=store)
    rows = measured["rows"] if isinstance(measured, dict) and "rows" in measured else measured
    output.table(pd.DataFrame(rows if isinstance(rows, list) else [rows]), "table")
    if target is not None:
        target.write_text(json.dumps(measured, indent=1, default=str), encoding="utf-8")


def _measured(name: str, *, points: int, cells: int, repeats: int, scale: str, store: Path | None) -> Any:
    """Run one benchmark; each is imported only when it runs."""
    if name == "placement":
        from gridmap.bench import placement

        return placement.run(points=points, cells=cells, repeats=repeats)
    if name == "changes":
        from gridmap.bench import changes

        return changes.run(petitions=points, cells=cells)
    if name in ("views", "month"):
        with opened(store) as db:
            return _asked(name, db, repeats)
    from gridmap.bench import loading

    if name == "demo":
        return loading.run_demo(scale=scale)
    return loading.run_load(petitions=min(points, 1_000_000))


def _looked_at(name: str, store: Path | None, *, viewers: int, minutes: float) -> Any:
    """Let people look at a store over the browsers' protocol."""
    from gridmap.bench import sessions

    folder = store_folder(store)
    if name == "knee":
        return sessions.knee(folder, seconds=minutes * 60)
    return sessions.run(folder, sessions=viewers, seconds=minutes * 60)


def _asked(name: str, db: Database, repeats: int) -> Any:
    """Run a benchmark that only asks the store."""
    from gridmap.bench import month, views

    return (month if name == "month" else views).run(db, repeats=repeats)


COMMANDS = (bench,)
