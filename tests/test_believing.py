"""An old report comes out to the digit, whatever was corrected since."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from gridmap.believing import as_believed
from gridmap.cli import main
from gridmap.editing.publishing import restore
from gridmap.measures import measures, stats
from gridmap.store import Database
from tests.believed_records import HALF, load_everything
from tests.records import closed, load, petition, scattered
from tests.redraw import JUNE, SPLIT, Write, redraw

KEYS = ("petition.received", "petition.close_rate", "petition.open", "land.coverage")


def report(db: Database) -> pd.DataFrame:
    """Return the figures of every grid, counted in the cells of the day each petition came in and of now."""
    both = [stats(db, KEYS, level="red_grid", boundaries=view) for view in ("then", "now")]
    return pd.concat(both, keys=["then", "now"])


def a_moment() -> datetime:
    """Return now, apart from what was and what will be recorded: imports are recorded to the second."""
    time.sleep(1.0)
    moment = datetime.now()
    time.sleep(1.0)
    return moment


def test_a_figure_as_believed_on_an_older_day_stays_the_same_to_the_digit(
    toy: Database, as_file: Write, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", scattered(200, seed=9))
    redraw(toy, SPLIT, as_file, JUNE)
    printed, moment = report(toy), a_moment()
    load(toy, tmp_path, "petitions", [closed(3, (0.5, 0.5), after_days=2, due_days=5),
                                      petition(999, (1.5, 2.5))])  # fmt: skip
    restore(toy, 4, void=True, commit=True)
    today = report(toy)
    assert not today.equals(printed)
    with as_believed(toy, moment) as then:
        pd.testing.assert_frame_equal(report(then), printed)
    pd.testing.assert_frame_equal(report(toy), today)


def test_the_command_line_asks_what_was_believed(toy: Database) -> None:
    toy.close()

    def asked(*words: str) -> Result:
        command = ["stats", "petition.received", "--level", "red_grid", "--format", "json", *words]
        return CliRunner().invoke(main, command, env={"GRIDMAP_STORE": str(toy.folder)})

    today = datetime.now().date().isoformat()
    assert json.loads(asked("--believed", today).stdout) == json.loads(asked().stdout) != []
    assert json.loads(asked("--believed", "2000-01-01T12:00:00").stdout) == []
    assert asked("--believed", "lately").exit_code == 2


def test_before_anything_was_recorded_there_is_nothing(toy: Database) -> None:
    with as_believed(toy, datetime(2000, 1, 1)) as then:
        assert stats(then, ["petition.received"], level="red_grid").empty
    assert len(stats(toy, ["petition.received"], level="red_grid")) == 4


def every_figure(db: Database) -> pd.DataFrame:
    """Return every measure of three levels in both views, of the first half of 2024."""
    keys = [measure.key for measure in measures()]
    views = {(level, view): stats(db, keys, level=level, period=HALF, boundaries=view).set_index("code")
             for level in ("total", "community", "red_grid") for view in ("then", "now")}  # fmt: skip
    return pd.concat(views).drop(columns=["region_id", "parent_id"])


def test_every_measure_of_an_old_report_comes_out_to_the_digit(
    toy: Database, as_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_HASH_KEY", "secret")
    load_everything(toy, tmp_path)
    redraw(toy, SPLIT, as_file, JUNE)
    printed, moment = every_figure(toy), a_moment()
    load_everything(toy, tmp_path, corrected=True)
    restore(toy, 4, void=True, commit=True)
    today = every_figure(toy)
    kept = {found.key for found in measures() if not found.split and _same(today, printed, found.key)}
    assert len(kept) < len(measures()) / 2  # the corrections are felt
    with as_believed(toy, moment) as then:
        believed = every_figure(then)
    pd.testing.assert_frame_equal(believed[printed.columns], printed)
    pd.testing.assert_frame_equal(every_figure(toy), today)


def _same(today: pd.DataFrame, printed: pd.DataFrame, key: str) -> bool:
    return key in today and key in printed and today[key].reindex(printed.index).equals(printed[key])
