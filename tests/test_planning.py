"""The metrics of a plan are what the field calls by their names, and an impact is counted the same on both "
"sides."""

from __future__ import annotations

import json
import math
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap import edits, planning
from gridmap.bench import edits as bench
from gridmap.coverage import Coverage
from gridmap.periods import Period
from gridmap.planning import Baseline, Ground
from gridmap.regions import leaves_on, regions_on
from gridmap.store import Database
from tests.edits_city import nested, path, place
from tests.records import load, petition
from tests.toy import at

FOREIGN = pytest.mark.filterwarnings("ignore")  # what other packages warn of is not ours to mend


@cache
def drawn_cells() -> Coverage:
    return bench.made_up_map(60, vertices=14, seed=9)


def people_at(*rows: tuple[float, float, int, int]) -> pd.DataFrame:
    """Return points in squares of the drawing, with people and households."""
    x, y = zip(*(place(column, line) for column, line, *_ in rows), strict=True)
    counts = [row[2:] for row in rows]
    return pd.DataFrame(counts, columns=["people", "households"], dtype=float).assign(x=x, y=y)


CITY = people_at(
    (0.5, 2.5, 900, 300), (0.5, 3.8, 300, 100), (2.5, 3.5, 1500, 500), (3.5, 0.5, 60, 20), (5, 1, 600, 200)
)


# ---- definitions, against other libraries -------------------------------------------------------


@FOREIGN
def test_compactness_is_what_esda_and_momepy_call_so() -> None:
    import esda.shape
    import momepy

    cells = gpd.GeoSeries(list(drawn_cells().cells))
    np.testing.assert_allclose(
        planning.polsby_popper(drawn_cells().cells), esda.shape.isoperimetric_quotient(cells)
    )
    circles = esda.shape.minimum_bounding_circle_ratio(cells)
    np.testing.assert_allclose(planning.reock(drawn_cells().cells), circles, rtol=1e-9)
    np.testing.assert_allclose(
        planning.reock(drawn_cells().cells), momepy.circular_compactness(cells), rtol=1e-9
    )


@FOREIGN
def test_borders_between_cells_are_the_contiguity_that_libpysal_finds() -> None:
    from libpysal.graph import Graph

    cells = gpd.GeoSeries(list(drawn_cells().cells), index=list(drawn_cells().codes))
    rook = Graph.build_contiguity(cells, rook=True)
    for code in drawn_cells().codes:
        assert set(drawn_cells().neighbours(code)) == set(rook[code].index)
    inner = planning.inner_borders(drawn_cells(), drawn_cells().codes).length
    whole = shapely.length(drawn_cells().cells).sum() * drawn_cells().step
    outline = drawn_cells().certificate().outline.length * drawn_cells().step
    assert inner == pytest.approx((whole - outline) / 2)


def test_a_circle_is_as_compact_as_can_be_and_a_square_is_known() -> None:
    circle, square = shapely.Point(0, 0).buffer(1, quad_segs=500), shapely.box(0, 0, 3, 3)
    cells = np.array([circle, square])
    np.testing.assert_allclose(planning.polsby_popper(cells), [1, math.pi / 4], rtol=1e-4)
    np.testing.assert_allclose(planning.reock(cells), [1, 2 / math.pi], rtol=1e-4)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
@settings(max_examples=60, deadline=None)
def test_gini_is_half_the_mean_difference_of_all_pairs_over_the_mean(values: list[int]) -> None:
    load = np.array(values, dtype=float)
    pairs = np.abs(load[:, None] - load[None, :]).mean()
    assert planning.gini(values) == pytest.approx(pairs / (2 * load.mean()))


def test_balance_of_two_cells_by_hand() -> None:
    found = planning.balance([1, 3])
    assert found == {"cells": 2, "total": 4, "mean": 2, "max_over_mean": 1.5, "min_over_mean": 0.5, "cv": 0.5,
                     "gini": 0.25}  # fmt: skip


def test_nothing_to_spread_has_no_balance() -> None:
    found = planning.balance([0, 0])
    assert (found["cells"], found["total"]) == (2, 0)
    assert all(math.isnan(found[name]) for name in ("max_over_mean", "min_over_mean", "cv", "gini"))


def test_the_ends_of_the_band_are_inside() -> None:
    found = planning.outside_band({"a": 299, "b": 300, "c": 500, "d": 501}, low=300, high=500)
    assert found.to_dict("records") == [
        {"code": "a", "households": 299, "side": "low"},
        {"code": "d", "households": 501, "side": "high"},
    ]  # fmt: skip


# ---- loads --------------------------------------------------------------------------------------


def test_points_are_summed_by_cell_and_what_lies_outside_is_kept_apart() -> None:
    points = pd.concat([CITY, people_at((9, 9, 7, 7))])
    found = planning.load(points, nested(), weights=["people"])["people"]
    assert found.to_dict() == {"a": 1200, "b": 1500, "c": 0, "d": 60, "e": 0, "f": 600, "u": 0, "": 7}


def test_what_passes_is_told_from_cell_to_cell() -> None:
    before, after = np.array(["a", "a", "b", "d", "f"], object), np.array(["a", "b", "b", "b", "f"], object)
    found = planning.passed(CITY, before, after, weights=["people", "households"])
    assert found.to_dict("list") == {
        "from_code": ["a", "d"], "to_code": ["b", "b"], "people": [300, 60], "households": [100, 20],
    }  # fmt: skip


def test_land_that_passes_is_measured() -> None:
    lasso = path((1.5, 2.5), (3, 2.5), (3, 3.5), (1.5, 3.5))
    new, change = edits.transfer(nested(), "a", "b", lasso)
    found = planning.land_passed(nested(), new, change.touched, change.touched)
    moved = found[found["from_code"] != found["to_code"]]
    assert moved.values.tolist() == [["a", "b", 5000.0]]


# ---- the ground ---------------------------------------------------------------------------------


def footprint(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*place(west, south), *place(east, north))


def test_a_building_is_cut_when_a_second_cell_holds_a_real_part_of_it() -> None:
    whole, cut, hardly = (
        footprint(0.1, 2.1, 0.3, 2.3),
        footprint(1.9, 3, 2.1, 3.2),
        footprint(1.5, 3, 2.001, 3.2),
    )
    found = planning.cut_buildings(np.array([whole, cut, hardly]), nested(), ["a", "b", "c", "d"])
    assert found.values.tolist() == [[1, "a"], [1, "b"]]


def test_a_building_on_a_corner_is_one_building_in_four_cells() -> None:
    found = planning.cut_buildings(np.array([footprint(1.9, 1.9, 2.1, 2.1)]), nested(), list("abcd"))
    assert found["code"].tolist() == ["a", "b", "c", "d"]
    assert found["building"].nunique() == 1


def line(*places: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(path(*places))


def test_a_road_crosses_a_border_where_it_passes_from_cell_to_cell() -> None:
    borders = planning.inner_borders(nested(), ["a"])
    roads = np.array([
        line((0.5, 3), (3, 3)),  # into b
        line((2, 2), (2, 4)),  # along the border
        line((1, 3), (2, 3)),  # ends on it
        line((-1, 3), (1, 3)),  # through the outer border
        line((1, 1), (1, 3.5), (2.5, 3.5)),  # from c, through a, into b
    ])  # fmt: skip
    found = planning.road_crossings(roads, borders)
    assert found["road"].tolist() == [0, 4, 4]
    assert sorted(found[["x", "y"]].values.tolist()) == sorted(map(list, path((2, 3), (1, 2), (2, 3.5))))


def test_a_border_may_follow_a_road_for_a_share_of_its_length() -> None:
    borders = planning.inner_borders(nested(), ["a"])
    assert planning.share_along_roads(np.array([line((2, 2), (2, 4))]), borders) == pytest.approx(
        0.5, abs=0.03
    )
    assert planning.share_along_roads(np.array([], dtype=object), borders) == 0
    assert math.isnan(planning.share_along_roads(np.array([], dtype=object), shapely.MultiLineString()))


# ---- impact -------------------------------------------------------------------------------------

GROUND = Ground(
    np.array([footprint(0.9, 3.4, 1.1, 3.6)]), np.array([line((0.5, 2.2), (0.5, 3.8))]), ("Lane",),
    people_at((0.5, 2.5, 0, 0))[["x", "y"]],
)  # fmt: skip


def baseline() -> Baseline:
    return Baseline.of(nested(), CITY, ground=GROUND, unplaced={"people": 4.0})


def halved() -> Coverage:
    """Return the city with cell a cut from west to east, through the building."""
    return edits.split(nested(), "a", path((0, 3.5), (0.9, 3.5), (2, 3)))[0]


def row(frame: pd.DataFrame, **wanted: str) -> pd.Series:
    chosen = frame[(frame[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_no_change_has_no_impact() -> None:
    found = planning.impact_of(baseline(), nested())
    assert found.is_empty
    assert found.moves.empty
    assert found.summary["moved_people_share"] == 0
    plan = row(found.balance, scope="plan", load="people")
    assert plan["gini_before"] == plan["gini_after"]


def test_both_sides_of_a_split_stand_side_by_side() -> None:
    found = planning.impact_of(baseline(), halved())
    a, new = row(found.cells, code="a"), row(found.cells, code="a-2")
    assert (a["change"], new["change"]) == ("changed", "new")
    assert (a["people_before"], a["people_after"], new["people_after"]) == (1200, 900, 300)
    assert math.isnan(new["people_before"])
    assert a["area_m2_after"] + new["area_m2_after"] == pytest.approx(a["area_m2_before"]) == 40_000
    assert a["polsby_popper_before"] == pytest.approx(math.pi / 4)


def test_a_cell_that_only_learned_of_a_corner_did_not_change() -> None:
    base, line = nested(), path((2, 3.2), (3, 3.3), (4, 3.1))
    draft, change = edits.split(base, "b", line)
    told = planning.impact_of(Baseline.of(base, baseline().points[["x", "y"]]), draft)
    assert change.touched == ("a", "b", "b-2", "e")
    assert told.cells.set_index("code")["change"].to_dict() == {
        "a": "corners", "b": "changed", "b-2": "new", "e": "corners"}  # fmt: skip
    assert told.summary["cells_changed"] == 2


def test_what_moved_where_is_told_with_land_and_people() -> None:
    found = planning.impact_of(baseline(), halved()).moves
    assert found[["from_code", "to_code", "people", "households"]].values.tolist() == [["a", "a-2", 300, 100]]
    assert found["area_m2"].iloc[0] == pytest.approx(12_750)


def test_buildings_cut_and_roads_crossed_are_told_before_and_after() -> None:
    found = planning.impact_of(baseline(), halved())
    assert (found.summary["buildings_cut_before"], found.summary["buildings_cut_after"]) == (0, 1)
    assert row(found.cells, code="a")["buildings_cut_after"] == 1
    assert found.crossings[["road", "when"]].values.tolist() == [["Lane", "after"]]
    assert found.crossings[["x", "y"]].values.tolist() == path((0.5, 3.5))


def test_the_spread_over_the_whole_plan_and_over_what_changed_are_apart() -> None:
    found = planning.impact_of(baseline(), halved()).balance
    changed, plan = (row(found, scope=scope, load="people") for scope in ("changed", "plan"))
    assert (plan["cells_before"], plan["cells_after"]) == (6, 7)
    assert (changed["total_before"], changed["total_after"]) == (1200, 1200)
    assert plan["total_before"] == plan["total_after"] == 3360
    assert plan["max_over_mean_before"] == pytest.approx(1500 / 560)


def test_the_compactness_of_the_whole_plan_is_the_mean_of_its_grids() -> None:
    found = planning.impact_of(baseline(), halved()).summary
    assert found["polsby_popper_mean_before"] == pytest.approx(math.pi / 4)
    grids = [code for code in halved().codes if code != "u"]
    expected = planning.shapes(halved(), grids)[["polsby_popper", "reock"]].mean()
    assert found["polsby_popper_mean_after"] == pytest.approx(expected["polsby_popper"])
    assert found["reock_mean_after"] == pytest.approx(expected["reock"])


def test_unassigned_land_is_no_grid_of_the_plan() -> None:
    found = planning.impact_of(baseline(), nested()).outside_band
    assert "u" not in set(found["code"])
    assert set(found["when"]) == {"both"}


def test_grids_that_leave_or_enter_the_band_are_told() -> None:
    found = planning.impact_of(baseline(), halved()).outside_band
    assert row(found, code="a-2")[["households", "side", "when"]].tolist() == [100, "low", "after"]
    assert "b" not in set(found["code"])


def test_households_in_reach_of_a_centre_are_counted_by_cell_and_over_all() -> None:
    found = planning.impact_of(baseline(), halved())
    assert row(found.cells, code="a")["households_500m_before"] == 400
    assert found.summary["households_500m_share_before"] == pytest.approx((300 + 100 + 500 + 20 + 200) / 1120)
    near = Baseline.of(nested(), CITY, ground=Ground.empty())
    assert math.isnan(planning.impact_of(near, halved()).summary["households_1000m_share_after"])


def test_a_cell_with_another_code_did_not_move_its_people() -> None:
    draft, _ = edits.recode(nested(), "a", "a9")
    found = planning.impact_of(baseline(), draft)
    assert found.moves.empty
    assert row(found.cells, code="a9")[["change", "people_before", "people_after"]].tolist() == [
        "changed",
        1200,
        1200,
    ]


def test_a_cell_that_ended_has_no_figures_after() -> None:
    draft, _ = edits.merge(nested(), ["a", "b"], into="b")
    found = planning.impact_of(baseline(), draft)
    a = row(found.cells, code="a")
    assert (a["change"], a["people_before"]) == ("ended", 1200)
    assert math.isnan(a["people_after"])
    assert found.moves[["from_code", "to_code", "people"]].values.tolist() == [["a", "b", 1200]]


def test_the_plain_form_says_nothing_for_what_cannot_be_known() -> None:
    plain = json.loads(json.dumps(planning.impact_of(baseline(), halved()).to_json()))
    new = next(cell for cell in plain["cells"] if cell["code"] == "a-2")
    assert new["people_before"] is None
    assert plain["unplaced"] == {"people": 4.0}


@given(seed=st.integers(0, 30))
@settings(max_examples=15, deadline=None)
def test_nobody_is_lost_and_every_cell_counts_as_if_placed_anew(seed: int) -> None:
    walk = bench.Walk(drawn_cells(), np.random.default_rng(seed))
    chance = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(drawn_cells().cells) * drawn_cells().step
    points = pd.DataFrame({"x": chance.uniform(west, east, 400), "y": chance.uniform(south, north, 400)})
    points = points.assign(people=chance.integers(1, 9, 400).astype(float), households=1.0)
    start = Baseline.of(drawn_cells(), points)
    walk.go(6)
    found = planning.impact_of(start, walk.coverage)
    anew = planning.load(points, walk.coverage, weights=["people"])["people"]
    after = found.cells.set_index("code")["people_after"].dropna()
    pd.testing.assert_series_equal(after, anew.reindex(after.index), check_names=False)
    plan = row(found.balance, scope="plan", load="people")
    grids = [code for code in walk.coverage.codes if not walk.coverage.region(code).is_unassigned]
    assert plan["total_after"] == anew.reindex(grids).sum()
    left = found.moves.groupby("from_code")["people"].sum().sum()
    assert left <= points["people"].sum()


# ---- from the store -----------------------------------------------------------------------------

A1, A2 = (0.5, 3.5), (2.5, 3.5)


def stocked(db: Database, folder: Path) -> Coverage:
    """Load people, petitions, buildings with ratings and a service centre; return today's map."""
    west, north = at(*A1)
    load(db, folder, "population", [
        {"population_no": "1", "people": 90, "households": 30, "x": west, "y": north},
        {"population_no": "2", "people": 40, "households": 10, "x": at(*A2)[0], "y": at(*A2)[1]},
        {"population_no": "3", "people": 5, "households": 2, "region_name": "cell A1"},
    ])  # fmt: skip
    load(
        db,
        folder,
        "petitions",
        [petition(1, A1), petition(2, A1, received_at="2023-01-05 08:00"), petition(3)],
    )
    load(db, folder, "buildings", [
        {"building_no": "B1", "category": "urban_village", "x": west, "y": north},
        {"building_no": "B2", "category": "urban_village", "x": west, "y": north},
    ])  # fmt: skip
    load(db, folder, "schemes", [{
        "scheme": "s", "level": "red", "rank": 3, "title_zh": "红", "title_en": "Red", "colour": "#aa0000",
        "interval_days": 30, "weight": 5,
    }])  # fmt: skip
    load(
        db,
        folder,
        "ratings",
        [{"building_no": "B1", "scheme": "s", "level": "red", "valid_from": "2024-01-01"}],
    )
    load(db, folder, "facilities", [
        {"facility_no": "F1", "kind": "党群服务中心", "x": west + 600, "y": north},
        {"facility_no": "F2", "kind": "党群服务中心", "x": west, "y": north, "closed_on": "2024-01-01"},
    ])  # fmt: skip
    today = db.now().date()
    return Coverage.of_map(leaves_on(db, today), regions_on(db, today))


def test_a_draft_is_measured_by_what_the_store_holds(toy: Database, tmp_path: Path) -> None:
    base = stocked(toy, tmp_path)
    draft, _ = edits.merge(base, ["A1", "A2"], into="A2")
    found = planning.impact(toy, draft, base, period=Period(date(2024, 1, 1), None))
    a1, a2 = row(found.cells, code="A1"), row(found.cells, code="A2")
    figures = ["people", "petitions", "rental_buildings", "risk_weight", "inspections_due", "rated_red"]
    assert a1[[f"{name}_before" for name in figures]].tolist() == [90, 1, 2, 5, 1, 1]
    assert a2[[f"{name}_after" for name in figures]].tolist() == [130, 1, 2, 5, 1, 1]
    assert found.unplaced == {"people": 5, "households": 2, "petitions": 1, "rental_buildings": 0}
    assert (a2["households_500m_after"], a2["households_1000m_after"]) == (10, 40)
    assert found.moves[["from_code", "to_code", "people"]].values.tolist() == [["A1", "A2", 90]]


def test_states_are_told_of_the_day_asked_for(toy: Database, tmp_path: Path) -> None:
    base = stocked(toy, tmp_path)
    early = planning.baseline(toy, base, on=date(2023, 12, 1))
    assert early.loads.loc["A1", "risk_weight"] == 0
    assert early.ground.centres.shape[0] == 2
    last = planning.baseline(toy, base, period=Period(None, date(2024, 1, 15)))
    assert last.loads.loc["A1", ["risk_weight", "inspections_due"]].tolist() == [5, 0]


def test_an_empty_store_has_no_loads_and_no_fault(toy: Database) -> None:
    today = toy.now().date()
    base = Coverage.of_map(leaves_on(toy, today), regions_on(toy, today))
    found = planning.impact(toy, edits.merge(base, ["A1", "A2"])[0], base)
    assert row(found.cells, code="A1")["people_before"] == 0
    assert math.isnan(found.summary["households_500m_share_after"])
