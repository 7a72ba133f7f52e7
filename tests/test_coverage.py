"""The certificate says yes to exact coverages only, and the faults say where the others break."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.coverage import Coverage, dissolve, faults, gaps
from gridmap.errors import UsageError
from tests.toy import COMMUNITIES, GRIDS, STREET, at, draw

RING = """
    AAA
    A.A
    AAA
"""


def moved(cells: gpd.GeoDataFrame, code: str, vertex: int, *, by: tuple[float, float]) -> gpd.GeoDataFrame:
    """Move one vertex of one cell, its neighbours not being told."""
    row = cells.index[cells["code"] == code][0]
    points = shapely.get_coordinates(cells.geometry[row])[:-1].copy()
    points[vertex % len(points)] += by
    geometry = cells.geometry.copy()
    geometry[row] = shapely.Polygon(points)
    return cells.set_geometry(geometry)


def test_a_drawn_tiling_has_a_certificate() -> None:
    assert Coverage.from_frame(draw(COMMUNITIES)).certificate()


def test_one_square_drawn_twice_has_none() -> None:
    cells = draw(COMMUNITIES)
    twice = gpd.GeoDataFrame(
        {"code": ["A", "B", "C"]}, geometry=[*cells.geometry, cells.geometry[0]], crs=cells.crs
    )
    certificate = Coverage.from_frame(twice).certificate()
    assert not certificate
    assert certificate.repeated > 0


def test_a_corner_that_the_neighbour_does_not_know_breaks_the_certificate() -> None:
    left = shapely.box(0, 0, 100, 100)
    above = shapely.Polygon([(100, 50), (200, 50), (200, 100), (100, 100)])
    below = shapely.Polygon([(100, 0), (200, 0), (200, 50), (100, 50)])
    cells = gpd.GeoDataFrame({"code": list("LAB")}, geometry=[left, above, below], crs="EPSG:4547")
    assert not Coverage.from_frame(cells).certificate()
    told = shapely.Polygon([(0, 0), (100, 0), (100, 50), (100, 100), (0, 100)])
    assert Coverage.from_frame(
        cells.set_geometry(gpd.GeoSeries([told, above, below], crs="EPSG:4547"))
    ).certificate()


@given(
    code=st.sampled_from("ABCD"),
    east=st.sampled_from([-0.001, 0, 0.001]),
    north=st.sampled_from([-0.001, 0.001]),
)
@settings(max_examples=40, deadline=None)
def test_a_millimetre_on_a_shared_corner_is_noticed(code: str, east: float, north: float) -> None:
    cells = draw("AB\nCD")
    points = shapely.get_coordinates(cells.geometry[cells.index[cells["code"] == code][0]])[:-1]
    middle = int(np.flatnonzero((points == at(1, 1)).all(axis=1))[0])
    assert not Coverage.from_frame(moved(cells, code, middle, by=(east, north))).certificate()


@given(pattern=st.lists(st.text("ABC.", min_size=4, max_size=4), min_size=2, max_size=5).filter(
    lambda rows: any(letter != "." for row in rows for letter in row)))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_every_drawing_of_whole_squares_has_a_certificate_and_its_sum_is_the_union(
    pattern: list[str],
) -> None:
    coverage = Coverage.from_frame(draw("\n".join(pattern)))
    assert coverage.certificate()
    union = shapely.union_all(coverage.cells)
    assert shapely.symmetric_difference(dissolve(coverage.cells), union).area == 0


def test_a_hole_is_a_gap_with_area_width_and_place() -> None:
    found = faults(Coverage.from_frame(draw(RING)), level="community")
    assert [(f.check, f.severity, f.amount, f.level) for f in found] == [
        ("coverage.gap", "warning", 10_000.0, "community")]  # fmt: skip
    assert found[0].width_m == pytest.approx(100, rel=0.2)
    assert found[0].lon == pytest.approx(114.06, abs=0.02)


def test_an_overlap_names_both_cells_and_the_land_between_them() -> None:
    cells = draw("AB\nAB")
    wide = shapely.union(
        cells.geometry[0], shapely.box(*cells.geometry[0].bounds).buffer(2, join_style="mitre")
    )
    overlapping = cells.set_geometry(gpd.GeoSeries([wide, cells.geometry[1]], crs=cells.crs))
    found = [f for f in faults(Coverage.from_frame(overlapping)) if f.check == "coverage.overlap"]
    assert [f.codes for f in found] == [("A", "B")]
    assert found[0].amount == pytest.approx(2 * 200, rel=0.05)
    assert found[0].severity == "error"


def test_a_ring_that_crosses_itself_is_named() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    cells = gpd.GeoDataFrame({"code": ["X"]}, geometry=[bow], crs="EPSG:4547")
    assert "coverage.invalid_ring" in [f.check for f in faults(Coverage.from_frame(cells))]


def test_codes_must_be_unique_and_present() -> None:
    cells = draw(STREET)
    with pytest.raises(UsageError, match="no column 'kode'"):
        Coverage.from_frame(cells, code="kode")
    doubled = gpd.GeoDataFrame(
        {"code": ["S", "S"]}, geometry=[*cells.geometry, *cells.geometry], crs=cells.crs
    )
    with pytest.raises(UsageError, match="more than once: S"):
        Coverage.from_frame(doubled)


def test_degrees_go_on_a_lattice_of_their_own_and_come_back_as_they_were() -> None:
    cells = draw(GRIDS).to_crs("EPSG:4326")
    coverage = Coverage.from_frame(cells)
    assert coverage.step == 1e-9
    assert coverage.certificate()
    back = shapely.get_coordinates(np.asarray(coverage.to_frame().sort_values("code").geometry.array))
    assert len(back)
    assert np.abs(back - np.round(back, 9)).max() < 1e-12


@pytest.mark.parametrize(("file", "code"), [
    ("denver_blocks/DenverCo_blocks.zip", "GEOID20"),
    ("shanghai_gbk/shanghai_区县界_area.shp", None),
])  # fmt: skip
def test_real_coverages_have_a_certificate_and_agree_with_shapely(
    shared_data: Path, file: str, code: str | None
) -> None:
    read = gpd.read_file(shared_data / file)
    cells = read.assign(code=read[code] if code else range(len(read)))
    coverage = Coverage.from_frame(cells if cells.crs.is_projected else cells.to_crs("EPSG:4547"))
    certificate = coverage.certificate()
    assert certificate
    assert shapely.coverage_is_valid(coverage.cells)
    union = shapely.coverage_union_all(coverage.cells)
    assert certificate.outline.area == pytest.approx(union.area, rel=1e-12)
    assert len(gaps(certificate.outline)) >= sum(len(part.interiors) for part in shapely.get_parts(union))


def test_the_narrow_gaps_of_a_public_file_are_found(shared_data: Path) -> None:
    streets = gpd.read_file(shared_data / "shenzhen_streets74" / "shenzhen_streets74_wgs84_derived.geojson")
    coverage = Coverage.from_frame(streets.to_crs("EPSG:4547"), code="BLOCK_ID")
    certificate = coverage.certificate()
    assert certificate.exact
    assert not certificate
    assert {f.check for f in faults(coverage)} == {"coverage.gap"}
    assert len(faults(coverage)) == len(gaps(certificate.outline))
