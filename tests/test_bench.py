"""The benchmark's data must be what it claims to be, and its table must compare like with like."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gridmap.bench import browser, changes, night, sessions
from gridmap.bench import edits as bench_edits
from gridmap.bench.browser import Seen
from gridmap.bench.coverage_maker import CORNER, LATTICE, make_coverage, make_points
from gridmap.bench.loading import write_petitions
from gridmap.bench.placement import run


@pytest.fixture(scope="module")
def coverage():
    return make_coverage(120, vertices=100, enclave_share=0.03)


def polygons_of(frame):
    return np.asarray(frame.geometry, dtype=object)


def test_the_made_up_cells_tile_their_square(coverage):
    polygons = polygons_of(coverage)
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    whole = shapely.coverage_union_all(polygons)
    assert shapely.area(polygons).sum() == pytest.approx(whole.area, rel=1e-12)
    assert whole.equals(shapely.box(*whole.bounds))
    assert np.allclose(whole.bounds[:2], CORNER)


def test_the_made_up_cells_have_holes_enclaves_and_parts(coverage):
    polygons = polygons_of(coverage)
    holes = shapely.get_num_interior_rings(shapely.get_parts(polygons))
    assert (holes > 0).sum() == 8
    assert (shapely.get_num_geometries(polygons) == 2).sum() == 4
    assert len(coverage) == 124


def test_the_made_up_borders_are_rough_and_lie_on_the_lattice(coverage):
    corners = shapely.get_coordinates(polygons_of(coverage))
    assert 60 < len(corners) / len(coverage) < 140
    assert (corners / LATTICE % 1 == 0).all()


def test_the_codes_nest_and_are_unique(coverage):
    assert coverage.code.is_unique
    assert set(coverage.code.str.len()) == {14}
    assert coverage.code.str[:11].nunique() > coverage.code.str[:8].nunique() > 1


def test_the_same_seed_makes_the_same_data(coverage):
    again = make_coverage(120, vertices=100, enclave_share=0.03)
    assert (again.code == coverage.code).all()
    assert shapely.equals_exact(polygons_of(again), polygons_of(coverage)).all()
    assert not shapely.equals_exact(
        polygons_of(make_coverage(120, vertices=100, seed=1))[:120], polygons_of(coverage)[:120]
    ).any()
    np.testing.assert_array_equal(make_points(coverage, 500), make_points(coverage, 500))


def test_every_method_answers_and_only_the_index_gives_each_point_once():
    found = run(points=3000, cells=40, repeats=1)
    rows = {row["method"]: row["rows"] for row in found["rows"]}
    outside = 3000 // 200
    for method in ("index, arrays", "index, arrays, one thread"):
        assert rows[method] == 3000 - outside
    assert rows["index, table to table"] == 3000
    assert rows["geopandas.sjoin(within)"] < 3000 - outside < rows["DuckDB SPATIAL_JOIN(ST_Intersects)"]
    assert found["data"]["on_border"] >= 3
    assert found["build"]["index_bytes"] > 0
    assert [one["points"] for one in found["cold"]] == [1000]


def test_the_bench_of_edits_counts_every_operation_and_finds_no_fault():
    *rows, total = bench_edits.run(edits=60, cells=40, vertices=10, every=30)
    assert total["accepted"] == sum(row["accepted"] for row in rows) == 60
    assert {name: count for name, count in total.items() if name.startswith("failed") and count} == {}
    assert {"failed_certificate", "failed_area", "failed_parents", "failed_undo", "failed_stamp"} <= set(
        total
    )


def test_the_cost_of_a_change_is_that_of_the_petitions_it_concerns():
    placed, published, again = changes.run(petitions=3_000, cells=100, share=0.05)
    assert placed["records"] == 3_000
    assert published["records"] >= 1
    assert 0.05 * 3_000 <= again["records"] < 0.5 * 3_000
    assert placed["share"] == 1
    assert again["cpu_seconds"] > 0


def test_a_night_says_what_people_saw_while_petitions_were_loaded(toy, tmp_path, monkeypatch):
    for name, seconds in (("_THINK_S", 0.05), ("_DRAW_S", 0.05), ("_SNAPSHOT_S", 0.3)):
        monkeypatch.setattr(night, name, seconds)
    write_petitions(tmp_path / "petitions.csv", 3_000, 1)
    found = night.counted(toy, tmp_path / "petitions.csv", 3)
    assert (found["petitions"], found["half_seen"], found["first_fault"]) == (3_000, 0, "")
    assert found["snapshots_went_forward"]
    assert found["asked"] > 0
    assert found["edits"] > 0


def test_a_person_asks_for_no_tile_nearer_than_there_are_any():
    about = '{"initialViewState":{"longitude":114.06,"latitude":22.7,"zoom":17.4},"layers":[{%s"data":"%s"}]}'
    tiles = "/tiles/base/{z}/{x}/{y}.mvt?v=1"
    near = browser._tiles(about % ('"maxZoom":16,', tiles))
    assert {path.split("/")[3] for path in near} == {"16"}
    assert {path.split("/")[3] for path in browser._tiles(about % ("", tiles))} == {"17"}


def test_a_crowd_says_what_failed_and_what_the_server_needed_in_each_minute():
    crowd = sessions._Crowd(None, ())
    crowd._note("wall", Seen(fault="the page failed: KeyError"))
    crowd._note("wall", Seen(fault="the page failed: KeyError"))
    crowd._note("mine", Seen(seconds=3.0, queries=[0.05, 0.15]))
    crowd._note("mine", Seen(seconds=0.5))
    crowd.memory += [(0.0, 300.0), (30.0, 320.0), (61.0, 310.0)]
    row = sessions._row(crowd, 50, 62.0, 10.0)
    assert (row["errors"], row["faults"]) == (2, "wall: the page failed: KeyError (2)")
    assert (row["pages"], row["pages slow"], row["queries"]) == (2, "50.0%", 2)
    assert row["MB by minute"] == "320 310"
