"""Tiling: whatever was drawn, the cells and the rest fill the parent exactly."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap import polygons
from gridmap.coverage import Site, certify
from gridmap.polygons import Geometries
from gridmap.repair import Rules, Tiling, tile
from tests.toy import draw

SITE = Site(0.001, "EPSG:4547", "community")
WHOLE = shapely.box(0, 0, 200_000, 100_000)  # 200 m x 100 m, in millimetres


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle given in metres, in lattice steps."""
    return shapely.box(west * 1000, south * 1000, east * 1000, north * 1000)


def tiled(*cells: shapely.Polygon, within: shapely.Polygon | None = WHOLE, repair: bool = False) -> Tiling:
    drawn = polygons.oriented(polygons.as_array(cells))
    codes = [chr(65 + position) for position in range(len(cells))]
    return tile(codes, drawn, within=within, site=SITE, rules=Rules(repair=repair))


def fills(tiling: Tiling, within: shapely.Polygon) -> bool:
    """Say whether cells and unowned land tile the parent: exactly certified, and of its area."""
    everything: Geometries = polygons.as_array([*tiling.cells, *tiling.unowned])
    certificate = certify([str(n) for n in range(len(everything))], everything)
    same = shapely.symmetric_difference(certificate.outline, within).area <= 2 * within.length
    return bool(certificate) and bool(same)


def checks(tiling: Tiling, severity: str) -> list[str]:
    return [finding.check for finding in tiling.findings if finding.severity == severity]


def test_cells_that_fit_stay_as_they_are() -> None:
    tiling = tiled(box(0, 0, 80, 100), box(80, 0, 200, 100))
    assert tiling.findings == ()
    assert len(tiling.unowned) == 0
    assert tiling.changed_m2.tolist() == [0, 0]
    assert fills(tiling, WHOLE)


def test_land_of_no_cell_is_left_over_and_said() -> None:
    tiling = tiled(box(0, 0, 80, 100))
    assert [piece.area for piece in tiling.unowned] == [120e3 * 100e3]
    assert checks(tiling, "warning") == ["land.unassigned"]
    assert fills(tiling, WHOLE)


def test_at_the_top_a_hole_is_a_gap_and_no_cell() -> None:
    ring = draw("AAA\nA.A\nAAA").geometry[0]
    drawn = polygons.to_lattice(polygons.as_array([ring]), step=0.001)
    tiling = tile(["A"], drawn, within=None, site=SITE, rules=Rules())
    assert checks(tiling, "warning") == ["coverage.gap"]
    assert len(tiling.unowned) == 0


def test_an_overlap_is_an_error_and_a_repair_gives_it_to_one() -> None:
    drawn = (box(0, 0, 120, 100), box(80, 0, 200, 100))
    assert checks(tiled(*drawn), "error") == ["coverage.overlap"]
    mended = tiled(*drawn, repair=True)
    assert checks(mended, "error") == []
    assert fills(mended, WHOLE)
    assert mended.changed_m2.sum() == pytest.approx(40 * 100)


def test_land_outside_the_parent_is_an_error_and_a_repair_cuts_it_off() -> None:
    drawn = (box(0, 0, 80, 130), box(80, 0, 200, 100))
    assert checks(tiled(*drawn), "error") == ["coverage.outside_parent"]
    mended = tiled(*drawn, repair=True)
    assert checks(mended, "error") == []
    assert mended.cells[0].bounds[3] == 100_000
    assert fills(mended, WHOLE)


def test_a_narrow_gap_stays_without_repair_and_closes_with_it() -> None:
    drawn = (box(0, 0, 80, 100), box(83, 0, 200, 100))
    assert len(tiled(*drawn).unowned) == 1
    mended = tiled(*drawn, repair=True)
    assert len(mended.unowned) == 0
    assert mended.changed_m2.sum() == pytest.approx(300, rel=0.01)


def test_a_wide_gap_is_never_closed() -> None:
    mended = tiled(box(0, 0, 80, 100), box(120, 0, 200, 100), repair=True)
    assert [piece.area for piece in mended.unowned] == [40e3 * 100e3]


def test_a_crossing_ring_is_an_error_and_a_repair_makes_an_area_of_it() -> None:
    bow = shapely.Polygon([(0, 0), (80_000, 100_000), (80_000, 0), (0, 100_000)])
    assert "coverage.invalid_ring" in checks(tiled(bow, box(80, 0, 200, 100)), "error")
    assert fills(tiled(bow, box(80, 0, 200, 100), repair=True), WHOLE)


def test_a_cell_outside_its_parent_altogether_is_said_even_in_a_repair() -> None:
    assert "coverage.empty_cell" in checks(
        tiled(box(0, 0, 200, 100), box(300, 0, 400, 100), repair=True), "error"
    )


def test_a_parent_in_two_pieces_is_filled_in_both() -> None:
    parent = shapely.MultiPolygon([box(0, 0, 100, 100), box(150, 0, 250, 100)])
    tiling = tiled(shapely.MultiPolygon([box(0, 0, 50, 100), box(150, 0, 250, 100)]), within=parent)
    assert [piece.area for piece in tiling.unowned] == [50e3 * 100e3]
    assert fills(tiling, parent)


@given(seed=st.integers(0, 10_000), jitter=st.sampled_from([0.0004, 0.3, 3.0]))
@settings(max_examples=40, deadline=None)
def test_a_repair_of_any_shaken_drawing_fills_the_parent(seed: int, jitter: float) -> None:
    shaken = np.random.default_rng(seed)
    cells = [box(x, y, x + 50, y + 50) for x in (0, 50, 100, 150) for y in (0, 50)]
    corners = [shapely.get_coordinates(shapely.segmentize(cell, 12_500))[:-1] for cell in cells]
    drawn = [shapely.Polygon(np.rint(xy + shaken.normal(0, jitter * 1000, xy.shape))) for xy in corners]
    tiling = tiled(*drawn, repair=True)
    assert fills(tiling, WHOLE)
    assert checks(tiling, "error") == []
    assert (shapely.area(tiling.cells) > 0).all()
