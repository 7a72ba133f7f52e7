"""Corners: what one side of a border learns, the other side learns as well."""

from __future__ import annotations

import shapely

from gridmap import polygons
from gridmap.corners import insertions, with_corners
from gridmap.coverage import certify

BELOW = shapely.Polygon([(0, 0), (1000, 0), (1000, 1000), (0, 1000)])
ABOVE = shapely.Polygon([(0, 1000), (1000, 1000), (1000, 2000), (0, 2000)])


def outline(*corners: tuple[int, int]) -> shapely.Polygon:
    """Return BELOW with corners on its upper border, given from east to west."""
    return shapely.Polygon([(0, 0), (1000, 0), (1000, 1000), *corners, (0, 1000)])


def test_the_other_side_gets_the_corner_bent_by_rounding() -> None:
    missing = insertions([(BELOW, outline((333, 1001)))])
    (told,) = with_corners([ABOVE], missing)
    cells = polygons.oriented(polygons.as_array([outline((333, 1001)), told]))
    assert certify(["below", "above"], cells)


def test_polygons_without_the_border_come_back_as_they_are() -> None:
    far = shapely.box(5000, 5000, 6000, 6000)
    assert with_corners([far, None], insertions([(BELOW, outline((333, 1000)))])) == [far, None]


def test_when_both_sides_have_corners_each_learns_the_others() -> None:
    bent_below = outline((700, 1000), (200, 1001))
    bent_above = shapely.Polygon([(0, 1000), (450, 999), (1000, 1000), (1000, 2000), (0, 2000)])
    missing = insertions([(BELOW, bent_below), (ABOVE, bent_above)])
    cells = polygons.oriented(polygons.as_array(with_corners([bent_below, bent_above], missing)))
    assert certify(["below", "above"], cells)
    assert all((450, 999) in map(tuple, shapely.get_coordinates(cell)) for cell in cells)


def test_a_border_that_really_moved_is_no_corner() -> None:
    assert not insertions([(BELOW, outline((500, 1400)))])
