"""An old report comes out to the digit, whatever was corrected since."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

import pandas as pd
from click.testing import CliRunner, Result

from gridmap.believing import as_believed
from gridmap.cli import main
from gridmap.editing.publishing import restore
from gridmap.measures import stats
from gridmap.store import Database
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
