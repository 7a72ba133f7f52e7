"""Readers without the right see no small cell at any level, nor what would give one away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap import disclosure, measures
from gridmap.levels import LEVELS, TOTAL
from gridmap.store import Database
from gridmap.suppression import possible_values
from tests.records import closed, load

A1, A2, A3, B = (0.5, 3.5), (2.5, 3.5), (2.5, 1.5), (4.5, 3.5)
KEYS = ("petition.received", "petition.on_time_close_rate", "petition.mean_handling_days", "land.coverage")


@pytest.fixture
def petitions(toy: Database, tmp_path: Path) -> Database:
    """Two in A1, nine in A2, thirty in A3, twelve in B; all but one closed on time, one in B late."""
    places = [A1] * 2 + [A2] * 9 + [A3] * 30 + [B] * 12
    rows = [closed(number, place, after_days=2, due_days=5) for number, place in enumerate(places)]
    load(toy, tmp_path, "petitions", [*rows[:-1], closed(99, B, after_days=9, due_days=5)])
    return toy


def shown(db: Database, key: str, level: str) -> dict[str, float]:
    return disclosure.stats(db, KEYS, level=level).set_index("code")[key].dropna().to_dict()


def test_a_small_cell_is_withheld_together_with_the_smallest_beside_it(petitions: Database) -> None:
    assert shown(petitions, "petition.received", "red_grid") == {"A3": 30, "A-U01": 0}
    assert shown(petitions, "petition.received", "community") == {"A": 41, "B": 12, "S-U01": 0}
    assert shown(petitions, "petition.received.n", "red_grid") == {"A3": 30, "A-U01": 0}


def test_a_share_is_withheld_where_the_others_are_few(petitions: Database) -> None:
    # One of twelve was late in B: eleven of twelve would tell.
    assert "B" not in shown(petitions, "petition.on_time_close_rate", "community")


def test_a_mean_of_few_cases_is_withheld_and_land_never(petitions: Database) -> None:
    assert set(shown(petitions, "petition.mean_handling_days", "red_grid")) == {"A3"}
    found = disclosure.stats(petitions, KEYS, level="red_grid")
    assert not found["land.coverage.withheld"].any()
    assert found["land.coverage"].notna().all()


def test_a_share_that_was_never_there_is_not_called_withheld(petitions: Database) -> None:
    found = disclosure.stats(petitions, KEYS, level="red_grid").set_index("code")
    assert not found.loc["A-U01", "petition.on_time_close_rate.withheld"]


def test_no_withheld_count_can_be_worked_out_from_all_levels_together(petitions: Database) -> None:
    exact = pd.concat([measures.stats(petitions, KEYS, level=level) for level in levels()])
    public = pd.concat([disclosure.stats(petitions, KEYS, level=level) for level in levels()])
    rows = {region: row for row, region in enumerate(exact["region_id"])}
    cells = zip(exact["region_id"], exact["parent_id"], strict=True)
    parents = np.array([-1 if region == 0 else rows.get(parent, rows[0]) for region, parent in cells])
    for part in ("petition.received.n", "petition.on_time_close_rate.n", "petition.on_time_close_rate.of"):
        hidden = public[part].isna().to_numpy() & (exact[part].fillna(0) > 0).to_numpy()
        low, high = possible_values(exact[part].to_numpy(dtype=float), parents, hidden)
        assert (high - low + 1 >= disclosure.FEWEST)[hidden].all()


def levels() -> list[str]:
    return [TOTAL, *(level.key for level in LEVELS)]


def test_the_least_count_shown_can_be_chosen(petitions: Database) -> None:
    found = disclosure.stats(petitions, ["petition.received"], level="red_grid", fewest=2)
    assert not found["petition.received.withheld"].any()


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8).map(lambda counts: sorted(counts, reverse=True)))
def test_what_is_added_up_of_a_composition_is_nothing_or_not_small(counts: list[int]) -> None:
    named = disclosure.parts_to_name(counts, 8)
    assert all(count >= 5 for count in counts[:named])
    assert sum(counts[named:]) not in range(1, 5) or not named


@given(st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=2, max_size=6))
def test_every_row_and_column_of_a_table_withholds_nothing_or_more_than_one(rows: list[list[int]]) -> None:
    table = pd.DataFrame(rows)
    hidden = disclosure.withheld_in_table(table)
    assert hidden[(table > 0) & (table < 5)].fillna(True).to_numpy().all()
    for line in (*hidden.to_numpy(), *hidden.to_numpy().T):
        assert line.sum() != 1 or not _others_left(table, hidden, line)


def _others_left(table: pd.DataFrame, hidden: pd.DataFrame, line: np.ndarray) -> bool:
    """Return whether some row or column that withholds one number has another above zero to withhold."""
    for counts, mask in ((table, hidden), (table.T, hidden.T)):
        for values, withheld in zip(counts.to_numpy(), mask.to_numpy(), strict=True):
            if withheld.sum() == 1 and (values[~withheld] > 0).any():
                return True
    return False


def test_steps_of_a_trend_hide_a_small_one_behind_the_next() -> None:
    assert disclosure.shown_parts(pd.Series([9, 3, 12])).isna().tolist() == [True, True, False]
