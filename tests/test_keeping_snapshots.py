"""Snapshots: other processes look while the owner imports; nobody sees half of it, nor an older state."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from gridmap.cli import main
from gridmap.editing.session import Drafting
from gridmap.errors import Refused, StoreError
from gridmap.excerpt import figures_within
from gridmap.keeping import following
from gridmap.periods import Period
from gridmap.store import Database, shared_store, sharing, snapshots
from tests.records import load, petition
from tests.toy import rows

ROWS = 200
#: A further process: follows the snapshots and says how many petitions it sees, until its stdin ends.
VIEWER = """
import sys, threading
from pathlib import Path
from gridmap.keeping import following
from gridmap.store import snapshots
db = snapshots.open_view(Path(sys.argv[1]))
ended = threading.Thread(target=sys.stdin.read)
ended.start()
with following.following_newest(db):
    while ended.is_alive():
        print(int(db.query('placing/ids', record_kind='petition')['record_id'].count()), flush=True)
"""


def count(db: Database) -> int:
    return int(rows(db, "select count(*) as n from petition")["n"][0])


def import_batch(db: Database, folder: Path, number: int) -> None:
    place = (number % 6 + 0.5, 2.5)
    load(db, folder, "petitions", [petition(number * ROWS + row, place) for row in range(ROWS)])


def take_setting(db: Database, value: str) -> None:
    with db.transaction() as tx:
        tx.run("load/set_setting", key="seen", value=value)
    snapshots.take(db)


@contextmanager
def viewed(folder: Path) -> Iterator[Database]:
    view = snapshots.open_view(folder)
    try:
        yield view
    finally:
        view.close()


def test_a_view_shows_the_newest_snapshot_and_not_what_came_after(toy: Database) -> None:
    with pytest.raises(StoreError, match="gridmap snapshot"):
        snapshots.open_view(toy.folder)
    take_setting(toy, "1")
    with viewed(toy.folder) as view:
        with toy.transaction() as tx:
            tx.run("load/set_setting", key="seen", value="2")
        assert view.setting("seen") == "1"
        snapshots.take(toy)
        assert view.setting("seen") == "1"
        assert snapshots.follow_newest(view)
        assert view.setting("seen") == "2"


def test_a_view_changes_nothing(toy: Database) -> None:
    snapshots.take(toy)
    with viewed(toy.folder) as view, pytest.raises(Refused, match="view of a snapshot"):
        Drafting.begin(view, "north")


def test_all_figures_of_a_region_are_asked_of_a_view_too(toy: Database) -> None:
    snapshots.take(toy)
    asked = {"keys": ["petition.received", "building.count"], "code": "A", "period": Period()}
    with viewed(toy.folder) as view:
        found = figures_within(view, **asked)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(found, figures_within(toy, **asked))  # type: ignore[arg-type]


def test_a_view_being_asked_goes_on_with_the_snapshot_it_shows(toy: Database) -> None:
    take_setting(toy, "1")
    with viewed(toy.folder) as view:
        with view.aside():
            take_setting(toy, "2")
            assert not snapshots.follow_newest(view)
        assert snapshots.follow_newest(view)


def test_snapshots_that_somebody_reads_stay_and_the_others_go(toy: Database) -> None:
    take_setting(toy, "1")
    program = (
        "import sys; from pathlib import Path; from gridmap.store import snapshots\n"
        "view = snapshots.open_view(Path(sys.argv[1])); print(view.setting('seen'), flush=True)\n"
        "sys.stdin.read(); print(view.setting('seen'), flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(toy.folder)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "1\n"
        for number in range(2, 6):
            take_setting(toy, str(number))
        left = len(list((toy.folder / "snapshots").glob("*.duckdb")))
        assert other.communicate("")[0] == "1\n"
    take_setting(toy, "6")
    assert left == 3
    assert len(list((toy.folder / "snapshots").glob("*.duckdb"))) == 2


def test_a_snapshot_that_failed_leaves_the_one_before(toy: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    take_setting(toy, "1")
    before = snapshots.newest(toy.folder)

    def fails(*_: object) -> None:
        raise StoreError("no room")

    monkeypatch.setattr(snapshots, "put_in_place", fails)
    with pytest.raises(StoreError):
        snapshots.take(toy)
    assert snapshots.newest(toy.folder) == before
    assert list((toy.folder / "unfinished").glob("*.duckdb")) == []


class Crowd:
    """Let people look and plan in threads of the owner's process, until told to stop."""

    def __init__(self, db: Database) -> None:
        self.db, self.stop = db, threading.Event()
        self.seen: list[int] = []
        self.faults: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def let(self, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                while not self.stop.is_set():
                    work()
            except BaseException as fault:
                self.faults.append(fault)

        thread = threading.Thread(target=run)
        thread.start()
        self.threads.append(thread)

    def look(self) -> None:
        self.seen.append(count(self.db))

    def planner(self, name: str, code: str) -> Callable[[], object]:
        draft, numbers = Drafting.begin(self.db, name), itertools.count()
        return lambda: draft.apply({"op": "rename", "code": code, "name": f"{name} {next(numbers)}"})

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def test_nobody_sees_half_an_import_while_planners_edit(toy: Database, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    snapshots.take(toy)
    crowd = Crowd(toy)
    with (following.making_snapshots(toy, every_s=0.1),
          subprocess.Popen([sys.executable, "-c", VIEWER, str(toy.folder)], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as viewer):  # fmt: skip
        for work in (crowd.look, crowd.look, crowd.planner("north", "A1"), crowd.planner("south", "A3")):
            crowd.let(work)
        for number in range(4):
            import_batch(toy, tmp_path / "files", number)
        time.sleep(1.5)  # until the last snapshot is followed
        crowd.end()
        said, wrong = viewer.communicate("")
    followed = [int(line) for line in said.split()]
    assert crowd.faults == []
    assert (viewer.returncode, wrong) == (0, "")
    assert {number % ROWS for number in (*crowd.seen, *followed)} == {0}, "half an import was seen"
    assert followed == sorted(followed), "an older state was seen after a newer one"
    assert count(toy) == 4 * ROWS
    assert len(toy.query("drafts/steps", draft="north", revision=0)) > 0


def test_a_process_can_be_made_to_look_only(toy: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    take_setting(toy, "1")
    monkeypatch.setattr(sharing, "_VIEWED", set())
    shared_store.cache_clear()
    sharing.view_only(toy.folder)
    try:
        assert shared_store(toy.folder).read_only
    finally:
        shared_store(toy.folder).close()
        shared_store.cache_clear()


def test_the_command_makes_a_snapshot(toy: Database) -> None:
    toy.close()
    done = CliRunner().invoke(main, ["snapshot", "--store", str(toy.folder)])
    assert done.exit_code == 0, done.output
    assert snapshots.newest(toy.folder) is not None
