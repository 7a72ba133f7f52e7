"""Every guard of the edits says what is wrong, where, and the way out; what it refuses changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from gridmap import edits
from gridmap.coverage import Coverage
from gridmap.edits import Rules
from gridmap.errors import EditRefused, Refused
from tests.edits_city import area, documented, done, flat, nested, path, place
from tests.toy import at

RING = "aaa\naba\naaa"
LASSO = {"op": "transfer", "giver": "a", "receiver": "b"}

REFUSED: dict[str, tuple[Coverage, dict[str, Any], str]] = {
    "a line that ends inside": (
        nested(),
        {"op": "split", "code": "a", "line": path((0, 3), (1, 3))},
        "line_dangling",
    ),
    "a line that misses": (
        nested(),
        {"op": "split", "code": "a", "line": path((0, 1), (2, 1))},
        "line_misses",
    ),
    "a line along the border": (
        nested(),
        {"op": "split", "code": "a", "line": path((-1, 2), (9, 2))},
        "line_along_border",
    ),
    "a line that crosses itself": (
        nested(),
        {"op": "split", "code": "a", "line": path((-1, 3), (1, 3), (1, 2.5), (0.5, 2.5), (0.5, 5))},
        "line_self_crossing",
    ),
    "a line that touches the border in between": (
        nested(),
        {"op": "split", "code": "a", "line": path((0, 2.5), (1, 2), (2, 2.5))},
        "several_pieces",
    ),
    "a line of one point": (
        nested(),
        {"op": "split", "code": "a", "line": path((1, 1), (1, 1))},
        "line_too_short",
    ),
    "a closed line inside": (
        nested(),
        {"op": "split", "code": "a", "line": path((0.5, 2.5), (1, 2.5), (1, 3), (0.5, 2.5))},
        "enclave",
    ),
    "a line into a hole": (
        flat(RING),
        {"op": "split", "code": "a", "line": path((0, 1.5), (1, 1.5))},
        "not_cut",
    ),
    "a line that cuts twice": (
        nested(),
        {"op": "split", "code": "a", "line": path((0.5, 5), (0.5, 3), (1, 3), (1, 5), (1.5, 5), (1.5, 1))},
        "several_pieces",
    ),
    "a sliver": (nested(), {"op": "split", "code": "a", "line": path((-1, 2.003), (3, 2.003))}, "sliver"),
    "a piece that is too small": (
        nested(),
        {"op": "split", "code": "a", "line": path((0, 3.98), (0.02, 4))},
        "min_area",
    ),
    "a code that is taken": (
        nested(),
        {"op": "split", "code": "a", "line": path((0, 3), (2, 3)), "new_code": "b"},
        "code_taken",
    ),
    "a code with blanks": (nested(), {"op": "recode", "code": "a", "new_code": " a9"}, "bad_code"),
    "cells that touch in a point": (nested(), {"op": "merge", "codes": ["a", "d"]}, "point_contact"),
    "cells apart": (nested(), {"op": "merge", "codes": ["a", "f"]}, "not_adjacent"),
    "a merge around a cell": (flat("aab\nacb\naab"), {"op": "merge", "codes": ["a", "b"]}, "enclave"),
    "a merge across a locked border": (nested(), {"op": "merge", "codes": ["b", "e"]}, "locked_border"),
    "a merge of cell and block": (nested(), {"op": "merge", "codes": ["a", "Q"]}, "cross_level"),
    "a merge of one": (nested(), {"op": "merge", "codes": ["a", "a"]}, "bad_operation"),
    "land inside the giver": (nested(), {**LASSO, "polygon": path((0.5, 2.5), (1, 2.5), (1, 3))}, "exclave"),
    "land that does not reach the receiver": (
        nested(),
        {**LASSO, "polygon": path((-1, 3), (1, 3), (1, 5), (-1, 5))},
        "exclave",
    ),
    "land that cuts the giver in two": (
        nested(),
        {**LASSO, "polygon": path((-1, 2.8), (3, 2.8), (3, 3.2), (-1, 3.2))},
        "exclave",
    ),
    "all of the giver": (nested(), {**LASSO, "polygon": path((-1, 1), (3, 1), (3, 5), (-1, 5))}, "takes_all"),
    "nothing of the giver": (nested(), {**LASSO, "polygon": path((5, 0), (6, 0), (6, 1))}, "takes_nothing"),
    "a lasso that crosses itself": (
        nested(),
        {**LASSO, "polygon": path((1, 2), (3, 4), (3, 2), (1, 3.5))},
        "line_self_crossing",
    ),
    "a lasso without area": (nested(), {**LASSO, "polygon": path((1, 2), (3, 2), (2, 2))}, "line_too_short"),
    "land around a third cell": (
        flat("aab\nacb\naab"),
        {**LASSO, "polygon": path((0.5, -1), (3, -1), (3, 4), (0.5, 4))},
        "enclave",
    ),
    "a transfer across a locked border": (
        nested(),
        {
            "op": "transfer",
            "giver": "b",
            "receiver": "e",
            "polygon": path((3, 2.5), (5, 2.5), (5, 3), (3, 3)),
        },
        "locked_border",
    ),
    "no corner there": (nested(), {"op": "move_vertex", "at": place(1, 3), "to": place(1, 3.1)}, "no_vertex"),
    "a corner onto another": (
        nested(),
        {"op": "move_vertex", "at": place(2, 2), "to": place(2, 4)},
        "vertex_taken",
    ),
    "a corner across a border": (
        nested(),
        {"op": "move_vertex", "at": place(2, 2), "to": place(5, 5)},
        "invalid_ring",
    ),
    "the outer border": (nested(), {"op": "move_vertex", "at": place(0, 2), "to": place(0.1, 2)}, "outline"),
    "an outer corner": (nested(), {"op": "remove_vertex", "at": place(0, 4)}, "outline"),
    "a corner where four meet": (nested(), {"op": "remove_vertex", "at": place(2, 2)}, "junction"),
    "no border there": (nested(), {"op": "insert_vertex", "at": place(1, 3)}, "no_border"),
    "a corner on a corner": (nested(), {"op": "insert_vertex", "at": place(2, 2)}, "vertex_taken"),
    "a grid to another community": (
        nested(),
        {"op": "reparent", "code": "b", "parent": "R"},
        "locked_border",
    ),
    "no such parent": (nested(), {"op": "reparent", "code": "b", "parent": "none"}, "unknown_code"),
    "a grid to where it is": (nested(), {"op": "reparent", "code": "a", "parent": "P"}, "no_change"),
    "a block below a block": (nested(), {"op": "reparent", "code": "P", "parent": "Q"}, "cross_level"),
    "a grid below a grid": (nested(), {"op": "reparent", "code": "a", "parent": "b"}, "cross_level"),
    "the last grid of a block": (
        nested("aab\naab\nccd\nccd"),
        {"op": "reparent", "codes": ["a", "b"], "parent": "Q"},
        "parent_emptied",
    ),
    "a name without letters": (nested(), {"op": "rename", "code": "a", "name": "  "}, "bad_operation"),
    "no such cell": (nested(), {"op": "rename", "code": "z", "name": "Z"}, "unknown_code"),
    "land in somebody's charge": (
        nested(),
        {"op": "create", "within": "a", "new_code": "g"},
        "not_unassigned",
    ),
    "land that is free already": (nested(), {"op": "release", "code": "u"}, "unassigned"),
    "a map that has changed": (
        nested(),
        {"op": "rename", "code": "a", "name": "A", "base": flat("ab").stamp},
        "stale_base",
    ),
    "no such operation": (nested(), {"op": "weld", "at": place(2, 2)}, "unknown_operation"),
    "a field that is missing": (nested(), {"op": "split", "code": "a"}, "bad_operation"),
    "a field of another kind": (
        nested(),
        {"op": "move_vertex", "at": "here", "to": place(1, 1)},
        "bad_operation",
    ),
    "a place that is no number": (
        nested(),
        {"op": "move_vertex", "at": [float("nan"), 1.0], "to": place(1, 1)},
        "bad_operation",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_its_reason(case: str) -> None:
    coverage, operation, reason = REFUSED[case]
    stamp = coverage.stamp
    with pytest.raises(EditRefused) as refused:
        edits.apply(coverage, operation)
    assert refused.value.reason == reason, str(refused.value)
    assert refused.value.exit_code == Refused.exit_code == 3
    assert ". " in str(refused.value), "the message lacks the way out"
    assert coverage.stamp == stamp
    assert refused.value.to_json()["reason"] == reason


def test_a_refusal_says_where_in_metres_and_in_degrees() -> None:
    with pytest.raises(EditRefused) as refused:
        edits.split(nested(), "a", path((0, 3), (1, 3)))
    assert refused.value.at == at(1, 3)
    assert refused.value.lon_lat == (pytest.approx(114.0594, abs=1e-3), pytest.approx(22.718, abs=1e-2))
    assert refused.value.findings[0].check == "edit.line_dangling"


def test_a_block_may_not_be_cut_in_two() -> None:
    row = nested("aabbcc\naabbcc")
    in_p = {code: edits.Region(code, level="red_grid", parent="P") for code in "abc"}
    three = row.changed({code: edits.Snapshot(region, row.land(code)) for code, region in in_p.items()})
    with pytest.raises(EditRefused) as refused:
        edits.reparent(three, "b", "R", rules=Rules(unlocked=("community",)))
    assert refused.value.reason == "parent_cut"
    assert refused.value.codes[0] in "PX"


def test_an_exclave_that_is_there_may_stay_and_may_not_get_company() -> None:
    cells = flat("abbb\nbbab")
    assert shapely.get_num_geometries(cells.land("a")) == 2
    new, _ = done(cells, {"op": "move_vertex", "at": place(1, 1), "to": place(0.9, 1.2)})
    assert shapely.get_num_geometries(new.land("a")) == 2
    with pytest.raises(EditRefused, match="separate pieces"):
        edits.transfer(cells, "b", "a", path((3.2, 0.2), (3.8, 0.2), (3.8, -1), (3.2, -1)))


def test_an_enclave_is_allowed_where_the_rules_say_so() -> None:
    new, _ = done(flat("aab\nacb\naab"), {"op": "merge", "codes": ["a", "b"]}, allow_enclaves=True)
    assert area(new, "a") == 8


def test_cells_of_a_generic_map_have_no_locked_borders() -> None:
    new, _ = done(flat("ab\ncd"), {"op": "move_vertex", "at": place(1, 1), "to": place(1.2, 1.1)})
    assert area(new, "a") == pytest.approx(1.05)


def test_operations_are_done_all_or_none() -> None:
    good = {"op": "rename", "code": "a", "name": "A"}
    new, change = edits.apply_all(nested(), [good, {"op": "merge", "codes": ["a", "b"]}])
    assert [each["op"] for each in change.operations] == ["rename", "merge"]
    assert change.inverse().apply_to(new) == nested()
    with pytest.raises(EditRefused):
        edits.apply_all(nested(), [good, {"op": "merge", "codes": ["a", "d"]}])


@pytest.mark.parametrize("number", [1e308, -1e18, float("nan"), float("inf")])
def test_a_place_beyond_the_earth_is_refused(number: float) -> None:
    with pytest.raises(EditRefused, match="cannot be read"):
        edits.apply(nested(), {"op": "split", "code": "a", "line": [[number, 0.0], [0.0, 0.0]]})


@pytest.mark.parametrize("crs", ["nowhere", "EPSG:0", ["x"], {"a": 1}])
def test_an_unknown_crs_of_an_edit_is_refused(crs: object) -> None:
    asked = {"op": "move_vertex", "at": place(1, 1), "to": place(1.1, 1), "crs": crs}
    with pytest.raises(EditRefused, match="There is no CRS"):
        edits.apply(nested(), asked)


@pytest.mark.parametrize("reason", sorted({reason for *_, reason in REFUSED.values()}))
def test_every_reason_to_refuse_is_in_the_docs(reason: str) -> None:
    assert f"`{reason}`" in documented().split("## Refusals")[1]
