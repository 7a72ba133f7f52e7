"""Change sets are an algebra: inverse, composition, and a plain form that loses nothing."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap import edits
from gridmap.bench import edits as bench
from gridmap.coverage import Coverage
from gridmap.edits import ChangeSet
from gridmap.errors import EditRefused, UsageError
from tests.edits_city import flat, nested, path, place


@cache
def walked(seed: int, steps: int = 3) -> tuple[tuple[Coverage, ChangeSet], ...]:
    """Walk a few random steps from one small map; each map with the change that leads on from it."""
    walk = bench.Walk(_small_map(), np.random.default_rng(seed))
    walk.go(steps)
    return tuple(walk.steps)


@cache
def _small_map() -> Coverage:
    return bench.made_up_map(40, vertices=12, seed=3)


seeds = st.integers(0, 40)


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_an_inverse_leads_back_bit_for_bit_and_its_inverse_forth(seed: int) -> None:
    (before, change), *_ = walked(seed)
    after = change.apply_to(before, strict=True)
    assert bench.same_bits(change.inverse().apply_to(after, strict=True), before)
    assert ~~change == change
    assert (~~change).operations == change.operations


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_composition_does_what_its_parts_do_one_after_the_other(seed: int) -> None:
    (start, a), (_, b), (_, c) = walked(seed)
    one_by_one = c.apply_to(b.apply_to(a.apply_to(start)))
    assert bench.same_bits(a.then(b).then(c).apply_to(start, strict=True), one_by_one)
    assert a.then(b).then(c) == a.then(b.then(c))


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_the_inverse_of_a_composition_is_the_inverses_in_reverse(seed: int) -> None:
    (_, a), (_, b), *_ = walked(seed)
    assert ~(a.then(b)) == (~b).then(~a)
    assert (~(a.then(b))).operations == (~b).then(~a).operations


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_change_and_its_inverse_together_change_nothing(seed: int) -> None:
    (_, a), (_, b), *_ = walked(seed)
    assert a.then(~a).is_empty
    assert a.then(b).then(~b) == a


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_the_plain_form_keeps_everything_to_the_last_bit(seed: int) -> None:
    for before, change in walked(seed):
        again = ChangeSet.from_json(json.loads(json.dumps(change.to_json())))
        assert again == change
        assert bench.same_bits(again.apply_to(before, strict=True), change.apply_to(before, strict=True))


def test_a_change_names_what_began_what_ended_and_what_differs() -> None:
    _, change = edits.split(nested(), "a", path((0, 3.5), (2, 3.5)))
    assert (change.opened, change.ended, change.changed) == (("a-2",), (), ("a", "b"))
    assert (change.inverse().opened, change.inverse().ended) == ((), ("a-2",))


def test_changes_that_do_not_follow_each_other_cannot_be_put_together() -> None:
    _, a = edits.rename(nested(), "a", "A")
    _, b = edits.rename(nested(), "b", "B")
    with pytest.raises(EditRefused) as refused:
        a.then(b)
    assert refused.value.reason == "stale_base"


def test_a_change_is_carried_to_a_newer_version_where_nobody_touched_its_cells() -> None:
    base = nested()
    first, a = edits.move_vertex(base, place(4, 3), place(3.9, 3), rules=edits.Rules(unlocked=("community",)))
    second, b = edits.rename(base, "c", "C")
    both = b.apply_to(first)
    assert both == a.apply_to(second)
    assert both.certificate().exact
    with pytest.raises(EditRefused) as refused:
        b.apply_to(first, strict=True)
    assert refused.value.reason == "stale_base"


def test_a_change_to_cells_that_changed_meanwhile_is_refused_and_names_them() -> None:
    base = nested()
    first, _ = edits.move_vertex(base, place(2, 2), place(2.1, 2))
    _, split = edits.split(base, "a", path((0, 3.5), (2, 3.5)))
    with pytest.raises(EditRefused, match="a, b") as refused:
        split.apply_to(first)
    assert (refused.value.reason, refused.value.codes) == ("conflict", ("a", "b"))


def test_a_change_whose_parent_is_gone_is_refused() -> None:
    base = nested()
    without, _ = edits.merge(base, ["P", "Q"], into="P")
    _, back = edits.split(base, "c", path((0, 0.5), (2, 0.5)))
    with pytest.raises(EditRefused) as refused:
        back.apply_to(without)
    assert refused.value.reason == "conflict"


def test_two_changes_that_touch_different_cells_may_not_together_empty_a_parent() -> None:
    base = nested()
    first, _ = edits.reparent(base, "a", "Q")
    second, b = edits.reparent(base, "b", "Q")
    assert b.conflicts_with(first) == []
    with pytest.raises(EditRefused) as refused:
        edits.carry_over(first, b, rules=edits.Rules())
    assert refused.value.reason == "parent_emptied"
    assert second.region("b").parent == "Q"


def test_a_change_carried_over_begins_at_the_newer_version() -> None:
    base = nested()
    first, a = edits.rename(base, "c", "C")
    _, b = edits.recode(base, "a", "a9")
    both, carried = edits.carry_over(first, b, rules=edits.Rules())
    assert (carried.base, carried.operations) == (first.stamp, b.operations)
    assert a.then(carried).apply_to(base, strict=True) == both
    assert carried.inverse().apply_to(both) == first


def test_the_same_code_given_twice_meanwhile_is_a_conflict() -> None:
    base = nested()
    first, _ = edits.recode(base, "f", "a-2")
    _, split = edits.split(base, "a", path((0, 3.5), (2, 3.5)))
    with pytest.raises(EditRefused) as refused:
        split.apply_to(first)
    assert refused.value.codes == ("a-2",)


def test_a_value_that_is_no_change_set_is_said_to_be_none() -> None:
    with pytest.raises(UsageError, match="not a change set"):
        ChangeSet.from_json({"before": {}})
    with pytest.raises(UsageError, match="not a change set"):
        ChangeSet.from_json({"before": {"a": 1}, "after": {}, "base": "", "result": "", "operations": []})


def test_undone_cells_stand_where_they_stood() -> None:
    base = flat("dcb\naaa")
    merged, change = edits.merge(base, ["c", "a"])
    assert change.inverse().apply_to(merged).codes == base.codes


# ---- coverages that changes are made on ---------------------------------------------------------


def test_a_stamp_names_the_content_whatever_the_order() -> None:
    base = flat("ab\ncd")
    turned = Coverage.from_frame(base.to_frame().iloc[::-1])
    assert (base.stamp, base) == (turned.stamp, turned)
    assert hash(base) == hash(turned)
    assert base != edits.rename(base, "a", "A")[0]
    assert base != edits.move_vertex(base, place(1, 1), [place(1, 1)[0] + 0.001, place(1, 1)[1]])[0]


def test_a_map_goes_into_a_frame_and_comes_back() -> None:
    frame = nested().to_map()
    columns = {name: name for name in ("name", "level", "parent", "kind", "region_id")}
    again = Coverage.from_frame(frame, **columns)
    assert {code: again.region(code) for code in again.codes} == {
        code: nested().region(code) for code in nested().codes
    }


def test_a_column_that_describes_no_cell_is_refused() -> None:
    with pytest.raises(UsageError, match="colour"):
        Coverage.from_frame(nested().to_map(), colour="name")
    with pytest.raises(UsageError, match="nome"):
        Coverage.from_frame(nested().to_map(), name="nome")


def test_neighbours_share_a_border_not_a_point() -> None:
    assert nested().neighbours("a") == ("b", "c")
    assert nested().neighbours("u") == ("e",)


def test_neighbours_are_those_that_shapely_finds() -> None:
    coverage = bench.made_up_map(60, vertices=10, seed=5)
    for code in coverage.codes[::7]:
        lands = gpd.GeoSeries(list(coverage.cells), index=list(coverage.codes))
        shared = shapely.length(shapely.intersection(lands.boundary, coverage.land(code).boundary))
        touching = {other for other, length in zip(coverage.codes, shared, strict=True) if length > 0}
        assert set(coverage.neighbours(code)) == touching - {code}


def test_a_parent_is_the_sum_of_its_leaves() -> None:
    city = nested()
    assert city.land_of("S").area == shapely.union_all(city.cells).area
    assert city.leaves_below("X") == ["a", "b", "c", "d"]
    assert city.line_of("a") == ("a", "P", "X", "S")


# ---- random walks -------------------------------------------------------------------------------


def test_fifteen_hundred_random_edits_keep_the_map_exact() -> None:
    walk = bench.Walk(bench.made_up_map(120, vertices=16, seed=11), np.random.default_rng(11))
    for _ in range(6):
        walk.go(250)
        walk.look()
    assert +walk.failed == {}
    assert walk.accepted == 1500
    assert {row["operation"] for row in walk.rows() if row["accepted"]} >= set(bench.NAMES)


def test_the_walk_would_notice_an_edit_that_loses_land() -> None:
    _, change = walked(1)[0]
    torn = {code: snapshot for code, snapshot in change.after.items() if snapshot.land is not None}
    code = sorted(torn)[0]
    shrunk = edits.Snapshot(torn[code].region, shapely.Polygon([(0, 0), (5, 0), (0, 5)]))
    wrong = ChangeSet(change.before, {**change.after, code: shrunk}, change.base, change.result)
    assert {"segments", "area"} <= set(bench.faults_of(wrong))
    assert set(bench.faults_of(change)) == set()


@pytest.mark.parametrize("name", ["swiss", "denver"])
def test_real_maps_stay_exact_under_random_edits(shared_data: Path, name: str) -> None:
    walk = bench.Walk(_real_map(shared_data, name), np.random.default_rng(5))
    walk.go(60)
    walk.look()
    assert +walk.failed == {}


def _real_map(folder: Path, name: str) -> Coverage:
    if name == "swiss":
        file = folder / "swiss_communes" / "swiss_2023.zip"
        communes = gpd.read_file(file, layer="municipalities").to_crs("EPSG:2056")
        return Coverage.from_frame(communes.assign(code=[str(n) for n in range(len(communes))]))
    blocks = gpd.read_file(folder / "denver_blocks" / "DenverCo_blocks.zip")
    return Coverage.from_frame(blocks.assign(parent=blocks["GEOID20"].str[:12]), code="GEOID20")
