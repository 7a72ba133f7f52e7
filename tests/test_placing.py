"""Placing: every record in exactly one leaf, or listed; sums at every level equal the total."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap import placing
from gridmap.loading.regions import Drawing, load_regions
from gridmap.measures import stats
from gridmap.periods import OPEN_FUTURE, OPEN_PAST
from gridmap.regions import leaves_on, regions_on
from gridmap.store import Database
from tests.records import load, petition, scattered
from tests.toy import GRID_CODES, draw, rows

PLACES = "select * from place where record_kind = 'petition'"
SPLIT = "112...\n412...\n433...\n.33..."


def split_on(db: Database, folder: Path, day: date) -> None:
    """Let grid A4 take land of A1 from a day on."""
    cells = draw(SPLIT, names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    path = folder / "split.gpkg"
    cells.to_file(path, driver="GPKG")
    load_regions(db, path, Drawing("red_grid", "code", "name", "parent"), effective=day)


def where(db: Database, number: int, day: date) -> str:
    """Return the code of the region a petition lies in on a day, empty when nowhere."""
    places = rows(db, f"{PLACES} and record_id = {number} order by valid_from")
    row = places[(places["valid_from"].map(pd.Timestamp) <= pd.Timestamp(day))
                 & (pd.Timestamp(day) < places["valid_to"].map(as_timestamp))].iloc[0]  # fmt: skip
    names = regions_on(db, day).set_index("region_id")["code"]
    return str(names[row["region_id"]]) if row["region_id"] else ""


def as_timestamp(day: object) -> pd.Timestamp:
    return pd.Timestamp("2200-01-01") if str(day).startswith("9999") else pd.Timestamp(day)


def oracle(db: Database, day: date, x: np.ndarray, y: np.ndarray) -> list[str]:
    """Place points with shapely's STRtree: closed cells, the lowest code wins."""
    leaves = leaves_on(db, day).sort_values("code", ignore_index=True)
    point, leaf = shapely.STRtree(leaves.geometry).query(shapely.points(x, y), predicate="intersects")
    lowest = pd.Series(leaf).groupby(point).min()
    return [str(leaves["code"][lowest[n]]) if n in lowest.index else "" for n in range(len(x))]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_record_lies_where_the_oracle_says(toy: Database, tmp_path: Path, seed: int) -> None:
    petitions = scattered(400, seed=seed)
    load(toy, tmp_path, "petitions", petitions)
    day = toy.now().date()
    x, y = (np.array([row[axis] for row in petitions], dtype=float) for axis in "xy")
    assert [where(toy, number + 1, day) for number in range(0, 400, 7)] == oracle(toy, day, x, y)[::7]
    placed = toy.query("placing/summary", on_day=day).set_index("placed_by")["records"]
    expected = oracle(toy, day, x, y)
    assert placed["none"] == expected.count("")
    assert placed["point"] == 400 - expected.count("")


def test_sums_at_every_level_equal_the_total(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", scattered(300, seed=5))
    nowhere = toy.query("placing/summary", on_day=toy.now().date()).set_index("placed_by")["records"]["none"]
    sums = {level: stats(toy, ["petition.received"], level=level)["petition.received"].sum()
            for level in ("total", "street", "community")}  # fmt: skip
    assert sums == {"total": 300, "street": 300 - nowhere, "community": 300 - nowhere}


def test_the_places_of_a_record_fill_all_time(toy: Database, tmp_path: Path) -> None:
    split_on(toy, tmp_path, date(2024, 6, 1))
    load(toy, tmp_path, "petitions", scattered(200, seed=6))
    for number in range(1, 201, 9):
        places = rows(toy, f"{PLACES} and record_id = {number} order by valid_from")
        days = [str(day)[:10] for day in places["valid_from"]]
        ends = [str(day)[:10] for day in places["valid_to"]]
        assert days[0] == str(OPEN_PAST)
        assert ends[-1] == str(OPEN_FUTURE)
        assert ends[:-1] == days[1:]


def test_a_change_of_boundaries_places_records_again_just_as_a_full_run_would(
    toy: Database, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", scattered(300, seed=7))
    split_on(toy, tmp_path, date(2024, 6, 1))
    incremental = rows(toy, f"{PLACES} order by all")
    with toy.transaction() as tx:
        placing.place_all(tx, crs="EPSG:4547")
    pd.testing.assert_frame_equal(incremental, rows(toy, f"{PLACES} order by all"))
    assert where(toy, first_in_a4(toy), date(2024, 6, 1)) == "A4"
    assert where(toy, first_in_a4(toy), date(2024, 5, 31)) in ("A1", "A-U01")


def first_in_a4(db: Database) -> int:
    names = regions_on(db, date(2024, 6, 1)).set_index("code")["region_id"]
    places = rows(db, PLACES)
    return int(places[places["region_id"] == names["A4"]]["record_id"].min())


@pytest.mark.parametrize(("fields", "code", "way"), [
    ({"place": (0.5, 3.5)}, "A1", "point"),
    ({"place": (3, 2)}, "A2", "point"),  # on the border of A2, A3 and B: the lowest code
    ({"region_code": "A3"}, "A3", "region_code"),
    ({"region_name": "cell B"}, "B", "region_name"),
    ({"region_name": "cell A"}, "A", "region_name"),  # divided: counts in A, in no grid
    ({"region_name": "unheard-of", "parent_name": "cell S"}, "S", "region_name"),
    ({"place": (90, 90), "region_name": "cell B"}, "B", "region_name"),
    ({}, "", "none"),
])  # fmt: skip
def test_the_places_of_a_record_are_tried_in_order(
    toy: Database, tmp_path: Path, fields: dict[str, object], code: str, way: str
) -> None:
    row = petition(1, **fields)  # type: ignore[arg-type]
    load(toy, tmp_path, "petitions", [row])
    assert where(toy, 1, toy.now().date()) == code
    assert toy.query("placing/summary", on_day=toy.now().date())["placed_by"].tolist() == [way]


def test_a_building_code_stands_for_the_buildings_point(toy: Database, tmp_path: Path) -> None:
    code = "4403090010010400042"
    x, y = petition(1, (2.5, 3.5))["x"], petition(1, (2.5, 3.5))["y"]
    load(toy, tmp_path, "buildings", [{"building_no": "H1", "building_code": code, "x": x, "y": y}])
    load(toy, tmp_path, "petitions", [petition(1, building_code=f"{code}000003")])
    assert where(toy, 1, toy.now().date()) == "A2"


def test_a_record_placed_by_name_counts_above_and_not_in_a_grid(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, region_name="cell A"), petition(2, (0.5, 3.5))])
    grids = stats(toy, ["petition.received"], level="red_grid").set_index("code")["petition.received"]
    communities = stats(toy, ["petition.received"], level="community").set_index("code")["petition.received"]
    assert grids.sum() == 1
    assert communities["A"] == 2


def test_what_cannot_be_placed_is_listed_with_its_reason(toy: Database, tmp_path: Path) -> None:
    done = load(toy, tmp_path, "petitions", [petition(1), petition(2, (40, 40)), petition(3, (0.5, 0.5))])
    listed = toy.query("screens/unplaced_petition", on_day=toy.now().date()).set_index("record_no")["reason"]
    assert listed.to_dict() == {"P1": "no coordinates and no region named",
                                "P2": "outside every cell and no region named"}  # fmt: skip
    assert sum(f.amount or 0 for f in done.findings if f.check == "record.not_placed") == 2


def test_records_loaded_before_any_boundaries_are_placed_once_these_come(
    empty: Database, as_file: Callable[..., Path], tmp_path: Path
) -> None:
    load(empty, tmp_path, "petitions", [petition(1, (0.5, 0.5))])
    assert empty.query("placing/summary", on_day=empty.now().date())["placed_by"].tolist() == ["none"]
    load_regions(empty, as_file(draw("SS\nSS")), Drawing("street", "code", "name"))
    assert where(empty, 1, empty.now().date()) == "S"
