"""Every edit keeps the map exact and does what it says; what edits refuse is in test_edits_refused."""

from __future__ import annotations

import re

import pytest
import shapely

from gridmap import edits
from gridmap.coverage import Coverage
from gridmap.edits import Rules
from gridmap.errors import EditRefused
from tests.edits_city import area, documented, done, flat, nested, path, place
from tests.toy import at


def corners(coverage: Coverage, code: str) -> set[tuple[float, float]]:
    per_square = 100_000
    west, south = (round(value * 1000) for value in at(0, 0))
    return {((x - west) / per_square, (y - south) / per_square)
            for x, y in shapely.get_coordinates(coverage.land(code))}  # fmt: skip


# ---- what edits do ------------------------------------------------------------------------------


def test_a_moved_corner_moves_for_every_cell_that_has_it() -> None:
    new, change = done(nested(), {"op": "move_vertex", "at": place(2, 2), "to": place(1.8, 2.1)})
    assert change.touched == ("a", "b", "c", "d")
    assert all((1.8, 2.1) in corners(new, code) for code in "abcd")
    assert area(new, "X") == 16


def test_a_corner_is_found_within_reach_and_the_nearest_one_counts() -> None:
    beside = [value + 0.3 for value in place(2, 2)]
    assert done(nested(), {"op": "move_vertex", "at": beside, "to": place(2, 2.1)})[1].touched == tuple(
        "abcd"
    )


def test_a_whole_border_moves_at_once() -> None:
    drawn = {"op": "move_edge", "corners": path((2, 2), (3, 2), (4, 2)),
             "places": path((2, 2.2), (3, 2.2), (4, 2.2))}  # fmt: skip
    new, _ = done(nested(), drawn, unlocked=("community",))
    assert (area(new, "b"), area(new, "d")) == (3.6, 4.4)
    assert area(new, "a") == pytest.approx(3.9)


def test_a_new_corner_is_known_on_both_sides_and_bends_the_border_at_once() -> None:
    new, change = done(nested(), {"op": "insert_vertex", "at": place(2, 2.5), "to": place(2.5, 2.5)})
    assert change.touched == ("a", "b")
    assert (area(new, "a"), area(new, "b")) == (4.25, 3.75)


def test_a_corner_may_come_into_a_fixed_border_where_it_lies_exactly_on_it() -> None:
    new, _ = done(nested(), {"op": "insert_vertex", "at": place(0, 3.5)})
    assert (0, 3.5) in corners(new, "a")


def test_a_corner_taken_out_straightens_the_border_for_both() -> None:
    bent, _ = done(nested(), {"op": "insert_vertex", "at": place(2, 2.5), "to": place(2.5, 2.5)})
    new, change = done(bent, {"op": "remove_vertex", "at": place(2.5, 2.5)})
    assert change.touched == ("a", "b")
    assert new == nested()


def test_a_split_cell_keeps_code_and_number_for_its_larger_piece() -> None:
    new, change = done(nested(), {"op": "split", "code": "a", "line": path((-1, 3.5), (3, 3.5))})
    assert change.opened == ("a-2",)
    assert (area(new, "a"), area(new, "a-2")) == (3, 1)
    assert (new.region("a").region_id, new.region("a-2").region_id) == (1, None)
    assert new.region("a-2").parent == "P"
    assert new.region("a-2").name == "cell a-2"


def test_the_neighbour_learns_of_the_corners_a_split_makes() -> None:
    new, change = done(nested(), {"op": "split", "code": "b", "line": path((2, 3.2), (3, 3.3), (4, 3.1))})
    assert (2, 3.2) in corners(new, "a")
    assert (4, 3.1) in corners(new, "e")
    assert change.touched == ("a", "b", "b-2", "e")


def test_the_planner_chooses_which_piece_keeps_the_code_and_what_the_other_is_called() -> None:
    asked = {"op": "split", "code": "a", "line": path((0, 3.5), (2, 3.5)), "keeps": place(1, 3.9),
             "new_code": "a7", "new_name": "South of the lane"}  # fmt: skip
    new, _ = done(nested(), asked)
    assert (area(new, "a"), area(new, "a7")) == (1, 3)
    assert new.region("a7").name == "South of the lane"


def test_a_new_code_counts_on_from_its_siblings() -> None:
    cells = flat("AB")
    named, _ = edits.recode(cells, "A", "44030700101")
    new, change = edits.split(named, "44030700101", path((0, 0.5), (1, 0.5)))
    assert change.opened == ("44030700102",)
    assert edits.split(new, "44030700102", path((0.5, 0), (0.5, 1)))[1].opened == ("44030700103",)


@pytest.mark.parametrize(
    ("name", "code", "new"),
    [
        ("第15红色网格", "440306010015", "第16红色网格"),  # the number of the code
        ("Grid 5", "440306010015", "Grid 5-6"),  # 5 is not the whole number of ...015
        ("Station", "440306010015", "Station-6"),
        ("", "440306010015", "440306010016"),
    ],
)
def test_a_new_piece_is_named_after_the_old_one_and_its_own_code(name: str, code: str, new: str) -> None:
    named, _ = edits.rename(edits.recode(flat("AB"), "A", code)[0], code, name or code)
    cut, change = edits.split(named, code, path((0, 0.5), (1, 0.5)))
    assert cut.region(change.opened[0]).name == new


def test_a_line_may_stop_just_short_of_the_border_and_start_far_outside() -> None:
    short = [*path((-5, 3.5)), [place(2, 3.5)[0] - 0.3, place(2, 3.5)[1]]]
    assert area(done(nested(), {"op": "split", "code": "a", "line": short})[0], "a-2") == 1


def test_a_ring_shaped_cell_is_cut_by_a_line_through_its_hole() -> None:
    ring = flat("aaa\naba\naaa")
    new, _ = done(ring, {"op": "split", "code": "a", "line": path((-1, 1.5), (4, 1.5))})
    assert (area(new, "a"), area(new, "a-2")) == (4, 4)


def test_merged_cells_are_their_sum_and_the_chosen_one_remains() -> None:
    new, change = done(nested(), {"op": "merge", "codes": ["a", "b"], "into": "b"})
    assert change.ended == ("a",)
    assert area(new, "b") == 8
    assert new.region("b").region_id == 2


def test_a_cell_can_be_merged_with_the_enclave_inside_it() -> None:
    new, _ = done(flat("aaa\naba\naaa"), {"op": "merge", "codes": ["a", "b"]})
    assert area(new, "a") == 9


def test_regions_that_consist_of_others_merge_by_taking_their_children() -> None:
    new, change = done(nested(), {"op": "merge", "codes": ["P", "Q"], "into": "P"})
    assert new.children["P"] == ("a", "b", "c", "d")
    assert (change.ended, area(new, "P")) == (("Q",), 16)


def test_drawn_land_passes_to_the_receiver_and_nobody_else_loses_any() -> None:
    lasso = path((1.5, 2.5), (3, 2.5), (3, 3.5), (1.5, 3.5))
    new, change = done(nested(), {"op": "transfer", "giver": "a", "receiver": "b", "polygon": lasso})
    assert (area(new, "a"), area(new, "b")) == (3.5, 4.5)
    assert change.touched == ("a", "b")


def test_a_third_cell_on_the_lasso_learns_of_its_corners() -> None:
    lasso = path((1.5, 1.9), (3, 1.9), (3, 3.5), (1.5, 3.5))
    new, change = done(nested(), {"op": "transfer", "giver": "a", "receiver": "b", "polygon": [lasso]})
    assert change.touched == ("a", "b", "c")
    assert (1.5, 2) in corners(new, "c")


def test_a_grid_goes_to_another_block_and_both_blocks_stay_whole() -> None:
    new, change = done(nested(), {"op": "reparent", "code": "b", "parent": "Q"})
    assert (area(new, "P"), area(new, "Q")) == (4, 12)
    assert change.touched == ("b",)


def test_several_grids_go_to_a_new_block() -> None:
    drawn = {"op": "reparent", "codes": ["b", "d"], "parent": "N", "new": {"name": "New block"}}
    new, change = done(nested(), drawn)
    assert change.opened == ("N",)
    assert (new.region("N").level, new.region("N").parent, area(new, "N")) == ("block", "X", 8)


def test_a_region_is_renamed_and_recoded_and_stays_itself() -> None:
    new, _ = done(nested(), {"op": "rename", "code": "P", "name": "Harbour"})
    assert new.region("P").name == "Harbour"
    new, change = done(new, {"op": "recode", "code": "P", "new_code": "P9"})
    assert new.children["P9"] == ("a", "b")
    assert new.region("P9").region_id == 103
    assert change.touched == ("P", "P9", "a", "b")


def test_the_code_of_a_locked_region_may_change_since_its_border_does_not() -> None:
    new, _ = done(nested(), {"op": "recode", "code": "X", "new_code": "X9"})
    assert area(new, "X9") == 16


def test_unassigned_land_becomes_a_cell_and_a_cell_becomes_unassigned_land() -> None:
    new, change = done(nested(), {"op": "create", "within": "u", "new_code": "g", "name": "Grid g"})
    assert (change.opened, change.ended) == (("g",), ("u",))
    assert (new.region("g").kind, new.region("g").parent, new.region("g").region_id) == ("base", "R", None)
    new, change = done(new, {"op": "release", "code": "g"})
    assert new.region("R-U01").kind == "unassigned"


def test_part_of_the_unassigned_land_becomes_a_cell_and_what_remains_is_numbered() -> None:
    middle = path((5.5, 3.4), (8, 3.4), (8, 3.6), (5.5, 3.6))
    new, _ = done(nested(), {"op": "create", "within": "u", "new_code": "g", "polygon": middle})
    assert area(new, "g") == pytest.approx(0.2)
    assert sorted(code for code in new.codes if new.region(code).is_unassigned) == ["R-U01", "u"]


def test_returned_land_joins_the_unassigned_land_beside_it() -> None:
    new, change = done(nested(), {"op": "release", "code": "e"})
    assert change.ended == ("e",)
    assert area(new, "u") == 5
    corner = path((5, 3), (7, 3), (7, 5), (5, 5))
    new, _ = done(nested(), {"op": "release", "code": "e", "polygon": corner})
    assert (area(new, "e"), area(new, "u")) == (3, 2)


def test_an_undivided_region_is_divided_and_then_split() -> None:
    undivided = nested().changed({"a": None, "b": None, "P": None})
    whole = edits.Snapshot(edits.Region("P", "Block P", "community", "S", "base", 103), nested().land_of("P"))
    undivided = undivided.changed({"P": whole})
    with pytest.raises(EditRefused, match="Divide it"):
        edits.split(undivided, "P", path((1, 1), (1, 5)))
    new, _ = done(undivided, {"op": "divide", "code": "P", "level": "red_grid"})
    new, _ = done(new, {"op": "split", "code": "P01", "line": path((1, 1), (1, 5))})
    assert new.children["P"] == ("P01", "P02")
    assert area(new, "P") == 8


def test_a_locked_border_moves_for_both_sides_once_it_is_unlocked() -> None:
    asked = {"op": "move_vertex", "at": place(4, 2), "to": place(4.2, 2)}
    with pytest.raises(EditRefused, match="locked"):
        edits.apply(nested(), asked)
    new, _ = done(nested(), asked, unlocked=("X", "Y"))
    assert (area(new, "X"), area(new, "Y")) == (pytest.approx(16.2), pytest.approx(8.8))
    with pytest.raises(EditRefused, match="Y") as refused:
        edits.apply(nested(), asked, rules=Rules(unlocked=("X",)))
    assert refused.value.codes == ("Y",)


def test_a_split_on_a_slanted_locked_border_ends_at_its_next_corner() -> None:
    drawn = {"op": "move_vertex", "at": place(4, 2), "to": place(4.07003, 2)}
    slanted, _ = done(nested(), drawn, unlocked=("community",))
    with pytest.raises(EditRefused, match="Let the line end at a corner") as refused:
        edits.split(slanted, "b", path((2, 2.5), (4.5, 2.5)))
    assert refused.value.reason == "locked_border"
    near = path((2, 2.5), (4.3, 2))
    new, _ = done(slanted, {"op": "split", "code": "b", "line": near})
    assert new.land_of("X") == slanted.land_of("X")


def test_degrees_and_places_in_other_systems_are_taken_as_they_were_meant() -> None:
    from gridmap.crs import to_lonlat

    x, y = place(2, 2)
    lon, lat = (round(float(value[0]), 9) for value in to_lonlat([x], [y]))
    to_lon, to_lat = (round(float(value[0]), 9) for value in to_lonlat([x + 10], [y]))
    asked = {"op": "move_vertex", "at": [lon, lat], "to": [to_lon, to_lat], "crs": "wgs84"}
    new, change = done(nested(), asked)
    assert new == done(nested(), {"op": "move_vertex", "at": [x, y], "to": [x + 10, y]})[0]
    assert change.operations[0]["to"] == pytest.approx([x + 10, y])


# ---- what is written of them --------------------------------------------------------------------


@pytest.mark.parametrize("name", edits.OPERATIONS)
def test_every_operation_and_its_fields_are_in_the_docs(name: str) -> None:
    _, required, optional = edits.OPERATIONS[name]
    line = next(line for line in documented().splitlines() if line.startswith(f"| `{name}` |"))
    must, _, may = line.split("|")[2].partition("[")
    assert (re.findall(r"`(\w+)`", must), re.findall(r"`(\w+)`", may)) == (list(required), list(optional))
