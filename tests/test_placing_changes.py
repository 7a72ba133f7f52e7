"""A change of boundaries: placing again what it concerns must give what placing everything anew gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gridmap import placing, versions
from gridmap.loading.founding import found
from gridmap.loading.regions import Drawing, load_regions
from gridmap.store import Database, Session, open_store
from tests.records import load, petition, scattered
from tests.toy import CRS, GRID_CODES, at, draw, rows

PLACES = "select * from place order by all"
SETTLED = "select petition_id, settled_in, settled_by from petition order by all"

# A board of 4 x 3 squares, each in one of the cells 0 to 3 or in none (4); a cell has one of two codes, one
# of three names and one of two communities. Names meet, so that what a record names can become ambiguous.
NAMES = ("岭东", "岭西", "岭东社区")
SIDES = (4, 3)


@dataclass(frozen=True)
class Board:
    """One state of the boundaries, in force from a day on; what was to come later is forgotten."""

    owner: tuple[int, ...]
    code: tuple[bool, ...]
    name: tuple[int, ...]
    parent: tuple[bool, ...]
    above: tuple[int, ...]
    day: int


boards = st.builds(
    Board,
    owner=st.tuples(*[st.integers(0, 4)] * (SIDES[0] * SIDES[1])),
    code=st.tuples(*[st.booleans()] * 4),
    name=st.tuples(*[st.integers(0, 2)] * 4),
    parent=st.tuples(*[st.booleans()] * 4),
    above=st.tuples(*[st.integers(0, 2)] * 2),
    day=st.integers(0, 900),
)


def squares(board: Board, cell: int) -> shapely.Geometry:
    corners = [(n % SIDES[0], n // SIDES[0]) for n, owner in enumerate(board.owner) if owner == cell]
    return shapely.union_all([shapely.box(*at(x, y), *at(x + 1, y + 1)) for x, y in corners])


def cells_of(board: Board) -> pd.DataFrame:
    """Return the regions of a board by code, the community of each by code."""
    above = [
        {"level": "community", "code": f"C{n}", "name": NAMES[name], "parent": None, "geometry": None}
        for n, name in enumerate(board.above)
    ]
    leaves = [
        {"level": "red_grid", "code": f"{'za'[board.code[n]]}{n}", "name": NAMES[board.name[n]],
         "parent": f"C{int(board.parent[n])}", "geometry": squares(board, n)}
        for n in sorted({*board.owner} - {4})
    ]  # fmt: skip
    return pd.DataFrame([*above, *leaves])


def put_into_force(tx: Session, board: Board) -> int:
    """Publish a board: regions whose code stays keep their number, all others end."""
    day = date(2024, 1, 1) + timedelta(days=board.day)
    cells = cells_of(board)
    believed = tx.query("versions/region_periods")
    later = believed[believed["valid_to"].astype("datetime64[s]") > pd.Timestamp(day)]
    numbers = later.drop_duplicates("code").set_index("code")["region_id"]
    ids = [int(numbers.get(code, -n - 1)) for n, code in enumerate(cells["code"])]
    by_code = dict(zip(cells["code"], ids, strict=True))
    frame = cells.drop(columns=["parent", "geometry"]).assign(
        region_id=ids, kind="base", parent_id=cells["parent"].map(by_code)
    )
    opened = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(list(cells["geometry"])), crs=CRS)
    ended = sorted({int(number) for number in later["region_id"]} - {*ids})
    change = versions.Change("a board", "load", day, "nobody")
    return versions.publish(tx, change, ended=ended, opened=opened, before=opened.head(0), rewrite=True)


def records(folder: Path, db: Database) -> None:
    """Load petitions on squares, borders, corners and outside, with every kind of name."""
    chance = np.random.default_rng(0)
    places = [(x / 2, y / 2) for x in range(-1, 10) for y in range(-1, 8)]
    given_as = [{}, {"region_name": "岭东"}, {"region_name": "岭西", "parent_name": "岭东"},
                   {"region_code": "a1"}, {"region_code": "z2", "region_name": "岭西"},
                   {"parent_name": "岭东社区"}, {"region_name": "岭南"}]  # fmt: skip
    wanted = [(place, chance.choice(given_as)) for place in places] + [(None, names) for names in given_as]
    load(db, folder, "petitions", [petition(n, place, **names) for n, (place, names) in enumerate(wanted)])


def assert_placed_as_anew(db: Database) -> None:
    again, settled = rows(db, PLACES), rows(db, SETTLED)
    with db.transaction() as tx:
        placing.place_all(tx, crs=CRS)
    pd.testing.assert_frame_equal(again, rows(db, PLACES))
    pd.testing.assert_frame_equal(settled, rows(db, SETTLED))


@settings(max_examples=6, deadline=None, phases=[Phase.generate])  # seconds each
@given(st.lists(boards, min_size=2, max_size=4))
def test_any_chain_of_changes_places_as_a_full_run_does(
    tmp_path_factory: pytest.TempPathFactory, chain: list[Board]
) -> None:
    folder = tmp_path_factory.mktemp("chain")
    found(folder / "store", crs=CRS)
    db = open_store(folder / "store")
    records(folder, db)
    for board in chain:
        with db.transaction() as tx:
            placing.place_changed(tx, put_into_force(tx, board), crs=CRS)
        assert_placed_as_anew(db)
    db.close()


def strip(tx: Session, borders: Sequence[int], day: date) -> int:
    """Publish cells side by side between borders; those of even numbers come first by their code."""
    numbers = tx.query("versions/region_periods").drop_duplicates("code").set_index("code")["region_id"]
    codes = [f"{'ba'[n % 2]}{n}" for n in range(len(borders) - 1)]
    shapes = [shapely.box(*at(west, 0), *at(east, 1)) for west, east in pairwise(borders)]
    opened = gpd.GeoDataFrame(
        {"region_id": [int(numbers.get(code, -n - 1)) for n, code in enumerate(codes)], "level": "red_grid",
         "code": codes, "name": codes, "kind": "base", "parent_id": None}, geometry=shapes, crs=CRS,
    )  # fmt: skip
    change = versions.Change("borders moved", "load", day, "nobody")
    return versions.publish(tx, change, ended=[], opened=opened, before=opened.head(0), rewrite=False)


@pytest.mark.parametrize("seed", range(3))
def test_borders_that_move_one_by_one_place_as_a_full_run_does(tmp_path: Path, seed: int) -> None:
    """Points on borders lay, before these moved there, in cells far from what changes now."""
    chance = np.random.default_rng(seed)
    found(tmp_path / "store", crs=CRS)
    db = open_store(tmp_path / "store")
    load(db, tmp_path, "petitions", [petition(n, (n / 2, 0.5)) for n in range(25)])
    borders = np.arange(0, 13, 2)
    for month in range(8):
        with db.transaction() as tx:
            cs = strip(tx, borders.tolist(), date(2024, 1 + month, 1))
            placing.place_changed(tx, cs, crs=CRS)
        assert_placed_as_anew(db)
        moved = chance.integers(1, len(borders) - 1)
        borders[moved] = chance.integers(borders[moved - 1] + 1, borders[moved + 1])
    db.close()


def split(db: Database, folder: Path) -> None:
    """Let a new grid A4 take the north-western square of A1."""
    cells = draw("412...\n112...\n133...\n.33...", names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    cells.to_file(folder / "cells.gpkg", driver="GPKG")
    drawing = Drawing("red_grid", "code", "name", "parent")
    load_regions(db, folder / "cells.gpkg", drawing, effective=date(2024, 6, 1))


def test_only_records_on_the_changed_land_and_on_borders_beside_it_are_placed_again(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, on_border = [(0.5, 3.5), (1, 3.5), (1.5, 2.2)], [(2, 3.5)]
    elsewhere_by_point = [(2.5, 3.5), (0.5, 0.5), (4.5, 2.5), (7, 7), (3, 2)]
    here = [petition(n, place) for n, place in enumerate([*inside, *on_border, *elsewhere_by_point])]
    elsewhere = [petition(10, region_code="A3"), petition(11, region_name="cell B"), petition(12)]
    load(toy, tmp_path, "petitions", [*here, *elsewhere])
    placed: list[int] = []
    place_sites = placing._place_sites
    monkeypatch.setattr(placing, "_place_sites", lambda tx, placer, table, sites: (
        placed.extend(sites["record_id"].to_pylist()), place_sites(tx, placer, table, sites)))  # fmt: skip
    split(toy, tmp_path)
    assert placed == [1, 2, 3, 4]


@pytest.mark.parametrize(("after", "differs"), [
    ("112\n332", False),  # 2 takes from 1 and 3
    ("111\n333", False),  # 2 is gone, its land is not
    ("1112\n3332", True),  # more land
    (".11\n333", True),  # other land, as much of it
])  # fmt: skip
def test_other_land_is_covered_only_where_the_outline_differs(after: str, differs: bool) -> None:
    shapes = [*draw("122\n332").geometry, *draw(after).geometry]
    is_new = np.arange(len(shapes)) >= 3
    assert placing._outline_differs(np.array(shapes, dtype=object), is_new) is differs


def test_records_of_a_building_follow_its_point(toy: Database, tmp_path: Path) -> None:
    code = "4403090010010400042"
    x, y = at(0.5, 3.5)
    load(toy, tmp_path, "buildings", [{"building_no": "H1", "building_code": code, "x": x, "y": y}])
    load(toy, tmp_path, "petitions", [petition(1, building_code=f"{code}000003")])
    split(toy, tmp_path)
    assert len(rows(toy, PLACES)) == 4  # the building and the petition, before and after
    assert_placed_as_anew(toy)


def test_a_full_run_of_scattered_records_moves_nothing(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", scattered(150, seed=3))
    assert_placed_as_anew(toy)
