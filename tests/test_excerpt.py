"""All figures of an area at once are those of each level asked for alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from gridmap import disclosure
from gridmap.believing import as_believed
from gridmap.errors import UsageError
from gridmap.excerpt import BOTH, figures_within
from gridmap.measures import measures, stats
from gridmap.periods import Period
from gridmap.sql import words_of
from gridmap.store import Database
from tests.believed_records import HALF, load_everything
from tests.redraw import JUNE, SPLIT, Write, redraw
from tests.toy import rows


@pytest.fixture
def full(toy: Database, as_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Give the toy city with records of every register, one grid split in June."""
    monkeypatch.setenv("GRIDMAP_HASH_KEY", "secret")
    load_everything(toy, tmp_path)
    redraw(toy, SPLIT, as_file, JUNE)
    return toy


def test_every_figure_is_the_one_of_the_whole_store(full: Database) -> None:
    keys = [measure.key for measure in measures()]
    whole = {view: stats(full, keys, level="every", period=HALF, boundaries=view).set_index("region_id")
             for view in BOTH}  # fmt: skip
    for code in ("S", "A", "A1"):
        found = figures_within(full, keys, code, period=HALF)
        assert set(found["view"]) == {"then", "now"}
        for view, cells in found.groupby("view"):
            here = cells.drop(columns=["view", "level"]).set_index("region_id")
            same = whole[view].reindex(here.index)  # type: ignore[index]
            columns = [name for name in same.columns if name in here.columns]
            assert len(columns) > 150
            pd.testing.assert_frame_equal(
                here[columns].astype(object).fillna(0), same[columns].astype(object).fillna(0),
                check_dtype=False, check_column_type=False,
            )  # fmt: skip


def test_all_levels_at_once_are_the_levels_one_after_the_other(full: Database) -> None:
    keys = [measure.key for measure in measures() if not measure.split]
    every = stats(full, keys, level="every", period=HALF)
    for level, cells in every.groupby("level"):
        alone = stats(full, keys, level=str(level), period=HALF)
        pd.testing.assert_frame_equal(
            cells.drop(columns="level").reset_index(drop=True), alone, check_dtype=False
        )


@pytest.mark.parametrize("level", ["every", "total", "community", "red_grid"])
def test_petitions_counted_where_they_lie_first_are_those_counted_one_by_one(
    full: Database, level: str
) -> None:
    for day in ("null", "date '2024-05-31'", "date '2024-06-30'"):
        asked = f"('{level}', {day}, date '2024-01-05', null::date, []::text[])"
        told = rows(full, f"select region_id, petitions from received_in_cell{asked} order by all")
        single = rows(
            full,
            f"select region_id, count(*) as petitions from petition_received{asked} group by 1 order by 1",
        )
        pd.testing.assert_frame_equal(told, single)
        assert len(told)


def test_a_region_that_is_not_there_is_told(toy: Database) -> None:
    with pytest.raises(UsageError, match="'X9'"):
        figures_within(toy, ["petition.received"], "X9", period=Period())


def test_the_past_belief_and_a_reader_without_small_cells_are_asked_the_same_way(full: Database) -> None:
    keys = ["petition.received", "building.count"]
    plain = figures_within(full, keys, "A", period=HALF)
    with as_believed(full, datetime(2100, 1, 1)) as then:
        pd.testing.assert_frame_equal(figures_within(then, keys, "A", period=HALF), plain, check_dtype=False)
    guarded = figures_within(full, keys, "A", period=HALF, compute=disclosure.stats)
    for (view, level), cells in guarded.groupby(["view", "level"]):
        alone = disclosure.stats(full, keys, level=str(level), period=HALF, boundaries=view)  # type: ignore[arg-type]
        there = alone.set_index("region_id").reindex(cells["region_id"])
        for name in ("petition.received", "petition.received.withheld", "building.count"):
            assert cells[name].fillna(-1).tolist() == there[name].fillna(-1).tolist(), (view, level, name)


def test_what_a_statement_looks_at_is_read_from_it_and_the_macros_it_calls() -> None:
    words = words_of("measures/petition.close_rate")
    assert {"petition", "petition_moved", "settled_in", "ancestry", "due_at"} <= words
    assert words.isdisjoint({"inspection", "rental_building", "place"})
    assert "'rental_building'" in words_of("measures/hazard.open")
