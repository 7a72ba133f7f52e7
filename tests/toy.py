"""A toy city drawn in ASCII, so that every answer can be checked by eye.

One letter is a square of 100 m; equal letters are one cell; a dot is nobody's land. North is up.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from gridmap.store import Database

CRS = "EPSG:4547"
WEST, SOUTH, SIZE = 506_000.0, 2_513_000.0, 100.0

STREET = """
    SSSSSS
    SSSSSS
    SSSSSS
    SSSSSS
"""
#: A and B are communities; the lower right corner of the street is nobody's.
COMMUNITIES = """
    AAABBB
    AAABBB
    AAABBB
    AAAB..
"""
#: Community A has three red grids and one square that no grid covers.
GRIDS = """
    112...
    112...
    133...
    .33...
"""
GRID_CODES = {"1": "A1", "2": "A2", "3": "A3"}


def draw(text: str, *, names: dict[str, str] | None = None) -> gpd.GeoDataFrame:
    """Turn an ASCII drawing into cells: code (the letter, or its name), name, geometry in EPSG:4547."""
    rows = text.strip().split("\n")
    squares = pd.DataFrame([
        {"code": letter, "geometry": _square(column, len(rows) - 1 - line)}
        for line, row in enumerate(rows) for column, letter in enumerate(row.strip()) if letter != "."
    ])  # fmt: skip
    cells = gpd.GeoDataFrame(squares, crs=CRS).dissolve("code", as_index=False)
    codes = cells["code"].map(lambda letter: (names or {}).get(letter, letter))
    return cells.assign(code=codes, name="cell " + codes)[["code", "name", "geometry"]]


def at(column: float, line: float) -> tuple[float, float]:
    """Return the metric point `column` squares east and `line` squares north of the city's corner."""
    return WEST + column * SIZE, SOUTH + line * SIZE


def _square(column: int, line: int) -> shapely.Polygon:
    return shapely.box(*at(column, line), *at(column + 1, line + 1))


def rows(db: Database, statement: str) -> pd.DataFrame:
    """Look into the tables directly, as no screen does."""
    with db._cursor() as cursor:
        return cursor.execute(statement).df()
