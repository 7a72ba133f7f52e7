"""Small cells are withheld so that nobody can work them out; linear programming is the reader who tries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gridmap.suppression import possible_values, withheld

FEWEST = 5


@st.composite
def nested_counts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw a street of up to four levels with mostly small counts, some records in no cell of a level."""
    parents, layer = [-1], [0]
    for _ in range(draw(st.integers(1, 3))):
        below = []
        for parent in layer:
            below += [parent] * draw(st.integers(0, 4))
        layer = list(range(len(parents), len(parents) + len(below)))
        parents += below
    counts = np.array([float(draw(st.one_of(st.integers(0, 6), st.integers(0, 60)))) for _ in parents])
    return summed(counts, np.array(parents), rests=draw(st.booleans()), draw=draw), np.array(parents)


def summed(counts: np.ndarray, parents: np.ndarray, *, rests: bool, draw: st.DrawFn) -> np.ndarray:
    """Return the counts with each parent the sum of its cells, and now and then a few more."""
    total = counts.copy()
    for cell in reversed(range(len(parents))):
        inside = np.flatnonzero(parents == cell)
        if len(inside):
            total[cell] = total[inside].sum() + (draw(st.integers(0, 6)) if rests else 0)
    return total


def reader(counts: np.ndarray, parents: np.ndarray, hidden: np.ndarray) -> list[tuple[float, float]]:
    """Work out the withheld counts from all sums shown, as a linear programme would."""
    unknown = np.flatnonzero(hidden)
    place = {cell: at for at, cell in enumerate(unknown)}
    rows, sums = [], []
    for parent in np.unique(parents[parents >= 0]):
        inside = np.flatnonzero(parents == parent)
        rest = counts[parent] - counts[inside].sum()
        row = np.zeros(len(unknown))
        known = -rest
        for cell, sign in [(parent, 1.0), *((cell, -1.0) for cell in inside)]:
            if hidden[cell]:
                row[place[cell]] += sign
            else:
                known += sign * counts[cell]
        rows.append(row)
        sums.append(-known)
    found = []
    for at in range(len(unknown)):
        ends = [linprog(sign * np.eye(len(unknown))[at], A_eq=np.array(rows), b_eq=np.array(sums),
                        bounds=[(1, 1e9)] * len(unknown)) for sign in (1.0, -1.0)]  # fmt: skip
        found.append((ends[0].fun, -ends[1].fun))
    return found


@settings(max_examples=150, deadline=None)
@given(nested_counts())
def test_every_small_cell_is_withheld_and_no_withheld_cell_is_empty(
    city: tuple[np.ndarray, np.ndarray],
) -> None:
    counts, parents = city
    hidden = withheld(counts, parents)
    assert hidden[(counts > 0) & (counts < FEWEST)].all()
    assert (counts[hidden] > 0).all()


@settings(max_examples=60, deadline=None)
@given(nested_counts())
@example((np.array([20.0, 12, 8, 3, 9, 8, 0]), np.array([-1, 0, 0, 1, 1, 2, 2])))
def test_no_withheld_count_can_be_solved_for_from_the_sums_of_the_levels(
    city: tuple[np.ndarray, np.ndarray],
) -> None:
    counts, parents = city
    inner = parents[parents >= 0]
    has_rest = any(abs(counts[p] - counts[parents == p].sum()) > 0 for p in np.unique(inner))
    hidden = withheld(counts, parents)
    if not hidden.any() or has_rest or not len(inner):
        return
    assert all(greatest - least + 1 >= FEWEST - 1e-6 for least, greatest in reader(counts, parents, hidden))


@settings(max_examples=60, deadline=None)
@given(nested_counts(), st.data())
def test_the_bounds_are_those_of_a_linear_programme(
    city: tuple[np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    counts, parents = city
    hidden = np.array([bool(count) and data.draw(st.booleans()) for count in counts])
    if not hidden.any() or not (parents >= 0).any():
        return
    low, high = possible_values(counts, parents, hidden)
    expected = reader(counts, parents, hidden)
    assert np.allclose(np.array(expected), np.stack([low[hidden], high[hidden]], axis=1))


@settings(max_examples=100, deadline=None)
@given(nested_counts())
def test_nothing_is_withheld_where_no_cell_is_small(city: tuple[np.ndarray, np.ndarray]) -> None:
    counts, parents = city
    leaves = ~np.isin(np.arange(len(parents)), parents)
    large = np.where(leaves & (counts > 0), counts + 60 * FEWEST, 0.0)
    for cell in reversed(range(1, len(parents))):
        large[parents[cell]] += large[cell]
    assert not withheld(large, parents).any()


def test_a_few_that_lie_in_a_parent_but_in_none_of_its_cells_do_not_come_out() -> None:
    # Forty-three in the community, forty in its grids: three petitions that name the community only.
    assert hide(83, 40, 43, 30, 10, parents=(-1, 0, 0, 2, 2)) == [False, False, False, False, True]
    assert hide(85, 40, 45, 30, 10, parents=(-1, 0, 0, 2, 2)) == [False] * 5


def test_the_few_that_lie_in_no_cell_at_all_may_come_out() -> None:
    assert hide(43, 40, parents=(-1, 0)) == [False, False]


def hide(*counts: float, parents: tuple[int, ...]) -> list[bool]:
    return withheld(np.array(counts), np.array(parents)).tolist()


def test_a_single_small_cell_takes_its_smallest_neighbour_with_it() -> None:
    assert hide(100, 3, 60, 7, 30, parents=(-1, 0, 0, 0, 0)) == [False, True, False, True, False]


def test_two_small_cells_that_add_up_to_two_are_not_enough() -> None:
    assert hide(102, 1, 1, 100, parents=(-1, 0, 0, 0)) == [False, True, True, True]


def test_a_parent_withheld_for_its_neighbour_is_not_given_away_by_its_cells() -> None:
    # The street of 23 has a community of 3 and one of 20, which the sum of its two grids would tell.
    assert hide(23, 3, 20, 12, 8, parents=(-1, 0, 0, 2, 2)) == [False, True, True, False, True]


def test_an_only_child_takes_its_parent_with_it() -> None:
    assert hide(40, 4, 36, 4, parents=(-1, 0, 0, 1)) == [False, True, True, True]


def test_an_empty_cell_is_shown() -> None:
    assert hide(60, 0, 30, 30, parents=(-1, 0, 0, 0)) == [False, False, False, False]


def test_records_counted_in_the_parent_only_do_not_stop_the_search() -> None:
    # Three petitions name the community and lie in none of its grids.
    assert hide(63, 3, 60, 0, 0, parents=(-1, 0, 0, 1, 1)) == [False, True, True, False, False]


def test_missing_counts_are_as_empty_cells() -> None:
    assert hide(9, float("nan"), 9, parents=(-1, 0, 0)) == [False, False, False]


@pytest.mark.parametrize("fewest", [2, 3, 10])
def test_the_least_count_shown_is_a_choice(fewest: int) -> None:
    counts, parents = np.array([100.0, fewest - 1, 50, 51 - fewest]), np.array([-1, 0, 0, 0])
    assert withheld(counts, parents, fewest=fewest)[1]
    assert not withheld(counts + 1, parents, fewest=fewest)[1]
