"""The demo's parts, one by one: laws that hold for any seed."""

from datetime import date

import chinese_calendar
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.demo.borders import directed_segments
from gridmap.demo.city import _districts, _people, _road_names
from gridmap.demo.cuts import Style, subdivide
from gridmap.demo.dividing import Ground
from gridmap.demo.land import draw_land
from gridmap.demo.names import SCALES, street_names
from gridmap.demo.noise import bend, generator
from gridmap.demo.people import shared_out
from gridmap.demo.petition_times import due_after
from gridmap.demo.plan import plan_city
from gridmap.demo.street import build_street


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40))
def test_a_whole_number_is_shared_out_without_loss_and_within_one_of_the_exact_share(total, weights):
    weight = np.array(weights)
    shares = shared_out(total, weight)
    assert shares.sum() == total
    assert np.all(np.abs(shares - total * weight / weight.sum()) < 1 + 1e-6)


@given(st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_cutting_land_loses_none_of_it(seed):
    random = np.random.default_rng(seed)
    land = shapely.Point(500_000, 2_500_000).buffer(900, quad_segs=6)
    cuts, pieces = subdivide(land, lambda _: Style(60_000.0), 0.3, random)
    assert sum(piece.area for piece in pieces) == pytest.approx(land.area, rel=1e-9)
    assert len(pieces) > 15
    assert len(cuts) >= len(pieces) - 1


def test_bending_moves_no_two_points_past_one_another():
    bent = bend(generator(5, "bend"))
    x, y = np.meshgrid(np.arange(500_000, 508_000, 40.0), np.arange(2_500_000, 2_508_000, 40.0))
    points = bent(np.column_stack([x.ravel(), y.ravel()])).reshape(*x.shape, 2)
    east, north = np.diff(points, axis=1)[:-1], np.diff(points, axis=0)[:, :-1]
    turn = east[..., 0] * north[..., 1] - east[..., 1] * north[..., 0]
    assert turn.min() > 0


@given(st.dates(min_value=date(2023, 11, 1),
                max_value=date(2026, 10, 31)), st.integers(1, 15))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_due_date_is_the_nth_working_day_after(day, limit):
    due = due_after(np.array([np.datetime64(f"{day}T23:59:00")]), np.array([limit]))[0].item()
    between = [due.date().fromordinal(n) for n in range(day.toordinal() + 1, due.date().toordinal() + 1)]
    assert sum(chinese_calendar.is_workday(each) for each in between) == limit
    assert chinese_calendar.is_workday(due.date())
    assert due.hour == 18


@pytest.fixture(scope="module")
def plan():
    return plan_city(7, streets=4, km2=9.0, roads=_road_names())


def test_street_outlines_of_a_city_are_one_coverage(plan):
    outlines = np.array(plan.outlines)
    assert len(outlines) == 4
    assert shapely.coverage_is_valid(outlines)
    assert shapely.union_all(outlines).area == pytest.approx(shapely.area(outlines).sum(), rel=1e-12)


def test_streets_drawn_one_by_one_meet_in_the_very_same_vertices(plan):
    parcels = np.concatenate([draw_land(plan, number, seed=7).parcels for number in range(4)])
    start, end, _ = directed_segments(parcels)
    directed = set(zip(start.tolist(), end.tolist(), strict=True))
    assert len(directed) == len(start)
    alone = {(a, b) for a, b in directed if (b, a) not in directed}
    rim = shapely.boundary(shapely.coverage_union_all(parcels))
    middles = np.array([(a + b) / 2000 for a, b in alone])
    assert shapely.distance(shapely.points(middles.real, middles.imag), rim).max() < 1e-6
    assert shapely.get_type_id(shapely.coverage_union_all(parcels)) == 3


def test_parcels_fill_the_street_and_are_valid(plan):
    land = draw_land(plan, 1, seed=7)
    assert shapely.is_valid(land.parcels).all()
    assert shapely.area(land.parcels).sum() == pytest.approx(land.outline.area, rel=1e-12)
    assert shapely.coverage_union_all(land.parcels).equals_exact(land.outline, normalize=True)


def test_borders_know_the_length_of_what_neighbours_share(plan):
    land = draw_land(plan, 2, seed=7)
    for at in range(0, len(land.borders.one), 97):
        pair = (land.borders.one == land.borders.one[at]) & (land.borders.other == land.borders.other[at])
        one, other = land.parcels[land.borders.one[at]], land.parcels[land.borders.other[at]]
        assert shapely.intersection(one, other).length == pytest.approx(
            land.borders.length[pair].sum(), abs=1e-6
        )


@given(seed=st.integers(0, 2**31), count=st.integers(2, 40))
@settings(max_examples=15, deadline=None)
def test_divided_land_comes_in_connected_parts_none_of_them_empty(plan, seed, count):
    land = _drawn(plan)
    ground = Ground.of(land)
    parcels = ground.main_part(np.arange(len(land.parcels)))
    weight = np.random.default_rng(seed).lognormal(3, 1, len(parcels))
    part = ground.divide(parcels, weight, np.ones(count), np.random.default_rng(seed))
    assert np.array_equal(np.unique(part), np.arange(count))
    assert all(ground.connected(parcels[part == at]) for at in range(count))


_lands = {}


def _drawn(plan):
    return _lands.setdefault(id(plan), draw_land(plan, 0, seed=7))


def test_too_many_parts_are_refused(plan):
    land = _drawn(plan)
    with pytest.raises(ValueError, match="2 parcels cannot be divided into 5 parts"):
        Ground.of(land).divide(np.array([0, 1]), np.ones(2), np.ones(5), np.random.default_rng(1))


def test_the_districts_of_a_city_are_connected():
    plan = plan_city(2022, streets=74, km2=27.0, roads=[])
    district_of = np.array(_districts(plan, 9, 2022))
    outlines = np.array(plan.outlines)
    shapes = [shapely.coverage_union_all(outlines[district_of == at]) for at in range(9)]
    assert {shape.geom_type for shape in shapes} == {"Polygon"}


def test_names_and_codes_of_the_larger_scales_are_unique_and_add_up():
    for scale in ("district", "city"):
        streets, size = street_names(scale, 2022, district_of=[0] * SCALES[scale].streets), SCALES[scale]
        communities = [name for street in streets for name in street.communities]
        assert len(streets) == size.streets == len({street.code for street in streets})
        assert len(communities) == len(set(communities)) == size.communities
        assert sum(sum(street.red_grids.values()) for street in streets) == size.red_grids


def test_a_street_of_a_city_is_divided_into_all_its_red_grids():
    names = street_names("district", 2022, district_of=[0] * 11)[3]
    plan = plan_city(11, streets=1, km2=20.0, roads=_road_names())
    street = build_street(plan, names, seed=11, number=0, people=200_000, changes=False)
    assert len(street.grids.today("red_grid")) == sum(names.red_grids.values())
    assert street.people.people.sum() == 200_000


def test_people_of_a_city_vary_by_street_around_the_mean():
    people = _people(SCALES["city"], plan_city(1, streets=1, km2=1.0, roads=[]), 1)
    assert len(people) == 74
    assert np.mean(people) == pytest.approx(SCALES["city"].people, rel=1e-3)
    assert max(people) > 1.2 * min(people)
