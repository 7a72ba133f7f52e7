"""Measures counted piece by piece in files come to what the store says of the same records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap import measures
from gridmap.errors import UnreadableInput, UsageError
from gridmap.periods import Period
from gridmap.scaling import counting
from gridmap.scaling.counting import Counter, Nest, Question, count_files, counter, summed
from gridmap.stamping import Stamp
from gridmap.store import Database
from tests.records import load, scattered
from tests.toy import CRS

SUMMABLE = [measure.key for measure in measures.measures() if measure.sums_over]
PERIOD = Period(date(2024, 2, 1), date(2024, 6, 1))
STATUSES = ["received", "processing", "closed", "closed", "closed", "rejected", "merged", "void"]


def courses(count: int, *, seed: int) -> pd.DataFrame:
    """Return petitions all over the toy city in every stage of handling, some in time and some not."""
    chance = np.random.default_rng(seed)
    frame = pd.DataFrame(scattered(count, seed=seed))
    frame["received_at"] = pd.to_datetime(frame["received_at"])
    frame["status"] = chance.choice(STATUSES, count)
    frame["category"] = chance.choice(["市容环卫", "噪声"], count)

    def later(most: int, share: float) -> pd.Series:
        moment = frame["received_at"] + pd.to_timedelta(chance.integers(0, most * 24, count), "h")
        return moment.where(chance.random(count) < share)

    for name, most in {"accepted_at": 2, "filed_at": 3, "dispatched_at": 5, "disposed_at": 30}.items():
        frame[name] = later(most, 0.8)
    frame["closed_at"] = later(40, 0.95).where(frame["status"] == "closed")
    frame["due_at"] = later(30, 0.9)
    frame["closed_on_time"] = pd.Series(chance.choice([True, False, None], count), dtype="boolean")
    return frame


def placed(db: Database, frame: pd.DataFrame) -> pa.Table:
    stamp = Stamp.of(db, level="leaf", on=None, crs=CRS)
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    return stamp.beside(rows, x="x", y="y")


@pytest.fixture
def loaded(toy: Database, tmp_path: Path) -> tuple[Database, pa.Table]:
    """Load petitions into the toy store; give the same as rows with their cells."""
    frame = courses(1_500, seed=3)
    load(toy, tmp_path, "petitions", frame.to_dict("records"))
    return toy, placed(toy, frame)


def test_there_are_measures_that_can_be_counted_apart() -> None:
    assert {"petition.received", "petition.open", "petition.on_time_close_rate"} < set(SUMMABLE)


@pytest.mark.parametrize("categories", [(), ("噪声",)])
def test_files_counted_apart_come_to_the_figures_of_the_store(
    loaded: tuple[Database, pa.Table], tmp_path: Path, categories: tuple[str, ...]
) -> None:
    toy, rows = loaded
    folder = tmp_path / "placed" / "month=01"
    folder.mkdir(parents=True)
    pq.write_table(rows.slice(0, 400), folder / "a.parquet")
    pq.write_table(rows.slice(400), folder / "b.parquet", row_group_size=300)
    question = Question.of(toy, SUMMABLE, period=PERIOD, categories=categories)
    nest = Nest.of(toy, question.day)
    found = nest.rolled_up(SUMMABLE, count_files(question, folder.parent))
    for level in ("total", "street", "community", "red_grid"):
        here = found[found["level"] == level].reset_index(drop=True)
        known = measures.stats(toy, SUMMABLE, level=level, period=PERIOD, boundaries="now",
                               categories=categories)  # fmt: skip
        assert here["code"].tolist() == known["code"].tolist()
        for key in SUMMABLE:
            assert here[key].equals(known[key].astype(float)), (level, key)
            for part in (f"{key}.n", f"{key}.of"):
                assert here[part].fillna(0).astype(int).tolist() == known[part].fillna(0).tolist(), part
    assert found.loc[0, "petition.received.n"] > found.loc[1, "petition.received.n"] > 0  # some lie nowhere


@pytest.fixture(scope="module")
def two_hundred() -> Iterator[tuple[Counter, pa.Table]]:
    """Give two hundred petitions in a few regions, and what counts all measures of them."""
    frame = courses(200, seed=9)
    codes = np.random.default_rng(9).choice(["", "A", "A1", "A2"], len(frame))
    regions = pa.table({"region_id": [1, 2, 3], "code": ["A", "A1", "A2"]})
    rules = pa.table({"rule": ["due_soon_hours"], "value": ["48"]})
    day, now = date(2024, 6, 1), datetime(2024, 6, 15)
    question = Question(tuple(SUMMABLE), PERIOD, (), day, now, regions, rules)
    with counter(question) as count_all:
        yield count_all, pa.Table.from_pandas(frame.assign(region_code=codes), preserve_index=False)


@settings(max_examples=8)
@given(cuts=st.lists(st.integers(0, 200), max_size=4).map(sorted))
def test_parts_of_the_records_add_up_to_the_whole(
    two_hundred: tuple[Counter, pa.Table], cuts: list[int]
) -> None:
    count_all, rows = two_hundred
    ends = pairwise([0, *cuts, len(rows)])
    parts = [count_all.count(rows.slice(begin, end - begin)) for begin, end in ends]
    whole = count_all.count(rows)
    assert in_order(summed(pa.concat_tables(parts))).equals(in_order(summed(whole)))


def in_order(counts: pa.Table) -> pa.Table:
    return counts.sort_by([("key", "ascending"), ("region_id", "ascending")])


def test_figures_are_whole_numbers_beyond_what_a_double_can_hold(toy: Database) -> None:
    many = 2**53 + 1
    leaf = int(Question.of(toy, ["petition.open"]).regions["region_id"][0].as_py())
    counts = pa.Table.from_pylist(
        [{"region_id": leaf, "key": "petition.open", "n": many, "of": None}] * 2, schema=counting.COUNTS
    )
    found = Nest.of(toy, toy.now().date()).rolled_up(["petition.open"], summed(counts))
    assert found.loc[0, "petition.open.n"] == 2 * many


@pytest.mark.parametrize(("change", "said"), [
    ({"status": "done"}, "status that is not known: 'done'"),
    ({"status": None}, "no status"),
    ({"received_at": None}, "no received_at"),
    ({"region_code": "A9"}, "region_code that is not known: 'A9'"),
    ({"received_at": "yesterday"}, "received_at is to be a timestamp"),
    ({"received_at": pd.Timestamp("2024-05-01", tz="Asia/Shanghai")}, "in the time zone Asia/Shanghai"),
])  # fmt: skip
def test_records_that_cannot_be_counted_are_not_passed_over(
    two_hundred: tuple[Counter, pa.Table], change: dict[str, object], said: str
) -> None:
    row = {"region_code": "A1", "status": "closed", "received_at": pd.Timestamp("2024-05-01"), **change}
    with pytest.raises(UnreadableInput, match=said):
        two_hundred[0].count(pa.Table.from_pandas(pd.DataFrame([row])))


def test_what_cannot_be_asked_is_refused(toy: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"median_handling_days looks at more than one.*petition\.received"):
        Question.of(toy, ["petition.median_handling_days"])
    question = Question.of(toy, ["petition.received"])
    with pytest.raises(UnreadableInput, match="no Parquet file"):
        count_files(question, tmp_path / "absent")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(UsageError, match="no column region_code, status, received_at"):
        count_files(question, tmp_path / "a.parquet")
