"""Readers without the right see no small cell at any level, nor what would give one away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.optimize import linprog

from gridmap import disclosure, measures
from gridmap.errors import UsageError
from gridmap.periods import Period
from gridmap.store import Database
from gridmap.suppression import possible_values
from tests.records import closed, load, petition

A1, A2, A3, B = (0.5, 3.5), (2.5, 3.5), (2.5, 1.5), (4.5, 3.5)
MAY = Period(date(2024, 5, 1), date(2024, 6, 1))
KEYS = ("petition.received", "petition.on_time_close_rate", "petition.mean_handling_days", "land.coverage")


@pytest.fixture
def petitions(toy: Database, tmp_path: Path) -> Database:
    """Two in A1, nine in A2, thirty in A3, twelve in B; all but one closed on time, one in B late."""
    places = [A1] * 2 + [A2] * 9 + [A3] * 30 + [B] * 12
    rows = [closed(number, place, after_days=2, due_days=5) for number, place in enumerate(places)]
    load(toy, tmp_path, "petitions", [*rows[:-1], closed(99, B, after_days=9, due_days=5)])
    return toy


def shown(db: Database, key: str, level: str) -> dict[str, float]:
    return disclosure.stats(db, KEYS, level=level, period=MAY).set_index("code")[key].dropna().to_dict()


def test_a_small_cell_is_withheld_together_with_the_smallest_beside_it(petitions: Database) -> None:
    assert shown(petitions, "petition.received", "red_grid") == {"A3": 30, "A-U01": 0}
    assert shown(petitions, "petition.received", "community") == {"A": 41, "B": 12, "S-U01": 0}
    assert shown(petitions, "petition.received.n", "red_grid") == {"A3": 30, "A-U01": 0}


def test_a_share_is_withheld_where_the_others_are_few(petitions: Database) -> None:
    # One of twelve was late in B: eleven of twelve would tell.
    assert "B" not in shown(petitions, "petition.on_time_close_rate", "community")


def test_a_mean_of_few_cases_is_withheld_and_land_never(petitions: Database) -> None:
    assert set(shown(petitions, "petition.mean_handling_days", "red_grid")) == {"A3"}
    found = disclosure.stats(petitions, KEYS, level="red_grid", period=MAY)
    assert not found["land.coverage.withheld"].any()
    assert found["land.coverage"].notna().all()


def test_a_window_that_runs_is_told_down_to_communities_and_only_what_is_not_small(
    petitions: Database,
) -> None:
    days = Period(date(2024, 5, 1), date(2024, 5, 31))
    found = disclosure.running(
        lambda what: measures.stats(petitions, KEYS, level="every", period=what.period,
                                    boundaries=what.boundaries, categories=what.categories),
        KEYS, disclosure.Asked(days),
    ).set_index("code")  # fmt: skip
    grids, above = found[found["level"] == "red_grid"], found[found["level"] == "community"]
    assert above["petition.received"].to_dict() == {"A": 41, "B": 12, "S-U01": 0}
    assert pd.isna(above.loc["B", "petition.on_time_close_rate"])  # eleven of twelve
    assert grids["petition.received.withheld"].all()
    assert grids[["petition.received", "petition.received.n"]].isna().all().all()
    assert grids["land.coverage"].notna().all()


def test_a_share_that_was_never_there_is_not_called_withheld(petitions: Database) -> None:
    found = disclosure.stats(petitions, KEYS, level="red_grid", period=MAY).set_index("code")
    assert not found.loc["A-U01", "petition.on_time_close_rate.withheld"]


def test_no_withheld_count_can_be_worked_out_from_all_levels_together(petitions: Database) -> None:
    exact = measures.stats(petitions, KEYS, level="every", period=MAY)
    public = disclosure.stats(petitions, KEYS, level="every", period=MAY)
    exact = exact.set_index("region_id").loc[public["region_id"]].reset_index()
    rows = {region: row for row, region in enumerate(exact["region_id"])}
    cells = zip(exact["region_id"], exact["parent_id"], strict=True)
    parents = np.array([-1 if region == 0 else rows.get(parent, rows[0]) for region, parent in cells])
    for part in ("petition.received.n", "petition.on_time_close_rate.n", "petition.on_time_close_rate.of"):
        hidden = public[part].isna().to_numpy() & (exact[part].fillna(0) > 0).to_numpy()
        low, high = possible_values(exact[part].to_numpy(dtype=float), parents, hidden)
        assert (high - low + 1 >= disclosure.FEWEST)[hidden].all()


def test_the_least_count_shown_can_be_chosen(petitions: Database) -> None:
    found = disclosure.stats(petitions, ["petition.received"], level="red_grid", fewest=2)
    assert not found["petition.received.withheld"].any()


# ---- two answers and a subtraction ---------------------------------------------------------------------

MONTHS = [date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1), date(2024, 7, 1)]
COUNTS = {A1: (9, 2, 8), (0.5, 2.5): (3, 7, 9), A2: (12, 15, 11), A3: (30, 31, 32), B: (12, 14, 20)}
#: A square is A1 before June and A4 since: who knows the maps knows that nothing else moved.
MOVED = {("A1", "A4"), ("A4", "A1")}


@pytest.fixture
def months(toy: Database, tmp_path: Path) -> Database:
    """Three months in which a cell has few at times, a boundary moves, and one of two categories is rare."""
    rows = [
        petition(number, place, received_at=f"{month:%Y-%m}-15", category="rare" if at < 2 else "usual")
        for number, (place, month, at) in enumerate(
            (place, month, at) for place, counts in COUNTS.items()
            for month, count in zip(MONTHS, counts, strict=False) for at in range(count))
    ]  # fmt: skip
    load(toy, tmp_path, "petitions", rows)
    return toy


Question = tuple[Period, tuple[str, ...], str]
Wanted = npt.NDArray[np.float64]


def questions() -> list[Question]:
    """Return everything that a reader who may not see small cells can choose, over those months."""
    periods = [Period(since, until) for since in MONTHS for until in MONTHS if since < until]
    chosen = ((), ("rare",), ("usual",), ("rare", "usual"))
    return [(period, categories, view) for period in periods for categories in chosen
            for view in ("then", "now")]  # fmt: skip


def answers(db: Database, compute: Callable[..., pd.DataFrame]) -> dict[Question, pd.Series]:
    """Return the petitions received in every cell, by region, for every question."""
    found = {}
    for period, categories, view in questions():
        figures = compute(db, ["petition.received"], level="every", period=period, categories=categories,
                          boundaries=view).set_index("region_id")  # fmt: skip
        found[period, categories, view] = figures["petition.received.n"]
    return found


class Attacker:
    """Work out from answers between which numbers lies what was not answered (a linear programme)."""

    def __init__(self, db: Database, told: dict[Question, pd.Series]) -> None:
        cells = measures.stats(db, ["petition.received"], level="every")
        self.code = dict(zip(cells["region_id"], cells["code"], strict=True))
        self.parent = dict(zip(cells["region_id"], cells["parent_id"], strict=True))
        leaves = [region for region in self.parent if region and region not in set(self.parent.values())]
        self.unknown = [(then, now, month, category) for then in leaves for now in leaves
                        if then == now or (self.code[then], self.code[now]) in MOVED
                        for month in MONTHS[:-1] for category in ("rare", "usual")]  # fmt: skip
        known = [(self.sum_of(question, region), count) for question, counts in told.items()
                 for region, count in counts.dropna().items()]  # fmt: skip
        self.sums, self.values = np.array([one for one, _ in known]), np.array([count for _, count in known])

    def sum_of(self, question: Question, region: object) -> Wanted:
        """Return which unknown counts the figure of a cell is the sum of."""
        period, categories, view = question
        since, until = period.since or date.min, period.until or date.max
        return np.array([
            since <= month < until and (not categories or category in categories)
            and region in self.above(then if view == "then" else now)
            for then, now, month, category in self.unknown
        ], dtype=float)  # fmt: skip

    def above(self, region: int) -> set[int]:
        found = {0}
        while region:
            found.add(region)
            parent = self.parent.get(region)
            region = 0 if pd.isna(parent) else int(parent)
        return found

    def possible(self, wanted: Wanted) -> float:
        """Return how many values remain possible for a sum of unknown counts."""
        ends = [linprog(sign * wanted, A_eq=self.sums, b_eq=self.values) for sign in (1, -1)]
        assert all(end.status in (0, 3) for end in ends)  # 3: there is no bound
        low, high = (end.fun if end.status == 0 else -np.inf for end in ends)
        return float(-high - low + 1)


def secrets(db: Database, attacker: Attacker) -> Iterator[tuple[str, Wanted]]:
    """Yield every small count of a month: of a cell, beside a filter, moved between the views."""
    exact = answers(db, measures.stats)
    for (period, categories, view), counts in exact.items():
        if (period.since, period.until) not in pairwise(MONTHS):
            continue
        for region, count in counts.items():
            asked = attacker.sum_of((period, categories, view), region)
            for kind, beside in (("filter", (period, (), view)), ("view", (period, categories, "then"))):
                other = exact[beside].get(region, count)
                what = attacker.sum_of(beside, region) - asked if other != count else asked
                if 0 < abs(other - count or count) < disclosure.FEWEST:
                    yield f"{kind} {attacker.code.get(region)} {period.since} {categories} {view}", what


def test_all_answers_together_do_not_tell_of_few_cases(months: Database) -> None:
    attacker = Attacker(months, answers(months, disclosure.stats))
    tried = {name: attacker.possible(what) for name, what in secrets(months, attacker)}
    assert len(tried) > 20
    assert {name: count for name, count in tried.items() if count < disclosure.FEWEST - 1e-6} == {}


def test_answers_kept_each_by_itself_tell_of_few_cases(months: Database) -> None:
    def alone(db: Database, keys: list[str], *, level: str, **asked: Any) -> pd.DataFrame:
        everything = measures.stats(db, keys, level="every", **asked)
        return disclosure.guarded(everything, keys, level=level)

    attacker = Attacker(months, answers(months, alone))
    assert min(attacker.possible(what) for _, what in secrets(months, attacker)) < disclosure.FEWEST - 1e-6


@pytest.mark.parametrize(
    ("more", "said"),
    [({"period": Period(date(2024, 5, 1), date(2024, 5, 31))}, "whole months"),
     ({"period": Period(date(2024, 5, 1), None)}, "whole months"),
     ({"period": Period(date(2024, 6, 1), date(2024, 8, 1))}, "whole months"),
     ({"boundaries": date(2024, 5, 1)}, "then or of now")],
)  # fmt: skip
def test_what_can_be_chosen_so_that_it_tells_is_refused(
    toy: Database, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        disclosure.stats(toy, KEYS, level="community", **more)
