"""Polygons come out of every format alike; every kind of bad input is told with row, code and the way out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
import shapely

from gridmap.errors import UnreadableInput, UsageError
from gridmap.findings import worst
from gridmap.sources import Polygons, content_hash, polygon_reader, polygons, worker
from tests.sources_helpers import drawn, only, read_of, run_here


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without a child process; the formats and the attacks are tested with one."""
    monkeypatch.setattr(polygons, "run_child", run_here)


@pytest.fixture
def in_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in a child process: which formats can be read depends on the drivers it has."""
    monkeypatch.setattr(polygons, "run_child", worker.run_child)


# -- every format, in a child process -------------------------------------------------------------------


def _zipped(paths: list[Path], target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            for part in sorted(path.iterdir()) if path.is_dir() else [path]:
                inside = f"{path.name}/{part.name}" if path.is_dir() else part.name
                archive.write(part, inside)
    return target


def _shapefile(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    frame.to_file(folder / "a.shp", encoding="gbk")
    (folder / "a.cpg").unlink()
    return folder / "a.shp"


def _zipped_shapefile(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    path = _shapefile(frame, folder)
    readme = folder / "a.txt"
    readme.write_text("not geodata")
    return _zipped([*folder.glob("a.*")], folder / "shapes.zip") if path else path


def _geodatabase(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    frame.to_file(folder / "a.gdb", driver="OpenFileGDB")
    return folder / "a.gdb"


def _csv(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    frame.to_wkt(rounding_precision=12).to_csv(folder / "a.csv", index=False)
    return folder / "a.csv"


def _kmz(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    frame.to_file(folder / "doc.kml", driver="LIBKML")
    return _zipped([folder / "doc.kml"], folder / "a.kmz")


def _by_gdal(name: str, driver: str) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    def write(frame: gpd.GeoDataFrame, folder: Path) -> Path:
        frame.to_file(folder / name, driver=driver)
        return folder / name

    return write


def _parquet(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    frame.to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


FORMATS: dict[str, Callable[[gpd.GeoDataFrame, Path], Path]] = {
    "GeoJSON": _by_gdal("a.geojson", "GeoJSON"),
    "GeoJSONSeq": _by_gdal("a.geojsonl", "GeoJSONSeq"),
    "GeoPackage": _by_gdal("a.gpkg", "GPKG"),
    "FlatGeobuf": _by_gdal("a.fgb", "FlatGeobuf"),
    "KML": _by_gdal("a.kml", "LIBKML"),
    "KMZ": _kmz,
    "Shapefile in GBK": _shapefile,
    "zipped Shapefile": _zipped_shapefile,
    "geodatabase": _geodatabase,
    "zipped geodatabase": lambda frame, folder: _zipped([_geodatabase(frame, folder)], folder / "a.gdb.zip"),
    "GeoParquet": _parquet,
    "CSV with WKT": _csv,
}


@pytest.mark.usefixtures("in_child")
@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_gives_the_same_cells(format_name: str, tmp_path: Path) -> None:
    city = drawn()
    path = FORMATS[format_name](city, tmp_path)
    read = read_of(path, tmp_path, crs="wgs84" if format_name == "CSV with WKT" else None)
    assert worst(read.findings) in (None, "info"), read.findings
    assert read.frame["row"].tolist() == [2, 3, 4]
    assert read.frame["invalid_reason"].tolist() == [None] * 3
    frame = read.frame.sort_values("code", ignore_index=True)  # FlatGeobuf orders its features by place
    assert frame["code"].tolist() == city["code"].tolist()
    assert frame["name"].tolist() == city["name"].tolist()
    oracle = city.to_crs("EPSG:4547")
    assert frame.crs == oracle.crs
    assert shapely.hausdorff_distance(frame.geometry.array, oracle.geometry.array).max() < 1e-4
    assert (read.rows_read, len(read.set_aside)) == (3, 0)


# -- encodings ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_a_geojson_in_gbk_is_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(drawn().to_json(ensure_ascii=False).encode("gbk"))
    read = read_of(path, tmp_path)
    assert read.frame["name"].tolist() == drawn()["name"].tolist()
    assert only(read.findings, "file.encoding").severity == "info"


@pytest.mark.usefixtures("here")
def test_a_wrongly_declared_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="do not fit their encoding"):
        read_of(_shapefile(drawn(), tmp_path), tmp_path, encoding="utf-8")


# -- CRS ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_a_file_without_a_crs_is_refused_with_the_way_out(tmp_path: Path) -> None:
    _shapefile(drawn(), tmp_path)
    (tmp_path / "a.prj").unlink()
    with pytest.raises(UnreadableInput, match=r"a.shp does not say which CRS.*--crs wgs84, gcj02"):
        read_of(tmp_path / "a.shp", tmp_path)
    assert len(read_of(tmp_path / "a.shp", tmp_path, crs="wgs84").frame) == 3


@pytest.mark.usefixtures("here")
def test_a_declared_crs_wins_and_a_contradiction_of_the_file_is_told(tmp_path: Path) -> None:
    frame = drawn()
    frame.to_file(tmp_path / "a.gpkg")
    read = read_of(tmp_path / "a.gpkg", tmp_path, crs="gcj02")
    assert only(read.findings, "file.crs_overruled").severity == "warning"
    shift = read.frame.geometry[0].centroid.distance(frame.to_crs(4547).geometry[0].centroid)
    assert 560 < shift < 625


@pytest.mark.usefixtures("here")
def test_a_crs_that_only_the_format_implies_is_overruled_in_silence(tmp_path: Path) -> None:
    content = json.loads(drawn().to_json())
    content.pop("crs", None)
    (tmp_path / "a.geojson").write_text(json.dumps(content))
    assert read_of(tmp_path / "a.geojson", tmp_path, crs="gcj02").findings == ()
    assert read_of(tmp_path / "a.geojson", tmp_path, crs="cgcs2000").findings == ()


@pytest.mark.usefixtures("here")
def test_degrees_under_a_metric_crs_are_an_error_and_nothing_is_placed(tmp_path: Path) -> None:
    drawn().to_file(tmp_path / "a.geojson")
    read = read_of(tmp_path / "a.geojson", tmp_path, crs="EPSG:4547")
    finding = only(read.findings, "file.crs_mismatch")
    assert finding.severity == "error"
    assert finding.amount == 3
    assert "look like longitude and latitude" in finding.message
    assert "--crs" in finding.message
    assert (len(read.frame), len(read.set_aside)) == (0, 3)


@pytest.mark.usefixtures("here")
def test_metres_under_degrees_are_an_error(tmp_path: Path) -> None:
    drawn().to_crs(4547).set_crs(4326, allow_override=True).to_parquet(tmp_path / "a.parquet")
    finding = only(read_of(tmp_path / "a.parquet", tmp_path).findings, "file.crs_mismatch")
    assert "are no degrees" in finding.message
    assert "EPSG:4547" in finding.message


@pytest.mark.usefixtures("here")
def test_latitude_before_longitude_is_an_error_that_says_so(tmp_path: Path) -> None:
    frame = drawn()
    frame.geometry = shapely.transform(frame.geometry.array, lambda points: points[:, ::-1])
    frame.to_parquet(tmp_path / "a.parquet")
    finding = only(read_of(tmp_path / "a.parquet", tmp_path).findings, "file.crs_mismatch")
    assert "latitude before longitude" in finding.message


@pytest.mark.usefixtures("here")
def test_polygons_far_from_the_store_s_land_are_a_warning(tmp_path: Path) -> None:
    drawn(west=8.0, north=47.0).to_file(tmp_path / "a.gpkg")
    finding = only(read_of(tmp_path / "a.gpkg", tmp_path).findings, "file.outside_area")
    assert finding.severity == "warning"
    assert finding.amount == 3
    assert "rows 2, 3, 4" in finding.message


# -- rows that cannot be used ---------------------------------------------------------------------------

SQUARE = shapely.box(114.0, 22.6, 114.01, 22.61)
BOW_TIE = shapely.Polygon([(114.1, 22.6), (114.11, 22.61), (114.11, 22.6), (114.1, 22.61)])
BAD_ROWS = gpd.GeoDataFrame(
    {
        "code": ["A1", "A2", "A3", "A4", "A5", "A1", None, "A8"],
        "name": ["good", "null", "empty", "line", "bow tie", "again", "no code", None],
    },
    geometry=[
        SQUARE, None, shapely.Polygon(), shapely.LineString([(114, 22), (115, 23)]), BOW_TIE,
        shapely.box(114.2, 22.6, 114.21, 22.61), shapely.box(114.3, 22.6, 114.31, 22.61),
        shapely.box(114.4, 22.6, 114.41, 22.61),
    ],
    crs="EPSG:4326",
)  # fmt: skip


@pytest.fixture
def bad(tmp_path: Path, here: None) -> Polygons:
    BAD_ROWS.to_parquet(tmp_path / "bad.parquet")
    return read_of(tmp_path / "bad.parquet", tmp_path)


def test_the_usable_rows_go_on_and_the_others_are_set_aside(bad: Polygons) -> None:
    assert bad.rows_read == 8
    assert bad.frame["row"].tolist() == [2, 6, 9]
    assert bad.set_aside["row_no"].tolist() == [3, 4, 5, 8, 7]
    assert bad.frame["name"].tolist() == ["good", "bow tie", None]


@pytest.mark.parametrize(
    ("check", "row", "codes", "said", "way_out"),
    [
        ("row.null_geometry", 3, ("A2",), "row 3 (A2): no shape", "Draw it"),
        ("row.empty_geometry", 4, ("A3",), "row 4 (A3): an empty shape", "Draw it"),
        (
            "row.not_a_polygon",
            5,
            ("A4",),
            "row 5 (A4): a line string where a polygon is wanted",
            "layer of areas",
        ),
        ("row.invalid_geometry", 6, ("A5",), "row 6 (A5): invalid polygon, self-intersection at", "--repair"),
        ("row.duplicate_code", 7, ("A1",), "code A1 was used before, in row 2", "one multipolygon"),
        ("row.missing_code", 8, (), "row 8: no code", "Give every region its code"),
    ],
)
def test_a_bad_row_is_told_with_row_code_and_the_way_out(
    bad: Polygons, check: str, row: int, codes: tuple[str, ...], said: str, way_out: str
) -> None:
    finding = only(bad.findings, check)
    assert (finding.severity, finding.row, finding.codes) == ("error", row, codes)
    assert (finding.file, finding.amount, finding.unit) == ("bad.parquet", 1, "rows")
    assert said in finding.message
    assert way_out in finding.message


def test_an_invalid_polygon_stays_marked_with_the_place_of_its_fault(bad: Polygons) -> None:
    marked = bad.frame.set_index("code")["invalid_reason"]
    assert marked["A5"].startswith("Self-intersection")
    assert marked["A1"] is None
    finding = only(bad.findings, "row.invalid_geometry")
    assert (finding.lon, finding.lat) == (pytest.approx(114.105, abs=1e-4), pytest.approx(22.605, abs=1e-4))


def test_a_row_set_aside_keeps_all_it_said(bad: Polygons) -> None:
    raw = json.loads(bad.set_aside.set_index("row_no").loc[7, "raw"])
    assert raw["name"] == "again"
    assert shapely.from_wkt(raw["geometry"]).equals(BAD_ROWS.geometry[5])


@pytest.mark.usefixtures("here")
def test_many_bad_rows_are_told_one_by_one_up_to_fifty(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": [str(n) for n in range(60)]}, geometry=[None] * 60, crs="EPSG:4326")
    frame.to_parquet(tmp_path / "a.parquet")
    read = read_of(tmp_path / "a.parquet", tmp_path, columns={"code": "code"})
    told = [finding for finding in read.findings if finding.check == "row.null_geometry"]
    assert len(told) == 51
    assert sum(finding.amount or 0 for finding in told) == len(read.set_aside) == 60


@pytest.mark.usefixtures("here")
def test_a_csv_row_that_does_not_split_into_columns_is_set_aside(tmp_path: Path) -> None:
    lines = ["code,geometry", f'A,"{SQUARE.wkt}"', "B,x,y", f'C,"{BOW_TIE.wkt}"', 'D,"POLYGON (("', "E,"]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    read = read_of(tmp_path / "a.csv", tmp_path, columns={"code": "code"}, crs="wgs84")
    assert read.frame["row"].tolist() == [2, 4]
    assert dict(zip(read.set_aside["row_no"], read.set_aside["check_name"], strict=True)) == {
        3: "row.columns", 5: "row.unreadable_geometry", 6: "row.null_geometry",
    }  # fmt: skip
    assert "row 3: not split into the columns" in only(read.findings, "row.columns").message


def test_placed_and_set_aside_rows_make_up_the_file(bad: Polygons) -> None:
    assert len(bad.frame) + len(bad.set_aside) == bad.rows_read
    assert not set(bad.frame["row"]) & set(bad.set_aside["row_no"])


# -- requests that are wrong ----------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_a_missing_column_is_refused_with_those_there_and_the_likeliest(tmp_path: Path) -> None:
    drawn().to_file(tmp_path / "a.gpkg")
    said = r"a.gpkg has no column 'nmae'. Did you mean 'name'\? It has: code, name"
    with pytest.raises(UsageError, match=said):
        read_of(tmp_path / "a.gpkg", tmp_path, columns={"code": "code", "name": "nmae"})


@pytest.mark.usefixtures("here")
def test_several_layers_have_to_be_chosen_from(tmp_path: Path) -> None:
    for layer in ("streets", "blocks"):
        drawn().to_file(tmp_path / "a.gpkg", layer=layer)
    with pytest.raises(UsageError, match=r"a.gpkg holds 2 layers: streets, blocks. Choose one with --layer"):
        read_of(tmp_path / "a.gpkg", tmp_path)
    with pytest.raises(UsageError, match=r"no layer 'street'. Did you mean 'streets'\?"):
        read_of(tmp_path / "a.gpkg", tmp_path, layer="street")
    assert len(read_of(tmp_path / "a.gpkg", tmp_path, layer="blocks").frame) == 3


@pytest.mark.usefixtures("here")
def test_shapefiles_in_one_archive_are_layers(tmp_path: Path) -> None:
    for name in ("街道", "社区"):
        drawn().to_file(tmp_path / f"{name}.shp", encoding="utf-8")
    path = _zipped([*tmp_path.glob("*.???")], tmp_path / "both.zip")
    with pytest.raises(UsageError, match=r"both.zip holds 2 layers: .*--layer"):
        read_of(path, tmp_path)
    assert len(read_of(path, tmp_path, layer="社区").frame) == 3


@pytest.mark.usefixtures("here")
def test_a_table_without_shapes_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,name\n1,a\n")
    with pytest.raises(UsageError, match=r"a.csv has no shapes.*WKT. It has: code, name"):
        read_of(tmp_path / "a.csv", tmp_path)


@pytest.mark.usefixtures("here")
def test_an_unknown_crs_is_refused_before_the_file_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no CRS 'mars'"):
        read_of(tmp_path / "nothing.geojson", tmp_path, crs="mars")


# -- files that cannot be read --------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.geojson", b"", "is empty"),
        ("a.geojson", b"hello", "does not start like it"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "cannot be read as GeoJSON"),
        ("a.gpkg", b"hello", "its content is something else or damaged"),
        ("a.gpkg", b"PK\x03\x04", "it holds zip"),
        ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 200, "cannot be read as GeoPackage"),
        ("a.parquet", b"PAR1" + b"\x00" * 50, "damaged Parquet"),
        ("a.fgb", b"fgb\x03fgb\x00" + b"\xff" * 50, "empty or damaged"),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 50, "damaged archive"),
        ("a.docx", b"PK\x03\x04", "of no format that gridmap reads"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "Save it in one of these formats first"),
        ("a.csv", b"PK\x03\x04", "it holds zip"),
        ("a.shp", b"\x00\x00\x27\x0a" + b"\x00" * 96, "without its .dbf"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableInput, match=name) as refusal:
        read_of(tmp_path / name, tmp_path)
    assert said in str(refusal.value)
    assert str(tmp_path / "work") not in str(refusal.value)


@pytest.mark.usefixtures("here")
def test_a_missing_file_and_a_plain_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"a.geojson does not exist"):
        read_of(tmp_path / "a.geojson", tmp_path)
    with pytest.raises(UnreadableInput, match="is a folder"):
        read_of(tmp_path, tmp_path)


def test_nothing_is_left_in_the_work_folder(bad: Polygons, tmp_path: Path) -> None:
    assert list((tmp_path / "work").iterdir()) == []


def test_the_hash_is_of_the_content_not_of_the_name(tmp_path: Path) -> None:
    one = _shapefile(drawn(), tmp_path)
    before = content_hash(one)
    for part in list(tmp_path.glob("a.*")):
        part.rename(part.with_stem("b"))
    assert content_hash(tmp_path / "b.shp") == before
    with (tmp_path / "b.dbf").open("ab") as file:
        file.write(b" ")
    assert content_hash(tmp_path / "b.shp") != before


def test_a_shape_of_too_many_corners_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(polygon_reader, "MOST_CORNERS", 9)
    rings = [shapely.Point(114, 22.7).buffer(0.01, quad_segs=quarter) for quarter in (2, 3)]
    gpd.GeoDataFrame({"code": ["few", "many"]}, geometry=rings, crs=4326).to_file(tmp_path / "a.geojson")
    job = {"path": str(tmp_path / "a.geojson"), "columns": {"code": "code"}, "layer": None, "crs": None,
           "encoding": None, "target_crs": "EPSG:4547"}  # fmt: skip
    (found,) = polygon_reader.read(job, lambda _rows: None)["findings"]
    assert found["check"] == "row.too_many_corners"
    assert "13 corners, more than the 9 that are read" in found["message"]
    assert pq.read_table(tmp_path / "frame.parquet")["code"].to_pylist() == ["few"]
