"""Polygons of real files, of many formats and countries, are read as they are."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridmap.sources import polygons
from tests.sources_helpers import only, read_of, real, run_here


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polygons, "run_child", run_here)


@pytest.mark.parametrize(
    ("name", "columns", "options", "rows", "first"),
    [
        ("shanghai_gbk/shanghai_区县界_area.shp", {"code": "ADMINCODE", "name": "NAME"}, {}, 17,
         ("310113", "宝山区")),
        ("seoul_kostat2013/seoul_municipalities.shp", {"code": "code", "name": "name"},
         {"encoding": "cp949", "target_crs": "EPSG:5179"}, 25, ("11250", "강동구")),
        ("seoul_kostat2013/seoul_submunicipalities_topo.json", {"code": "code", "name": "name"},
         {"crs": "wgs84", "target_crs": "EPSG:5179"}, 423, ("1125074", "길동")),
        ("swiss_communes/swiss_2020.zip", {"code": "id", "name": "name"},
         {"layer": "municipalities", "target_crs": "EPSG:2056"}, 2205, ("1", "Aeugst am Albis")),
        ("denver_blocks/DenverCo_blocks.zip", {"code": "GEOID20", "name": "NAME20"},
         {"target_crs": "EPSG:26954"}, 10149, ("080310005013004", "Block 3004")),
        ("formats/testopenfilegdb.gdb.zip", {"code": "id", "name": "str"}, {"layer": "polygon"}, 5,
         ("1", "foo_é")),
        ("formats/countries.fgb", {"code": "id", "name": "name"}, {"target_crs": "EPSG:3857"}, 179,
         ("ATA", "Antarctica")),
        ("formats/example.parquet", {"code": "iso_a3", "name": "name"}, {"target_crs": "EPSG:3857"}, 5,
         ("FJI", "Fiji")),
        ("formats/test_data_v0.4.0.parquet", {"code": "col_str", "name": "col_str"}, {}, 2, ("a", "a")),
        ("formats/nybb_16a.zip", {"code": "BoroCode", "name": "BoroName"}, {"target_crs": "EPSG:2263"}, 5,
         ("5", "Staten Island")),
        ("momepy_bubenec/bubenec.gpkg", {"code": "uID", "name": "uID"},
         {"layer": "tessellation", "target_crs": "EPSG:5514"}, 144, ("1", "1")),
        ("shenzhen_grid9005/grid.shp", {"code": "LONCOL", "name": "LATCOL"}, {"crs": "wgs84"}, 9005,
         ("0", "54")),
    ],
)  # fmt: skip
def test_real_files_of_many_formats_areread_of(
    name: str,
    columns: dict[str, str],
    options: dict[str, str],
    rows: int,
    first: tuple[str, str],
    tmp_path: Path,
) -> None:
    read = read_of(real(name), tmp_path, columns=columns, **options)
    assert read.rows_read == len(read.frame) + len(read.set_aside) == rows
    assert tuple(read.frame.loc[0, ["code", "name"]]) == first


def test_taxi_zones_in_feet_keep_their_size_and_their_repeated_codes_are_told(tmp_path: Path) -> None:
    path = real("formats/taxi_zones.shp")
    read = read_of(path, tmp_path, columns={"code": "LocationID", "name": "zone"}, target_crs="EPSG:32618")
    assert read.set_aside["check_name"].tolist() == ["row.duplicate_code"] * 3
    oracle = gpd.read_file(path).to_crs(32618)
    kept = oracle.iloc[read.frame["row"] - 2]
    assert np.allclose(read.frame.area, kept.area, rtol=1e-9)


def test_the_streets_of_shenzhen_land_where_they_belong_once_gcj02_is_declared(tmp_path: Path) -> None:
    columns = {"code": "BLOCK_ID", "name": "NAME", "parent": "DISTRICT"}
    read = read_of(
        real("shenzhen_streets74/shenzhen_streets74.geojson"), tmp_path, columns=columns, crs="gcj02"
    )
    truth = read_of(
        real("shenzhen_streets74/shenzhen_streets74_wgs84_derived.geojson"), tmp_path, columns=columns
    )
    assert (len(read.frame), read.findings, read.crs) == (74, (), "gcj02")
    assert shapely.hausdorff_distance(read.frame.geometry.array, truth.frame.geometry.array).max() < 0.05
    assert shapely.coverage_is_valid(read.frame.geometry.array)


def test_pixels_are_no_degrees(tmp_path: Path) -> None:
    path = real("pingshan_communities_traced/pingshan_communities_traced_pixels.geojson")
    read = read_of(path, tmp_path, columns={"code": "community"})
    assert only(read.findings, "file.crs_mismatch").amount == 23


def test_a_real_invalid_ring_is_told_with_its_place(tmp_path: Path) -> None:
    path = real("shenzhen_districts/echarts_counties_longhua.geojson")
    finding = only(read_of(path, tmp_path, columns={"code": "id"}).findings, "row.invalid_geometry")
    assert (finding.codes, round(finding.lon or 0, 3), round(finding.lat or 0, 3)) == (
        ("440309",),
        114.103,
        22.706,
    )
