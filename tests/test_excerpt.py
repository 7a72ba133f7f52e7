"""All figures of an area at once are those of each level asked for alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gridmap.errors import UsageError
from gridmap.excerpt import figures_within
from gridmap.measures import measures, stats
from gridmap.periods import Period
from gridmap.store import Database
from tests.believed_records import HALF, load_everything
from tests.redraw import JUNE, SPLIT, Write, redraw


@pytest.fixture
def full(toy: Database, as_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Give the toy city with records of every register, one grid split in June."""
    monkeypatch.setenv("GRIDMAP_HASH_KEY", "secret")
    load_everything(toy, tmp_path)
    redraw(toy, SPLIT, as_file, JUNE)
    return toy


@pytest.mark.parametrize("code", ["S", "A", "A1"])
def test_every_figure_is_the_one_of_its_level(full: Database, code: str) -> None:
    keys = [measure.key for measure in measures()]
    found = figures_within(full, keys, code, period=HALF)
    assert set(found["view"]) == {"then", "now"}
    for (view, level), rows in found.groupby(["view", "level"]):
        alone = stats(full, keys, level=str(level), period=HALF, boundaries=view)  # type: ignore[arg-type]
        here = rows.drop(columns=["view", "level"]).set_index("region_id")
        same = alone.set_index("region_id").reindex(here.index)
        columns = [name for name in same.columns if name in here.columns]
        assert len(columns) > 150
        pd.testing.assert_frame_equal(
            here[columns].astype(object).fillna(0), same[columns].astype(object).fillna(0),
            check_dtype=False, check_column_type=False,
        )  # fmt: skip


def test_all_levels_at_once_are_the_levels_one_after_the_other(full: Database) -> None:
    keys = [measure.key for measure in measures() if not measure.split]
    every = stats(full, keys, level="every", period=HALF)
    for level, rows in every.groupby("level"):
        alone = stats(full, keys, level=str(level), period=HALF)
        pd.testing.assert_frame_equal(
            rows.drop(columns="level").reset_index(drop=True), alone, check_dtype=False
        )


def test_a_region_that_is_not_there_is_told(toy: Database) -> None:
    with pytest.raises(UsageError, match="'X9'"):
        figures_within(toy, ["petition.received"], "X9", period=Period())
