"""Loading what is drawn under the data: any format, nothing lost, the same file once."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gridmap import exporting
from gridmap.errors import UnreadableInput, UsageError
from gridmap.loading import ledger
from gridmap.loading.features import load_features
from gridmap.sources import features, worker
from gridmap.store import Database
from tests.toy import CRS, at, rows

SHAPES = {
    "road": shapely.LineString([at(0, 1), at(9, 1)]),
    "water": shapely.box(*at(2, 2), *at(3, 3)),
    "label": shapely.Point(at(4, 4)),
}


def base(**columns: list[object]) -> gpd.GeoDataFrame:
    """Return a road, a lake and a place name, with other columns on wish."""
    table = {"kind": list(SHAPES), "name": ["样例路", None, "样例村"], "rank": [2, 1, 3], **columns}
    return gpd.GeoDataFrame(table, geometry=columns.get("geometry") or list(SHAPES.values()), crs=CRS)


def kinds(db: Database) -> dict[str, int]:
    """Return how many features of each kind the store holds."""
    found = rows(db, "select kind, count(*) as n from base_feature group by kind")
    return dict(zip(found["kind"], found["n"], strict=True))


@pytest.mark.parametrize("name", ["base.parquet", "base.gpkg", "base.fgb", "base.geojson"])
def test_features_of_any_format_land_where_they_belong(toy: Database, tmp_path: Path, name: str) -> None:
    path, drawn = tmp_path / name, base()
    if name.endswith("parquet"):
        drawn.to_parquet(path)
    elif name.endswith("geojson"):
        drawn.to_crs(4326).to_file(path, COORDINATE_PRECISION=9)
    else:
        drawn.to_file(path)
    done = load_features(toy, path, silent=True)
    assert (done.rows_read, done.rows_kept, done.rows_set_aside, done.applied) == (3, 3, 0, True)
    stored = rows(toy, "select kind, name, rank, st_astext(geom) as wkt, min_x, max_y from base_feature")
    for row in stored.itertuples():
        drawn_shape, shape = SHAPES[str(row.kind)], shapely.from_wkt(str(row.wkt))
        assert shape.hausdorff_distance(drawn_shape) < 0.001
        assert (row.min_x, row.max_y) == pytest.approx(
            (drawn_shape.bounds[0], drawn_shape.bounds[3]), abs=0.001
        )
    assert stored.fillna("").set_index("kind")["name"].to_dict() == {
        "road": "样例路", "water": "", "label": "样例村",
    }  # fmt: skip


def test_rows_that_cannot_be_drawn_are_set_aside_with_the_reason(toy: Database, tmp_path: Path) -> None:
    good = list(SHAPES.values())
    table = gpd.GeoDataFrame(
        {"kind": ["road", "moat", None, "road", "road", "road"], "name": ["a", "b", "c", "d", "e", "f"],
         "rank": ["2", "2", "2", "far", "0", "1"]},
        geometry=[good[0], good[0], good[0], good[0], good[0], None], crs=CRS,
    )  # fmt: skip
    table.to_file(tmp_path / "bad.gpkg")
    done = load_features(toy, tmp_path / "bad.gpkg", silent=True)
    assert (done.rows_read, done.rows_kept, done.rows_set_aside) == (6, 1, 5)
    aside = ledger.set_aside(toy, done.import_id)
    assert sorted(zip(aside["row_no"], aside["check_name"], strict=True)) == [
        (3, "row.unknown_kind"), (4, "row.unknown_kind"), (5, "row.bad_rank"), (6, "row.bad_rank"),
        (7, "row.null_geometry"),
    ]  # fmt: skip
    assert {finding.check: finding.amount for finding in done.findings} == {
        "row.null_geometry": 1, "row.unknown_kind": 2, "row.bad_rank": 2,
    }  # fmt: skip
    assert set(exporting.set_aside_rows(aside)["name"]) == {"b", "c", "d", "e", "f"}


def test_a_new_file_replaces_the_kinds_it_holds_and_no_others(toy: Database, tmp_path: Path) -> None:
    base().to_file(tmp_path / "first.gpkg")
    load_features(toy, tmp_path / "first.gpkg", silent=True)
    two_roads = gpd.GeoDataFrame({"kind": ["road"] * 2, "name": ["a", "b"], "rank": [1, 2]},
                                 geometry=[SHAPES["road"]] * 2, crs=CRS)  # fmt: skip
    two_roads.to_file(tmp_path / "roads.gpkg")
    load_features(toy, tmp_path / "roads.gpkg", silent=True)
    assert kinds(toy) == {"road": 2, "water": 1, "label": 1}
    assert rows(toy, "select count(distinct feature_id) as n from base_feature")["n"][0] == 4


def test_the_same_file_twice_and_a_dry_run_change_nothing(toy: Database, tmp_path: Path) -> None:
    path = tmp_path / "base.gpkg"
    base().to_file(path)
    assert not load_features(toy, path, dry_run=True, silent=True).applied
    assert kinds(toy) == {}
    load_features(toy, path, silent=True)
    again = load_features(toy, path, silent=True)
    assert again.already_loaded
    assert kinds(toy) == {"road": 1, "water": 1, "label": 1}


def test_a_file_without_its_columns_or_crs_is_refused_in_words(toy: Database, tmp_path: Path) -> None:
    base().drop(columns="rank").rename(columns={"name": "nmae"}).to_file(tmp_path / "short.gpkg")
    with pytest.raises(UsageError, match="name'.*rank"):
        load_features(toy, tmp_path / "short.gpkg", silent=True)
    base().set_crs(None, allow_override=True).to_parquet(tmp_path / "where.parquet")
    with pytest.raises(UnreadableInput, match="Declare it"):
        load_features(toy, tmp_path / "where.parquet", silent=True)
    base().to_crs(4326).set_crs(CRS, allow_override=True).to_file(tmp_path / "degrees.gpkg")
    with pytest.raises(UnreadableInput, match="look like"):
        load_features(toy, tmp_path / "degrees.gpkg", silent=True)


def test_a_damaged_file_ends_in_words_and_leaves_no_folder(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "run_child", worker.run_child)
    path = tmp_path / "base.parquet"
    pq.write_table(
        pa.table({"kind": ["road"], "name": ["a"], "rank": [1], "geometry": [b"not a shape"]}), path
    )
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableInput, match="damaged"):
        load_features(toy, path, silent=True)
    assert list(toy.incoming.iterdir()) == []
