"""What Spark places and counts is what one process places and counts, whatever happens to its workers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridmap.errors import UnreadableInput, UsageError
from gridmap.scaling.counting import Question, count_files
from gridmap.scaling.placing import place_files
from gridmap.scaling.rollup import count_on_spark
from gridmap.scaling.session import parquet, session
from gridmap.stamping import Stamp, stamp_file
from gridmap.store import Database
from tests.spark_cluster import SETTINGS, Cluster, below, cluster, kill, until
from tests.toy import CRS, at

KEYS = ["petition.received", "petition.overdue", "petition.close_rate", "petition.on_time_close_rate"]
COMMAND = "from gridmap.cli import main; main()"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def spark(running: Cluster) -> Iterator[Any]:
    with session(running.url, settings={**SETTINGS, "spark.task.maxFailures": "1"}) as found:
        yield found


def points(count: int, *, seed: int) -> pa.Table:
    """Return petitions in and around the toy city: on borders and corners, outside, and nowhere at all."""
    chance = np.random.default_rng(seed)
    x, y = at(*np.round(chance.uniform(-1, 7, (2, count)), 1))
    y[::97], x[1::97], x[2::97] = np.nan, np.inf, -np.inf
    day = np.datetime64("2024-01-01", "us") + chance.integers(0, 150, count) * np.timedelta64(1, "D")
    return pa.table({
        "petition_no": [f"{number:09d}" for number in range(count)],
        "x": pa.array(x, mask=np.arange(count) % 89 == 5), "y": y, "received_at": day,
        "due_at": day + np.timedelta64(20, "D"), "closed_at": pa.array(day + np.timedelta64(19, "D")),
        "status": chance.choice(["closed", "processing"], count), "not.a name": chance.random(count),
        "region_code": ["of another day"] * count,
    })  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Write files of very different size in several folders; the last names come first in size."""
    for number, (name, count) in enumerate({"day=02/c": 4_000, "day=02/a": 40, "day=01/b": 1_500}.items()):
        path = tmp_path / "points" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(points(count, seed=number), path, row_group_size=1_000)
    return tmp_path / "points"


def address(path: Path) -> str:
    return f"file://{path}"


def rows_in(folder: Path) -> pa.Table:
    return pa.concat_tables(pq.read_table(path) for path in sorted(folder.glob("part-*.parquet")))


def embedded(stamp: Stamp, source: Path, target: Path) -> pa.Table:
    stamp_file(stamp, source, target, x="x", y="y")
    return pq.read_table(target)


def same_rows(found: pa.Table, expected: pa.Table) -> bool:
    return bool(found.cast(expected.schema).equals(expected)) or found.to_pandas().equals(
        expected.to_pandas()
    )


def test_every_row_comes_out_once_in_order_as_the_embedded_engine_gives_it(
    toy: Database, spark: Any, source: Path, tmp_path: Path
) -> None:
    stamp = Stamp.of(toy, level="red_grid", on=None, crs=CRS)
    expected = embedded(stamp, source, tmp_path / "expected.parquet")
    rows = place_files(spark, stamp, address(source), address(tmp_path / "out"), x="x", y="y")
    found = rows_in(tmp_path / "out")
    assert rows == len(found) == len(expected) == 5_540
    assert found["day"].to_pylist() == ["01"] * 1_500 + ["02"] * 4_040
    assert same_rows(found, expected)
    assert {"A1", "A2", "A3", ""} < set(found["region_code"].to_pylist())
    assert set(found["on_border"].to_pylist()) == {True, False}
    assert len(list((tmp_path / "out").glob("part-*"))) > 4
    assert list(tmp_path.glob(".*")) == []


def test_files_in_folders_that_are_only_folders_are_not_passed_over(spark: Any, source: Path) -> None:
    assert parquet(spark, address(source), ["x"]).columns[-1] == "day"
    (source / "day=01").rename(source / "first")
    (source / "day=02").rename(source / "second")
    found = parquet(spark, address(source), ["x"])
    assert found.columns[-1] == "region_code"
    assert sorted(Path(name).name for name in found.inputFiles()) == ["a.parquet", "b.parquet", "c.parquet"]


def test_measures_counted_on_spark_are_those_of_the_embedded_engine(
    toy: Database, spark: Any, source: Path, tmp_path: Path
) -> None:
    stamp_file(Stamp.of(toy, level="leaf", on=None, crs=CRS), source, tmp_path / "a.parquet", x="x", y="y")
    placed = pq.read_table(tmp_path / "a.parquet")
    (tmp_path / "placed").mkdir()
    for number in range(3):
        pq.write_table(placed.slice(number * 2_000, 2_000), tmp_path / "placed" / f"{number}.parquet")
    question = Question.of(toy, KEYS)
    order = [("key", "ascending"), ("region_id", "ascending")]
    found = count_on_spark(spark, question, address(tmp_path / "placed")).sort_by(order)
    assert found.equals(count_files(question, tmp_path / "placed").sort_by(order))
    assert sum(row["n"] for row in found.to_pylist() if row["key"] == "petition.received") == 5_540


def test_faults_are_told_before_anything_is_written(
    toy: Database, spark: Any, source: Path, tmp_path: Path
) -> None:
    stamp = Stamp.of(toy, level="red_grid", on=None, crs=CRS)
    (tmp_path / "there").mkdir()
    for path, target, x, fault, said in (
        (source, "there", "x", UsageError, "is there already"),
        (source, "out", "lon", UsageError, "no column lon. Its columns: petition_no, x, y"),
        (tmp_path / "none", "out", "x", UnreadableInput, "cannot be read as Parquet"),
        (tmp_path / "a.csv", "out", "x", UsageError, "the Spark engine reads Parquet"),
    ):
        with pytest.raises(fault, match=said):
            place_files(spark, stamp, address(path), address(tmp_path / target), x=x, y="y")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["points", "store", "there"]


def test_a_record_that_cannot_be_counted_is_named(
    toy: Database, spark: Any, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableInput, match="region_code that is not known: 'of another day'"):
        count_on_spark(spark, Question.of(toy, KEYS), address(source))


def test_a_job_that_is_told_to_end_leaves_nothing(toy_folder: Path, tmp_path: Path) -> None:
    command, target = job("local[2]", toy_folder, tmp_path)
    with subprocess.Popen(command, stderr=subprocess.PIPE) as placing:
        until(lambda: done_of(target) > 1 or placing.poll() is not None, "tasks are done")
        placing.terminate()
        said = ended(placing)
    assert placing.returncode == 128 + signal.SIGTERM, said
    assert not target.exists()
    assert not list(tmp_path.glob(".out*"))


def test_workers_that_are_killed_change_nothing(running: Cluster, toy_folder: Path, tmp_path: Path) -> None:
    command, target = job(running.url, toy_folder, tmp_path)
    with subprocess.Popen(command, stderr=subprocess.PIPE) as placing:
        until(lambda: done_of(target) > 1 or placing.poll() is not None, "tasks are done")
        python = running.python_of(running.workers[0]) + running.python_of(running.workers[1])
        assert placing.poll() is None
        kill(python[0])
        before = done_of(target)
        until(lambda: done_of(target) > before + 2 or placing.poll() is not None, "more are done")
        family = [*below(running.workers[0].pid), running.workers[0].pid]
        assert 3 < done_of(target) < 18
        assert placing.poll() is None
        for pid in family:
            kill(pid)
        said = ended(placing)
    assert placing.returncode == 0, said
    assert running.workers[0].wait() == -signal.SIGKILL
    expected = pq.read_table(tmp_path / "expected.parquet")
    assert same_rows(rows_in(target), expected)
    assert f"{len(expected):,} rows written" in said


def job(master: str, store: Path, tmp_path: Path) -> tuple[list[str], Path]:
    """Write many small pieces and what the embedded engine makes of them; return the command for Spark."""
    pq.write_table(points(20_000, seed=8), tmp_path / "points.parquet", row_group_size=1_000)
    target = tmp_path / "out"
    shared = ["--store", str(store), "--x", "x", "--y", "y", "--level", "red_grid", "--crs", CRS]
    place = [sys.executable, "-c", COMMAND, "place", str(tmp_path / "points.parquet"), *shared]
    subprocess.run([*place, "-o", str(tmp_path / "expected.parquet")], check=True, capture_output=True)
    settings = [word for name, value in SETTINGS.items() for word in ("--conf", f"{name}={value}")]
    return [*place, "-o", str(target), "--engine", "spark", "--master", master, *settings], target


def ended(process: subprocess.Popen[bytes]) -> str:
    """Wait for a command to end, but not for ever; return what it said."""
    try:
        return process.communicate(timeout=120)[1].decode()
    finally:
        process.kill()


def done_of(target: Path) -> int:
    """Return how many tasks have handed in their file."""
    return len(list(target.parent.glob(f".{target.name}.part/rows/_temporary/0/task_*")))


def test_without_pyspark_or_java_the_way_out_is_told(tmp_path: Path) -> None:
    code = ("import sys; sys.modules['pyspark'] = None\n"
            "from gridmap.scaling.session import session\nwith session('local[1]'): pass")  # fmt: skip
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'gridmap[spark]'" in told.stderr
    code = "from gridmap.scaling.session import session\nwith session('local[1]'): pass"
    nowhere = {**os.environ, "PATH": str(tmp_path), "JAVA_HOME": str(tmp_path)}
    (tmp_path / "bash").symlink_to("/bin/bash")
    for tool in ("dirname", "env", "tr", "sed", "ps", "readlink", "pwd"):
        if found := shutil.which(tool):
            (tmp_path / tool).symlink_to(found)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=nowhere)
    assert "Spark needs Java 17. On Debian: apt-get install openjdk-17-jre-headless" in told.stderr
