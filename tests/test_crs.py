"""Coordinate reference systems, against published vectors, PROJ itself and the laws of a coverage."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap import crs
from gridmap.errors import UsageError

STREETS = Path("../shared/data/shenzhen_streets74")

# WGS-84 lat, lon; GCJ-02 lat, lon; BD-09 lat, lon; EPSG:4547 east, north
VECTORS = [
    (22.72, 114.06, 22.71731793, 114.06512791, 22.72299162, 114.07171182, 506163.967, 2513531.049),
    (22.5431, 114.0579, 22.54038281, 114.06301400, 22.54604156, 114.06956399, 505955.846, 2493941.246),
    (22.70, 114.35, 22.69729601, 114.35492182, 22.70363008, 114.36137156, 535961.853, 2511357.391),
    (22.73, 113.82, 22.72708676, 113.82504686, 22.73275959, 113.83162495, 481509.423, 2514648.427),
]
IN_SHENZHEN = st.tuples(st.floats(113.75, 114.63), st.floats(22.56, 22.87))


def _pair(lon: float, lat: float) -> tuple[crs.Floats, crs.Floats]:
    return np.array([lon]), np.array([lat])


@pytest.mark.parametrize("vector", VECTORS)
def test_forward_shifts_agree_with_the_published_vectors(vector: tuple[float, ...]) -> None:
    lat, lon, gcj_lat, gcj_lon, bd_lat, bd_lon, _, _ = vector
    assert np.allclose(crs.gcj02_of(*_pair(lon, lat)), [[gcj_lon], [gcj_lat]], atol=6e-9, rtol=0)
    assert np.allclose(crs.bd09_of(*_pair(lon, lat)), [[bd_lon], [bd_lat]], atol=6e-9, rtol=0)


@pytest.mark.parametrize("vector", VECTORS)
def test_every_datum_leads_to_the_same_metres(vector: tuple[float, ...]) -> None:
    lat, lon, gcj_lat, gcj_lon, bd_lat, bd_lon, east, north = vector
    wgs, gcj, bd = (lon, lat), (gcj_lon, gcj_lat), (bd_lon, bd_lat)
    for name, point in {"wgs84": wgs, "cgcs2000": wgs, "gcj02": gcj, "bd09": bd}.items():
        assert np.allclose(crs.to_metric(*_pair(*point), name), [[east], [north]], atol=2e-3, rtol=0), name


@given(IN_SHENZHEN)
def test_undoing_a_shift_gives_the_point_back(point: tuple[float, float]) -> None:
    lon, lat = _pair(*point)
    for name, forward in (("gcj02", crs.gcj02_of), ("bd09", crs.bd09_of)):
        back = crs.to_lonlat(*forward(lon, lat), name)
        assert np.allclose(back, [lon, lat], atol=1e-11, rtol=0)


@given(IN_SHENZHEN)
def test_the_shift_over_shenzhen_has_its_known_size(point: tuple[float, float]) -> None:
    lon, lat = _pair(*point)
    geod = pyproj.Geod(ellps="WGS84")
    assert 560 < geod.inv(lon, lat, *crs.gcj02_of(lon, lat))[2][0] < 625
    assert 1170 < geod.inv(lon, lat, *crs.bd09_of(lon, lat))[2][0] < 1265


@pytest.mark.parametrize(
    ("place", "lon", "lat"),
    [("Hong Kong Central", 114.158, 22.282), ("Macau", 113.543, 22.19), ("Tokyo", 139.69, 35.69)],
)
def test_places_that_are_not_shifted_stay(place: str, lon: float, lat: float) -> None:
    assert np.array_equal(crs.gcj02_of(*_pair(lon, lat)), [[lon], [lat]]), place
    assert np.array_equal(crs.to_lonlat(*_pair(lon, lat), "gcj02"), [[lon], [lat]]), place


def test_the_northern_bank_of_the_shenzhen_river_is_shifted() -> None:
    gcj = crs.gcj02_of(*_pair(114.055, 22.5035))
    assert crs.gcj02_of(*_pair(114.055, 22.5035))[0][0] != 114.055
    assert np.allclose(crs.to_lonlat(*gcj, "gcj02"), [[114.055], [22.5035]], atol=1e-11, rtol=0)


def test_no_street_of_shenzhen_lies_in_the_unshifted_land() -> None:
    path = STREETS / "shenzhen_streets74_wgs84_derived.geojson"
    if not path.exists():
        pytest.skip("shared data absent")
    city = geopandas.read_file(path).union_all()
    assert not city.intersects(crs._HONG_KONG)
    assert not city.intersects(shapely.box(*crs._MACAU))


def test_a_point_converts_alike_alone_and_among_others() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.uniform(113.8, 114.6, 1001), rng.uniform(22.56, 22.8, 1001)
    together = crs.to_metric(x, y, "bd09")
    alone = crs.to_metric(x[500:501], y[500:501], "bd09")
    assert together[0][500] == alone[0][0]
    assert together[1][500] == alone[1][0]


def test_shared_vertices_stay_shared() -> None:
    south, bend, north = (114.01, 22.6), (114.013, 22.607), (114.01, 22.61)
    left = shapely.Polygon([(114.0, 22.6), south, bend, north, (114.0, 22.61)])
    right = shapely.Polygon([(114.02, 22.61), north, bend, south, (114.02, 22.6)])
    moved = crs.convert_geometries([left, None, right], "gcj02")
    assert moved[1] is None
    assert shapely.coverage_is_valid(moved[[0, 2]])
    common = set(shapely.get_coordinates(moved[0]).view("c16").ravel())
    assert len(common & set(shapely.get_coordinates(moved[2]).view("c16").ravel())) == 3


def test_heights_are_dropped() -> None:
    assert not shapely.has_z(crs.convert_geometries([shapely.Point(114, 22.6, 5)], "wgs84"))[0]


@pytest.mark.parametrize("word", ["GCJ-02", "gcj02", "Gcj 02", "火星坐标系"])
def test_names_are_read_with_and_without_hyphens(word: str) -> None:
    assert crs.parse_crs(word).shift == "gcj02"


def test_feet_convert_to_the_store_s_metres() -> None:
    lon, lat = crs.to_lonlat([3_140_000.0], [1_690_000.0], "EPSG:2232")
    proj = pyproj.Transformer.from_crs("EPSG:2232", "EPSG:4326", always_xy=True)
    oracle = proj.transform(3_140_000, 1_690_000)
    assert (lon[0], lat[0]) == oracle
    assert abs(lon[0] + 105) < 0.1


def test_a_compound_crs_counts_by_its_horizontal_part() -> None:
    compound = crs.crs_of_file(pyproj.CRS("EPSG:2056+5728").to_wkt())
    assert compound.name == "EPSG:2056"
    assert crs.same_place(compound, crs.parse_crs("EPSG:2056"))


def test_a_custom_definition_keeps_its_name() -> None:
    custom = pyproj.CRS.from_proj4("+proj=tmerc +lat_0=38 +lon_0=127 +x_0=200000 +y_0=500000 +ellps=bessel")
    read = crs.crs_of_file(custom.to_wkt())
    assert not read.is_lonlat
    assert crs.is_inexact(read)


def test_wgs84_and_cgcs2000_are_one_place_and_gcj02_another() -> None:
    wgs84 = crs.parse_crs("wgs84")
    assert crs.same_place(wgs84, crs.parse_crs("cgcs2000"))
    assert crs.same_place(wgs84, crs.parse_crs("EPSG:4490"))
    assert not crs.same_place(wgs84, crs.parse_crs("gcj02"))
    assert not crs.same_place(wgs84, crs.parse_crs("EPSG:4547"))


def test_legacy_chinese_datums_are_known_to_be_inexact() -> None:
    assert crs.is_inexact(crs.parse_crs("EPSG:4610"))
    assert not crs.is_inexact(crs.parse_crs("EPSG:4547"))
    assert not crs.is_inexact(crs.parse_crs("gcj02"))


def test_a_metric_crs_knows_its_area() -> None:
    area = crs.area_of("EPSG:4547")
    assert area is not None
    assert area.holds(np.array([114.06, 10.0]), np.array([22.7, 10.0])).tolist() == [True, False]


@pytest.mark.parametrize("word", ["深圳独立坐标系", "Shenzhen independent"])
def test_shenzhen_s_own_system_is_refused_with_the_way_out(word: str) -> None:
    with pytest.raises(UsageError, match=r"not public.*EPSG:4547"):
        crs.parse_crs(word)


@pytest.mark.parametrize("word", ["mars", "EPSG:999999", "EPSG:5773", "EPSG:4978", "+proj=longlat"])
def test_what_is_no_crs_of_maps_is_refused_with_the_list(word: str) -> None:
    with pytest.raises(UsageError, match="wgs84, cgcs2000, gcj02, bd09"):
        crs.parse_crs(word)


def test_a_file_s_unknown_crs_is_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError, match="--crs"):
        crs.crs_of_file("LOCAL_NONSENSE[]")
