"""The command line beside a running server: the same answers, the caller's folder, name and rights."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pandas as pd
import pytest

from gridmap.cli import caller, main, relay
from gridmap.sources import records, worker
from gridmap.store import FILE_NAME, Database, open_store, opened_copy, shared_store
from tests.records import petition
from tests.toy import CRS, draw, rows

PROGRAM = "from gridmap.cli import main; main()"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(toy: Database) -> Path:
    """Give the folder of a toy store that no process has open."""
    toy.close()
    return toy.folder


@contextmanager
def served(folder: Path) -> Iterator[Database]:
    """Have a store open in this process and take commands for it, as a server does.

    No fixture: pytest puts its own stdout in place between a fixture and its test.
    """
    with pytest.MonkeyPatch.context() as patch, relay.listening(folder, main):
        patch.setattr(records, "run_child", worker.run_child)  # several threads read at a time
        yield shared_store(folder)
    shared_store(folder).close()
    shared_store.cache_clear()


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Run:
    """Run a command in a process and a folder of its own."""
    away = tmp_path / "away"
    away.mkdir()

    def command(*words: object, user: str = "", given: str = "") -> subprocess.CompletedProcess[str]:
        environment = {"GRIDMAP_STORE": str(folder), "GRIDMAP_USER": user, "PATH": "/usr/bin:/bin",
                       "GRIDMAP_KEYS": os.environ["GRIDMAP_KEYS"]}  # fmt: skip
        return subprocess.run([sys.executable, "-c", PROGRAM, *map(str, words)], cwd=away, env=environment,
                              input=given, capture_output=True, text=True, check=False)  # fmt: skip

    return command


def petitions(folder: Path) -> Path:
    path = folder / "petitions.csv"
    pd.DataFrame([petition(1, (0.5, 3.5)), petition(2, (0.5, 3.5), received_at="soon")]).to_csv(
        path, index=False
    )
    return path


def test_a_command_gives_the_same_answer_beside_a_server(folder: Path, run: Run) -> None:
    words = ("stats", "land.coverage", "--level", "red_grid", "--format", "json")
    alone = run(*words)
    with served(folder):
        beside = run(*words)
    assert (beside.returncode, json.loads(beside.stdout)) == (0, json.loads(alone.stdout))


def test_files_are_those_of_the_callers_folder_and_the_import_bears_the_callers_name(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    petitions(tmp_path / "away")
    with served(folder) as db:
        done = run("load", "petitions", "petitions.csv", "--crs", CRS, user="Wang")
        recorded = rows(db, "select imported_by, rows_kept from import where register = 'petitions'")
        assert run("regions", "--level", "red_grid", "-o", "grids.geojson").returncode == 0
        for words in (
            ("users", "add", "li"),
            ("find", "--reason", "来电核实地址"),
        ):  # asked once, by the server
            asked = run(*words, given="four plain words here\n")
            assert asked.returncode == 0, asked.stderr
    assert done.returncode == 1, done.stderr  # a row is set aside: done, with a finding of severity error
    assert "1 kept" in done.stdout
    assert "set aside" in done.stdout
    assert "soon" in done.stderr
    assert recorded.to_numpy().tolist() == [["Wang", 1]]
    assert (tmp_path / "away" / "grids.geojson").exists()


def test_a_backup_is_made_beside_a_server_and_nothing_is_restored_under_it(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    with served(folder) as db:
        made, back = run("backup", "b.zip"), run("restore-backup", "b.zip")
        sums = db.sums()
    assert (made.returncode, (tmp_path / "away" / "b.zip").exists()) == (0, True), made.stderr
    assert (back.returncode, "being served" in back.stderr) == (3, True)
    assert run("restore-backup", "b.zip", "--store", "other").returncode == 0
    with opened_copy(tmp_path / "away" / "other" / FILE_NAME) as other:
        assert {name for name, found in other.sums().items() if found != sums[name]} <= {"audit_entry"}


def test_the_same_file_by_both_ways_counts_once(folder: Path, run: Run, tmp_path: Path) -> None:
    file = petitions(tmp_path)
    assert "1 kept" in run("load", "petitions", file, "--crs", CRS).stdout
    with served(folder):
        again = run("load", "petitions", file, "--crs", CRS)
    assert "loaded before, nothing changed" in again.stdout


def test_faults_keep_their_words_and_exit_codes(folder: Path, run: Run) -> None:
    with served(folder):
        for words, said in (
            (("stats", "petition.recieved", "--level", "street"), "Did you mean"),
            (("load", "petitions", "absent.csv"), "absent.csv"),
            (("stats",), "Missing argument"),
            (("serve",), "in use by another gridmap"),
        ):
            done = run(*words)
            assert (done.returncode, done.stdout) == (2, "")
            assert said in done.stderr
            assert "Traceback" not in done.stderr


def test_nobody_but_the_owner_may_knock(folder: Path) -> None:
    with served(folder):
        mode = (folder / relay.SOCKET).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) & 0o077 == 0
    assert not (folder / relay.SOCKET).exists()


def test_a_question_is_put_to_the_caller(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = draw("""
        P P P
        P P P
    """).assign(parent="")  # fmt: skip
    drawn.to_file(tmp_path / "new.gpkg", driver="GPKG")
    asked: list[str] = []
    monkeypatch.setattr(relay.click, "confirm", lambda question, **_: bool(asked.append(question)))
    monkeypatch.setattr("sys.stdin", _Terminal())
    monkeypatch.setattr("sys.stderr", _Terminal())
    words = ("load", "regions", tmp_path / "new.gpkg", "--level", "street", "--code", "code",
             "--name", "name", "--repair", "--effective", "2025-01-01")  # fmt: skip
    with served(folder) as db:
        before = rows(db, "select count(*) as n from region_version")["n"][0]
        assert relay.hand_over(folder, [str(word) for word in words]) == 3
        assert rows(db, "select count(*) as n from region_version")["n"][0] == before
    assert asked == ["Accept these changes?"]


def test_the_import_of_a_caller_who_hangs_up_counts_once_when_given_again(
    folder: Path, tmp_path: Path
) -> None:
    words = ["load", "petitions", str(petitions(tmp_path)), "--crs", CRS]
    asked = {"words": words, "folder": str(tmp_path), "interactive": False, "user": ""}
    with served(folder) as db:
        with db.transaction(), socket.socket(socket.AF_UNIX) as line:  # it can only begin when he is gone
            line.connect(str(folder / relay.SOCKET))
            line.sendall(json.dumps(asked).encode() + b"\n")
            line.shutdown(socket.SHUT_RDWR)
        relay.hand_over(folder, words)
        assert rows(db, "select count(*) as n from petition")["n"][0] == 1


def test_a_command_waits_for_another_one_to_be_done(folder: Path, run: Run) -> None:
    holder = open_store(folder)
    threading.Timer(1.0, holder.close).start()
    began = time.monotonic()
    assert run("check").returncode == 0
    assert time.monotonic() - began > 1.0


def test_without_a_caller_elsewhere_paths_and_words_are_this_process_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert caller.path_of("a.csv") == Path("a.csv")
    with caller.mouths():
        click.echo("here")
    assert capsys.readouterr().out == "here\n"


class _Terminal:
    """Look like a terminal."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None
