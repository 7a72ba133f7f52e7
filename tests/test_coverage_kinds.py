"""Every kind of fault a coverage can have, and what checking, mending, adding up and simplifying make of it.

The kinds are those that tests of coverage validators are about: edges that cross, match or do not, cells on
and in each other, gaps by width, overlaps by strategy. shapely's own coverage functions are the oracle.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmap import maps, polygons
from gridmap.bench.coverage_maker import make_coverage
from gridmap.coverage import METRIC_STEP, Coverage, Site, certify, dissolve, faults
from gridmap.polygons import Geometries
from gridmap.repair import MERGE_STRATEGIES, MergeStrategy, Rules, Tiling, tile

CRS = "EPSG:4547"
SITE = Site(METRIC_STEP, CRS, "red_grid")

BOX = shapely.box(0, 0, 100, 100)
EAST = shapely.box(100, 0, 200, 100)

#: Cells in metres that are a coverage.
SOUND: dict[str, list[BaseGeometry]] = {
    "one cell": [BOX],
    "a shared edge": [BOX, EAST],
    "a shared edge of several segments": [
        shapely.Polygon([(0, 0), (100, 0), (100, 40), (100, 100), (0, 100)]),
        shapely.Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 40)]),
    ],
    "cells that meet in a point": [BOX, shapely.box(100, 100, 200, 200)],
    "cells that do not meet": [BOX, shapely.box(150, 0, 200, 100)],
    "a hole filled by another cell": [
        BOX.difference(shapely.box(40, 40, 60, 60)), shapely.box(40, 40, 60, 60)],
    "a hole that touches the shell in a point": [
        shapely.Polygon([(0, 0), (50, 0), (100, 0), (100, 100), (0, 100)], [[(50, 0), (40, 30), (60, 30)]]),
        shapely.Polygon([(50, 0), (60, 30), (40, 30)])],
    "a cell of two parts": [shapely.MultiPolygon([BOX, shapely.box(200, 0, 300, 100)]), EAST],
    "four cells at a corner": [shapely.box(x, y, x + 50, y + 50) for x in (0, 50) for y in (0, 50)],
}  # fmt: skip

#: Cells in metres that are none, with the codes (A, B, ...) that a fault names.
UNSOUND: dict[str, tuple[list[BaseGeometry], str]] = {
    "the same cell twice": ([BOX, BOX], "AB"),
    "a cell inside another": ([BOX, shapely.box(20, 20, 40, 40)], "AB"),
    "a cell inside another, on its border": ([BOX, shapely.box(0, 0, 40, 100)], "AB"),
    "a wide overlap": ([BOX, shapely.box(60, 0, 200, 100)], "AB"),
    "an overlap of a few centimetres": ([BOX, shapely.box(99.95, 0, 200, 100)], "AB"),
    "an overlap in a corner": ([BOX, shapely.box(90, 90, 200, 200)], "AB"),
    "a cell across another": ([BOX, shapely.box(-20, 40, 120, 60)], "AB"),
    "edges that cross": ([BOX, shapely.Polygon([(110, 0), (200, 0), (200, 100), (90, 100)])], "AB"),
    "a corner that the neighbour does not know": (
        [BOX, shapely.Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 40)])], "AB"),
    "a longer edge beside two shorter ones": (
        [BOX, shapely.box(100, 0, 200, 50), shapely.box(100, 50, 200, 100)], "ABC"),
    "a hole smaller than the cell in it": (
        [BOX.difference(shapely.box(40, 40, 60, 60)), shapely.box(35, 35, 65, 65)], "AB"),
    "three cells on one another": ([BOX, shapely.box(50, 0, 150, 100), shapely.box(80, 0, 180, 100)], "ABC"),
    "a part of a cell on another": ([shapely.MultiPolygon([BOX, shapely.box(150, 0, 250, 100)]), EAST], "AB"),
}  # fmt: skip


def frame_of(cells: Sequence[BaseGeometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": [chr(65 + n) for n in range(len(cells))]}, geometry=list(cells), crs=CRS)


def lattice(cells: Sequence[BaseGeometry]) -> Geometries:
    return polygons.to_lattice(polygons.as_array(cells), step=METRIC_STEP)


def mended(cells: Sequence[BaseGeometry], within: BaseGeometry, rules: Rules) -> Tiling:
    drawn, land = lattice(cells), lattice([within])[0]
    return tile([chr(65 + n) for n in range(len(cells))], drawn, within=land, site=SITE, rules=rules)


def square_metres(cells: Geometries) -> list[float]:
    return [round(float(area), 2) for area in shapely.area(cells) * METRIC_STEP**2]


@pytest.mark.parametrize("kind", SOUND)
def test_a_coverage_has_a_certificate_and_no_error(kind: str) -> None:
    coverage = Coverage.from_frame(frame_of(SOUND[kind]))
    assert shapely.coverage_is_valid(coverage.cells)
    assert coverage.certificate()
    assert [found for found in faults(coverage) if found.severity == "error"] == []


@pytest.mark.parametrize("kind", UNSOUND)
def test_what_is_no_coverage_has_no_certificate_and_its_fault_is_named(kind: str) -> None:
    cells, named = UNSOUND[kind]
    coverage = Coverage.from_frame(frame_of(cells))
    assert not shapely.coverage_is_valid(coverage.cells)
    assert not coverage.certificate()
    errors = [found for found in faults(coverage) if found.severity == "error"]
    assert {code for found in errors for code in found.codes} == set(named)


def test_a_corner_that_only_touches_an_edge_takes_no_land() -> None:
    """shapely wants a corner on either side even there; land is shared out exactly without it."""
    cells = [BOX, shapely.Polygon([(100, 50), (200, 0), (200, 100)])]
    assert not shapely.coverage_is_valid(polygons.as_array(cells))
    assert Coverage.from_frame(frame_of(cells)).certificate()


@pytest.mark.parametrize("kind", UNSOUND)
def test_a_repair_makes_a_coverage_of_every_kind(kind: str) -> None:
    cells, _ = UNSOUND[kind]
    within = shapely.union_all(cells)
    tiling = mended(cells, within, Rules(repair=True))
    everything = polygons.as_array([cell for cell in [*tiling.cells, *tiling.unowned] if not cell.is_empty])
    assert certify([str(n) for n in range(len(everything))], everything)
    assert shapely.area(everything).sum() == pytest.approx(lattice([within])[0].area, rel=1e-9)


@pytest.mark.parametrize("width", [0.5, 5.0, 9.0, 11.0, 30.0])
@pytest.mark.parametrize("gap_width", [1.0, 10.0])
def test_gaps_narrower_than_a_width_close_and_others_stay(width: float, gap_width: float) -> None:
    cells = [BOX, shapely.box(100 + width, 0, 200, 100)]
    oracle = shapely.coverage_invalid_edges(polygons.as_array(cells), gap_width=gap_width)
    tiling = mended(cells, shapely.box(0, 0, 200, 100), Rules(repair=True, gap_width_m=gap_width, snap_m=0.1))
    assert (len(tiling.unowned) == 0) == any(not edge.is_empty for edge in oracle)


#: A small cell, first in the drawing, and a large one; both claim 1,000 m2.
CLAIMS = [shapely.box(0, 0, 40, 100), shapely.box(30, 0, 200, 100)]
TAKES: dict[MergeStrategy, tuple[float, float]] = {
    "max_area": (3000, 17000),
    "min_area": (4000, 16000),
    "min_index": (4000, 16000),
}


@pytest.mark.parametrize("strategy", TAKES)
def test_an_overlap_goes_where_the_strategy_says(strategy: MergeStrategy) -> None:
    tiling = mended(CLAIMS, shapely.box(0, 0, 200, 100), Rules(repair=True, merge_strategy=strategy))
    assert square_metres(tiling.cells) == list(TAKES[strategy])


def test_an_overlap_goes_to_the_longest_border() -> None:
    tooth = shapely.box(90, 45, 140, 55)  # reaches 10 m into A: 30 m of that lie along A, 10 m along B
    rest = shapely.box(100, 0, 200, 100).difference(tooth)
    tiling = mended([BOX, tooth, rest], shapely.box(0, 0, 200, 100), Rules(repair=True))
    assert square_metres(tiling.cells) == [10_000, 400, 9_600]


@pytest.mark.parametrize("strategy", MERGE_STRATEGIES)
def test_every_strategy_fills_the_parent(strategy: MergeStrategy) -> None:
    cells = [shapely.box(x - 4, y - 4, x + 54, y + 54) for x in (0, 50, 100, 150) for y in (0, 50)]
    within = shapely.box(0, 0, 200, 100)
    tiling = mended(cells, within, Rules(repair=True, merge_strategy=strategy))
    assert certify([str(n) for n in range(8)], tiling.cells)
    assert shapely.area(tiling.cells).sum() == lattice([within])[0].area


def test_what_a_repair_cuts_off_goes_to_the_neighbours() -> None:
    bar = shapely.box(0, 40, 200, 60)
    middle = shapely.box(80, 0, 120, 100)
    south, north = shapely.box(0, 0, 200, 40), shapely.box(0, 60, 200, 100)
    drawn = [middle, bar, south.difference(middle), north.difference(middle)]
    tiling = mended(drawn, shapely.box(0, 0, 200, 100), Rules(repair=True, merge_strategy="min_index"))
    assert [shapely.get_num_geometries(cell) for cell in tiling.cells[:2]] == [1, 1]
    assert {found.codes for found in tiling.findings if found.check == "coverage.island"} >= {("B",)}


def test_a_cell_drawn_in_two_parts_keeps_both() -> None:
    drawn = [shapely.MultiPolygon([BOX, shapely.box(150, 0, 200, 100)]), shapely.box(100.4, 0, 150, 100)]
    tiling = mended(drawn, shapely.box(0, 0, 200, 100), Rules(repair=True))
    assert [shapely.get_num_geometries(cell) for cell in tiling.cells] == [2, 1]


@pytest.mark.parametrize("kind", SOUND)
def test_the_sum_of_cells_is_their_union(kind: str) -> None:
    cells = lattice(SOUND[kind])
    total = dissolve(cells)
    assert shapely.equals(total, shapely.union_all(cells))
    assert shapely.equals(total, shapely.coverage_union_all(cells))


@pytest.mark.parametrize("pixels", [20, 100, 2000])
def test_simplified_cells_still_share_their_borders(pixels: int) -> None:
    cells = make_coverage(60, vertices=120, enclave_share=0.02).to_crs(CRS)
    coarse = maps.simplified(cells, pixels=pixels)
    shapes = np.asarray(coarse.geometry)
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(shapely.union_all(shapes).area, rel=1e-9)
    assert not shapely.is_empty(shapes).any()
    assert shapely.get_num_coordinates(shapes).sum() <= cells.geometry.count_coordinates().sum()


def shaken(cells: Geometries, sigma_m: float, seed: int) -> Geometries:
    """Move every corner of every cell at random, each cell for itself."""
    chance = np.random.default_rng(seed)

    def ring(corners: shapely.LinearRing) -> NDArray[np.float64]:
        xy = np.asarray(corners.coords)[:-1]
        return np.asarray(np.rint(xy + chance.normal(0, sigma_m / METRIC_STEP, xy.shape)))

    return polygons.as_array(
        shapely.MultiPolygon(
            [
                shapely.Polygon(ring(part.exterior), [ring(hole) for hole in part.interiors])
                for part in shapely.get_parts(cell)
            ]
        )
        for cell in cells
    )


@pytest.mark.parametrize("sigma_m", [0.002, 0.05, 0.3, 1.0])
def test_shaken_copies_of_a_coverage_are_mended_within_their_parent(sigma_m: float) -> None:
    frame = make_coverage(120, vertices=40, enclave_share=0.02, seed=4).to_crs(CRS)
    cells = lattice(list(frame.geometry))
    for number, members in enumerate(frame.groupby(frame["code"].str[:8]).indices.values()):
        within = dissolve(cells[members])
        drawn = shaken(cells[members], sigma_m, number)
        codes = list(frame["code"].iloc[members])
        tiling = tile(codes, drawn, within=within, site=SITE, rules=Rules(repair=True))
        outline = certify(codes, tiling.cells)
        assert outline
        assert len(tiling.unowned) == 0
        assert (shapely.get_num_geometries(tiling.cells) <= shapely.get_num_geometries(cells[members])).all()
        moved = shapely.symmetric_difference(outline.outline, within)
        assert moved.buffer(-1.5).is_empty  # nowhere wider than the 3 mm that rounding may take from a needle
