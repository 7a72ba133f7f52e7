"""The command that measures: bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pandas as pd

from gridmap.cli import output
from gridmap.cli.options import OUT, opened, speaking, store_option

NAMES = ("placement", "changes", "edits", "views", "demo", "load")


@click.command()
@click.argument("name", type=click.Choice(NAMES), default="placement")
@click.option("--points", type=int, default=10_000_000, show_default=True,
              help="placement, changes, load: number of points.")  # fmt: skip
@click.option("--cells", type=int, default=20_000, show_default=True,
              help="placement, changes: number of cells.")  # fmt: skip
@click.option("--edits", type=int, default=10_000, show_default=True, help="edits: number of random edits.")
@click.option("--repeats", type=int, default=3, show_default=True, help="Rounds; medians count.")
@click.option("--scale", type=click.Choice(["street", "district", "city"]), default="street",
              show_default=True, help="demo: how large a city.")  # fmt: skip
@click.option("--json", "target", type=OUT, default=None,
              help="File to write everything measured to.")  # fmt: skip
@store_option
@speaking
def bench(
    name: str, points: int, cells: int, edits: int, repeats: int, scale: str, target: Path | None,
    store: Path | None,
) -> None:  # fmt: skip
    """Measure placement, changes of boundaries, edits, the screens' questions, building, loading."""
    if name == "edits":
        from gridmap.bench import edits as editing

        measured: Any = editing.run(edits=edits)
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
    if name == "views":
        from gridmap.bench import views

        with opened(store) as db:
            return views.run(db, repeats=repeats)
    from gridmap.bench import loading

    if name == "demo":
        return loading.run_demo(scale=scale)
    from gridmap.bench import night

    run = night.run if name == "night" else loading.run_load
    return run(petitions=min(points, 1_000_000))


COMMANDS = (bench,)
