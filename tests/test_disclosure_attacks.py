"""An outsider writes down every answer, of all levels, months and categories, and solves for small counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.optimize import linprog

from gridmap import disclosure
from gridmap.disclosure import composition, nesting
from gridmap.disclosure.differencing import Asked
from gridmap.periods import Period

KEY = "petition.on_time_close_rate"
MONTHS = [date(2024, month, 1) for month in (4, 5, 6, 7)]
CATEGORIES = ("noise", "rubbish", "parking", "other")
#: Two streets; three communities and two; grids inside some of them.
CELLS = pd.DataFrame(
    [(0, None, "total"), (1, 0, "street"), (2, 0, "street"), (3, 1, "community"), (4, 1, "community"),
     (5, 1, "community"), (6, 2, "community"), (7, 2, "community"), (8, 3, "red_grid"), (9, 3, "red_grid"),
     (10, 6, "red_grid"), (11, 6, "red_grid"), (12, 6, "red_grid")],
    columns=["region_id", "parent_id", "level"],
)  # fmt: skip
LEAVES = [4, 5, 7, 8, 9, 10, 11, 12]
Wanted = npt.NDArray[np.float64]


def inside(region: int) -> list[int]:
    """Return the leaves inside a cell."""
    parent = dict(zip(CELLS["region_id"], CELLS["parent_id"], strict=True))

    def lies_in(leaf: float | None) -> bool:
        return leaf is not None and not np.isnan(leaf) and (leaf == region or lies_in(parent[int(leaf)]))

    return [at for at, leaf in enumerate(LEAVES) if lies_in(leaf)]


INSIDE = {region: inside(region) for region in CELLS["region_id"]}


class City:
    """Counts of petitions by leaf, month, category and outcome (on time, late), and what is told of them."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        usual = rng.choice([0.4, 3.0, 14.0, 60.0], size=(len(LEAVES), 1, len(CATEGORIES), 1))
        rare = np.array([1.0, 0.7, 0.4, 0.15])[:, None] * np.array([1.0, 0.3])
        self.counts = rng.poisson(usual * rare, size=(len(LEAVES), 3, len(CATEGORIES), 2)).astype(float)

    def block(self, region: int, asked: Asked) -> Wanted:
        """Mark the counts that the figure of a cell is the sum of."""
        mask = np.zeros(self.counts.shape)
        since, until = asked.period.since or date.min, asked.period.until or date.max
        months = [at for at, month in enumerate(MONTHS[:-1]) if since <= month < until]
        chosen = [at for at, name in enumerate(CATEGORIES)
                  if not asked.categories or name in asked.categories]  # fmt: skip
        mask[np.ix_(INSIDE[region], months, chosen, [0, 1])] = 1
        return mask

    def ask(self, asked: Asked) -> pd.DataFrame:
        """Answer as gridmap.measures.stats does for `every` level."""
        blocks = [self.block(region, asked) * self.counts for region in CELLS["region_id"]]
        n = np.array([block[..., 0].sum() for block in blocks])
        of = np.array([block.sum() for block in blocks])
        about = CELLS.assign(code=CELLS["region_id"].astype(str), name="", kind="base")
        return about.assign(**{KEY: n / np.where(of > 0, of, np.nan), f"{KEY}.n": n, f"{KEY}.of": of})

    def told(self, asked: Asked) -> pd.DataFrame:
        return disclosure.told(self.ask, [KEY], asked, level="every", today=MONTHS[-1],
                               names=CATEGORIES)  # fmt: skip

    def alone(self, asked: Asked) -> pd.DataFrame:
        return disclosure.guarded(self.ask(asked), [KEY], level="every")


def questions() -> Iterator[Asked]:
    """Yield everything that can be asked: periods of whole months, any categories together."""
    chosen = [names for size in range(3) for names in combinations(CATEGORIES, size)]
    for since, until in [*pairwise(MONTHS), (MONTHS[0], MONTHS[2]), (MONTHS[0], MONTHS[3])]:
        yield from (Asked(Period(since, until), "then", names) for names in chosen)


def known(city: City, *, alone: bool) -> tuple[Wanted, Wanted]:
    """Return the equations that all answers give: numerators and what lies between them and denominators."""
    sums, values = [], []
    for asked in questions():
        found = (city.alone if alone else city.told)(asked).set_index("region_id")
        for region, row in found[found[f"{KEY}.of"].notna()].iterrows():
            block = city.block(int(str(region)), asked)
            for outcome, count in enumerate((row[f"{KEY}.n"], row[f"{KEY}.of"] - row[f"{KEY}.n"])):
                only = block.copy()
                only[..., 1 - outcome] = 0
                sums.append(only.ravel())
                values.append(count)
    rows, first = np.unique(np.array(sums), axis=0, return_index=True)
    return rows, np.array(values)[first]


def secrets(city: City) -> Iterator[Wanted]:
    """Yield every count of one to four: of cell, month, one category or all but one, late or on time."""
    chosen = [(), *((name,) for name in CATEGORIES), *combinations(CATEGORIES, len(CATEGORIES) - 1)]
    for region in CELLS["region_id"]:
        for since, until in pairwise(MONTHS):
            for names in chosen:
                block = city.block(region, Asked(Period(since, until), "then", names))
                for outcomes in ((0,), (1,), (0, 1)):
                    wanted = np.zeros(block.shape)
                    wanted[..., outcomes] = block[..., outcomes]
                    if 0 < (wanted * city.counts).sum() < disclosure.FEWEST:
                        yield wanted.ravel()


def possible(sums: Wanted, values: Wanted, wanted: Wanted) -> float:
    """Return how many values remain possible for a sum of unknown counts."""
    ends = [linprog(sign * wanted, A_eq=sums, b_eq=values).fun for sign in (1.0, -1.0)]
    low, high = (np.inf if end is None else end for end in ends)
    return float(-high - low + 1) if np.isfinite(low) and np.isfinite(high) else np.inf


def narrowest(city: City, *, alone: bool, most: int) -> float:
    """Return to how few values the attacker narrows down a small count, of so many tried."""
    sums, values = known(city, alone=alone)
    tried = list(secrets(city))
    assert len(tried) > most
    picked = np.random.default_rng(1).choice(len(tried), size=most, replace=False)
    return min(possible(sums, values, tried[at]) for at in picked)


def test_no_small_count_comes_out_of_all_answers_about_shares_together() -> None:
    assert narrowest(City(0), alone=False, most=40) > disclosure.FEWEST - 1e-6


def test_answers_kept_each_by_itself_give_small_counts_away() -> None:
    assert narrowest(City(0), alone=True, most=20) < disclosure.FEWEST - 1e-6


def test_something_is_told_of_large_categories() -> None:
    city = City(4)
    city.counts[:, :, :2] += 40
    found = city.told(Asked(Period(MONTHS[0], MONTHS[1]), "then", ("noise",))).set_index("level")
    assert found.loc["total", KEY].size
    assert found.loc["total", f"{KEY}.n"] > 0
    assert found.loc["red_grid", f"{KEY}.n"].isna().all()


#: What is told of the petitions due: closed on time, late, or not at all.
SHARES = {"petition.on_time_close_rate": [0], "petition.late_close_rate": [1], "petition.close_rate": [0, 1]}


def shares_of(counts: Wanted) -> pd.DataFrame:
    """Answer for the measures of SHARES as gridmap.measures.stats does; counts by leaf and outcome."""
    found = CELLS.assign(code=CELLS["region_id"].astype(str), name="", kind="base")
    of = np.array([counts[INSIDE[region]].sum() for region in CELLS["region_id"]])
    for key, outcomes in SHARES.items():
        n = np.array([counts[INSIDE[region]][:, outcomes].sum() for region in CELLS["region_id"]])
        found = found.assign(**{key: n / np.where(of > 0, of, np.nan), f"{key}.n": n, f"{key}.of": of})
    return found


def told_of_shares(counts: Wanted) -> Iterator[tuple[Wanted, float]]:
    """Yield the sums of counts by leaf and outcome that are told, and what they come to."""
    found = disclosure.guarded(shares_of(counts), tuple(SHARES), level="every").set_index("region_id")
    for key, own in SHARES.items():
        for region in found.index[found[f"{key}.of"].notna()]:
            for part, outcomes in ((".n", own), (".of", [0, 1, 2])):
                wanted = np.zeros(counts.shape)
                wanted[np.ix_(INSIDE[region], outcomes)] = 1
                yield wanted.ravel(), float(found.loc[region, f"{key}{part}"])


def narrowest_of_shares(seed: int) -> float:
    """Return to how few values what is told of all shares narrows down a count of one to four."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.choice([1.0, 4.0, 20.0, 80.0], size=(len(LEAVES), 3))).astype(float)
    sums, values = (np.array(column) for column in zip(*told_of_shares(counts), strict=True))
    found = [np.inf]
    for region in CELLS["region_id"]:
        for outcomes in ([0], [1], [2], [0, 1], [0, 2], [1, 2]):
            wanted = np.zeros(counts.shape)
            wanted[np.ix_(INSIDE[region], outcomes)] = 1
            if 0 < (wanted * counts).sum() < disclosure.FEWEST:
                found.append(possible(sums, values, wanted.ravel()))
    return min(found)


@pytest.mark.parametrize("seed", range(6))
def test_no_small_count_comes_out_of_several_measures_together(seed: int) -> None:
    assert narrowest_of_shares(seed) > disclosure.FEWEST - 1e-6


def test_measures_told_each_by_itself_give_small_counts_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "needed", tuple)
    monkeypatch.setattr(nesting, "_beside", lambda figures, *_: np.zeros(len(figures)))
    assert min(narrowest_of_shares(seed) for seed in range(6)) < disclosure.FEWEST - 1e-6


def test_what_a_cell_is_made_up_of_names_no_part_that_another_has_few_of() -> None:
    counts = pd.DataFrame(
        [(3, "noise", 30), (3, "rubbish", 20), (3, "parking", 9), (4, "noise", 40), (4, "rubbish", 2),
         (4, "parking", 8), (0, "noise", 70), (0, "rubbish", 22), (0, "parking", 17)],
        columns=["region_id", "part", "n"],
    )  # fmt: skip
    cells = pd.DataFrame([(0, None, "total"), (3, 0, "community"), (4, 0, "community")],
                         columns=["region_id", "parent_id", "level"])  # fmt: skip
    found = composition.composed(counts, cells, ("noise", "rubbish", "parking"), fewest=5)
    named = {region: dict(zip(rows["part"].fillna("rest"), rows["n"], strict=True))
             for region, rows in found.groupby("region_id")}  # fmt: skip
    assert named[0] == {"noise": 70, "rubbish": 22, "parking": 17}
    # Rubbish is rare in 4; parking would tell how rare.
    assert (named[3], named[4]) == ({"noise": 30, "rest": 29}, {"noise": 40, "rest": 10})
