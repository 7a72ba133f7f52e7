"""Other grids for community A of the toy city, in force from a day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from gridmap.loading.regions import Drawing, load_regions
from gridmap.store import Database
from tests.toy import GRID_CODES, draw

Write = Callable[..., Path]
SPLIT = "112...\n412...\n433...\n.33..."
MERGED = "112...\n112...\n111...\n.11..."
MAY, JUNE, JULY = date(2024, 5, 1), date(2024, 6, 1), date(2024, 6, 15)


def redraw(db: Database, text: str, as_file: Write, day: date) -> None:
    """Load other grids of community A, in force from a day on."""
    cells = draw(text, names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    load_regions(
        db, as_file(cells, f"{day}.gpkg"), Drawing("red_grid", "code", "name", "parent"), effective=day
    )
