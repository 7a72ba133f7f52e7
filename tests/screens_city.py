"""A small city with everything the screens show, loaded through the door of everybody's files.

One letter is a square of 100 m. Street S has the communities A and B; A is divided into the blocks P and Q,
these into red grids; B is not divided; the dots are nobody's land. Somebody is in charge of grid 1, of B,
and was of grid 2.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from gridmap.access.keys import folder_of_keys, store_ident
from gridmap.loading.features import load_features
from gridmap.loading.founding import found
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.registers import register_named
from gridmap.store import Database, open_store
from tests.toy import CRS, at, draw

NOW = datetime(2024, 7, 1, 18)
STREET = """
    SSSSSSSSSSSS
    SSSSSSSSSSSS
    SSSSSSSSSSSS
    SSSSSSSSSSSS
    SSSSSSSSSSSS
    SSSSSSSSSSSS
"""
COMMUNITIES = """
    AAAAAABBBBBB
    AAAAAABBBBBB
    AAAAAABBBBBB
    AAAAAABBBBBB
    AAAAAABBBB..
    AAAAAABBBB..
"""
BLOCKS = """
    PPPQQQ......
    PPPQQQ......
    PPPQQQ......
    PPPQQQ......
    PPPQQQ......
    PPP.........
"""
GRIDS = """
    111444......
    111444......
    112444......
    222555......
    233555......
    333.........
"""
CODES = {"S": "440309001", "A": "440309001001", "B": "440309001002", "P": "440309001001B01",
         "Q": "440309001001B02", **{number: f"44030900100100{number}" for number in "12345"}}  # fmt: skip
NAMES = {"S": "样例街道", "A": "甲社区", "B": "乙社区", "P": "甲一街区", "Q": "甲二街区",
         **{number: f"甲社区第{number}红色网格" for number in "12345"}}  # fmt: skip
CATEGORIES = ("市容环卫", "交通运输", "安全隐患")
_LEVELS = (("street", STREET, None), ("community", COMMUNITIES, "S"), ("block", BLOCKS, "A"))


def build(folder: Path) -> Path:
    """Build the store of the small city; return its folder."""
    store, files = folder / "store", folder / "files"
    files.mkdir(parents=True)
    found(store, crs=CRS, title="样例街道", more={"as_of": NOW.isoformat(), "synthetic": "true"})
    database = open_store(store)
    try:
        _load_cells(database, files)
        _load_records(database, files)
    finally:
        database.close()
    return store


def copied(store: Path, folder: Path) -> Path:
    """Copy a store to a folder; the copy has keys of its own, for each writes a log of its own."""
    shutil.copytree(store, folder)
    database = open_store(folder)
    try:
        keys, name = folder_of_keys(database), store_ident(database)
        with database._cursor() as cursor:
            cursor.execute("update store_setting set value = ? where value = ?", [folder.parent.name, name])
        shutil.copy(keys / f"{name}.personal.json", keys / f"{folder.parent.name}.personal.json")
    finally:
        database.close()
    return folder


def _load_cells(database: Database, files: Path) -> None:
    for level, text, parent in _LEVELS:
        cells = _cells(text)
        _load(database, files, level, cells.assign(parent=CODES[parent] if parent else None))
    grids = _cells(GRIDS)
    parents = {"1": "P", "2": "P", "3": "P", "4": "Q", "5": "Q"}
    _load(
        database, files, "red_grid", grids.assign(parent=[CODES[parents[code[-1]]] for code in grids["code"]])
    )


def _cells(text: str) -> gpd.GeoDataFrame:
    cells = draw(text, names=CODES)
    letters = {code: letter for letter, code in CODES.items()}
    return cells.assign(name=[NAMES[letters[code]] for code in cells["code"]])


def _load(database: Database, files: Path, level: str, cells: gpd.GeoDataFrame) -> None:
    path = files / f"{level}.gpkg"
    cells.to_file(path, driver="GPKG")
    load_regions(database, path, Drawing(level, "code", "name", "parent" if level != "street" else None))


def _load_records(database: Database, files: Path) -> None:
    tables = {
        "petitions": petitions(), "schemes": _schemes(), "buildings": _buildings(), "ratings": _ratings(),
        "population": _population(), "responsibilities": _duties(),
        "topics": _topics(), "targets": _targets(), "visits": _visits(),
        "board_texts": _board_texts(), "community_types": _types(),
    }  # fmt: skip
    for name, table in tables.items():
        path = files / f"{name}.csv"
        table.to_csv(path, index=False)
        load_records(database, path, register_named(name), crs=CRS, silent=True)
    path = files / "base.parquet"
    _base().to_parquet(path)
    load_features(database, path)


def petitions() -> pd.DataFrame:
    """Return two petitions per square and half year, more in the west; three of them of no use or place."""
    rows = [_petition(number, column, line) for number, (column, line) in enumerate(_places())]
    odd = [
        {**rows[0], "petition_no": "Z1", "x": None, "y": None},
        {**rows[1], "petition_no": "Z2", "x": 0, "y": 0},
        {**rows[2], "petition_no": "Z3", "received_at": "不详"},
    ]
    return pd.DataFrame([*rows, *odd])


def _places() -> list[tuple[int, int]]:
    squares = [(column, line) for column in range(12) for line in range(6)]
    return [square for square in squares for _ in range(4 + (6 if square[0] < 3 else 0))]


def _petition(number: int, column: int, line: int) -> dict[str, object]:
    received = NOW - timedelta(hours=11 + 37 * (number % 400))
    due = received + timedelta(days=10)
    closed = received + timedelta(days=3 + (number % 10))
    x, y = at(column + 0.2 + number % 7 / 10, line + 0.3 + number % 5 / 10)
    return {
        "petition_no": f"N{number:04}", "category": CATEGORIES[number % 3], "handler": "街道办",
        "x": x, "y": y,
        "status": "closed" if closed < NOW else "processing", "received_at": received.isoformat(" "),
        "due_at": due.isoformat(" "), "closed_at": closed.isoformat(" ") if closed < NOW else None,
    }  # fmt: skip


def _schemes() -> pd.DataFrame:
    levels = (("lenient", "宽管级", "Lenient", "#2e9e5b", 21), ("banned", "禁止级", "Banned", "#cf2f2f", 7))
    return pd.DataFrame([
        {"scheme": "local", "level": level, "rank": rank, "title_zh": zh, "title_en": en, "colour": colour,
         "interval_days": days, "weight": rank}
        for rank, (level, zh, en, colour, days) in enumerate(levels, start=1)
    ])  # fmt: skip


def _buildings() -> pd.DataFrame:
    places = [at(column + 0.5, line + 0.5) for column in range(0, 12, 2) for line in range(0, 6, 2)]
    return pd.DataFrame([
        {"building_no": f"R{number:02}", "category": "urban_village", "x": x, "y": y}
        for number, (x, y) in enumerate(places)
    ])  # fmt: skip


def _ratings() -> pd.DataFrame:
    return pd.DataFrame([
        {"building_no": f"R{number:02}", "scheme": "local", "level": "lenient" if number % 4 else "banned",
         "valid_from": "2023-01-01"}
        for number in range(12)
    ])  # fmt: skip


def _population() -> pd.DataFrame:
    places = [at(column + 0.5, line + 0.5) for column in range(12) for line in range(6)]
    return pd.DataFrame([{"population_no": f"P{n:02}", "people": 100 + n, "x": x, "y": y}
                         for n, (x, y) in enumerate(places)])  # fmt: skip


def _duties() -> pd.DataFrame:
    held = (
        (CODES["1"], "2023-01-01", None),
        (CODES["B"], "2023-01-01", None),
        (CODES["2"], "2022-01-01", "2023-01-01"),
    )
    return pd.DataFrame([
        {"region_code": code, "role": "red_grid_lead", "person_no": f"W{n}", "person_name": "测试员",
         "phone": "19900000000", "valid_from": since, "valid_to": until}
        for n, (code, since, until) in enumerate(held)
    ])  # fmt: skip


def _topics() -> pd.DataFrame:
    """Return a handled and a tracked topic of block P, and a tracked one of Q."""
    rows = (("P", "handled"), ("P", "tracking"), ("Q", "tracking"))
    return pd.DataFrame([
        {"topic_no": f"T{n}", "category": CATEGORIES[0], "raised_on": f"2024-0{n + 4}-10", "status": status,
         "region_code": CODES[block]}
        for n, (block, status) in enumerate(rows)
    ])  # fmt: skip


def _targets() -> pd.DataFrame:
    """Return three priority targets and a regular one in grid 1."""
    return pd.DataFrame([
        {"target_no": f"K{n}", "tier": "regular" if n == 3 else "priority", "valid_from": "2024-01-01",
         "region_code": CODES["1"]}
        for n in range(4)
    ])  # fmt: skip


def _visits() -> pd.DataFrame:
    """Return a visit of this month to the first target, one of the month before to the second."""
    days = {"K0": "2024-07-01", "K1": "2024-06-20"}
    return pd.DataFrame([{"visit_no": f"V{target}", "target_no": target, "visited_on": day}
                         for target, day in days.items()])  # fmt: skip


def _board_texts() -> pd.DataFrame:
    rows = (
        ("goals", "干净整洁", "Clean and tidy"),
        ("duties", "每日巡查", ""),
        ("contact", "服务点", "Service point"),
    )
    return pd.DataFrame([
        {"line_no": f"L{n}", "section": section, "text": text, "text_en": english, "region_code": CODES["P"]}
        for n, (section, text, english) in enumerate(rows)
    ])  # fmt: skip


def _types() -> pd.DataFrame:
    types = {"A": "村改居", "B": "混合"}
    return pd.DataFrame([{"code": CODES[letter], "type": kind, "region_code": CODES[letter]}
                         for letter, kind in types.items()])  # fmt: skip


def _base() -> gpd.GeoDataFrame:
    shapes = {
        "road": shapely.LineString([at(0, 3), at(12, 3)]),
        "water": shapely.box(*at(10, 0), *at(12, 2)),
        "green": shapely.box(*at(0, 0), *at(1, 1)),
        "building": shapely.box(*at(4.2, 4.2), *at(4.6, 4.6)),
    }
    return gpd.GeoDataFrame(
        {"kind": list(shapes), "name": ["样例路", "样例湖", None, None], "rank": [2, 1, 1, 5]},
        geometry=list(shapes.values()),
        crs=CRS,
    )
