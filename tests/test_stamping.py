"""Files of points get the cell of every row: in order, whatever their size, or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridmap import stamping
from gridmap.errors import UnreadableInput, UsageError
from gridmap.stamping import Stamp, stamp_file
from gridmap.store import Database
from tests.toy import CRS, at


@pytest.fixture
def stamp(toy: Database) -> Stamp:
    return Stamp.of(toy, level="red_grid", on=date(2024, 7, 1), crs=CRS)


def points(count: int) -> pd.DataFrame:
    chance = np.random.default_rng(count)
    x, y = at(*np.round(chance.uniform(-1, 7, (2, count)), 1))
    return pd.DataFrame({"no": [f"{n:07d}" for n in range(count)], "x": x, "y": y})


def expected(stamp: Stamp, frame: pd.DataFrame) -> list[str]:
    return list(stamp.index.place(frame["x"], frame["y"]))


def test_a_parquet_file_is_stamped_row_by_row_in_order(
    stamp: Stamp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "BATCH_ROWS", 700)
    frame = points(5_000)
    frame.to_parquet(tmp_path / "points.parquet")
    assert stamp_file(stamp, tmp_path / "points.parquet", tmp_path / "out.parquet", x="x", y="y") == 5_000
    out = pd.read_parquet(tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(out[["no", "x", "y"]], frame)
    assert out["region_code"].tolist() == expected(stamp, frame)
    assert (out["placed_by"] == np.where(out["region_code"] == "", "none", "point")).all()
    assert {"A1", "A2", "A3", ""} < set(out["region_code"])
    assert out.loc[out["region_code"] == "A1", "region_name"].unique().tolist() == ["cell A1"]
    assert out["on_border"].any()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_csv_file_keeps_its_texts_as_they_are(stamp: Stamp, tmp_path: Path, ending: str) -> None:
    frame = points(300).astype(str).assign(note='a, "b"\nc')
    frame.loc[[3, 5], ["x", "y"]] = ["", "not a number"]
    frame.to_csv(tmp_path / "points.csv", index=False)
    target = tmp_path / f"out.{ending}"
    stamp_file(stamp, tmp_path / "points.csv", target, x="x", y="y")
    read = (
        pd.read_csv(target, dtype=str, keep_default_na=False) if ending == "csv" else pd.read_parquet(target)
    )
    pd.testing.assert_frame_equal(read[["no", "x", "y", "note"]], frame, check_dtype=False)
    numbers = frame.assign(
        x=pd.to_numeric(frame["x"], errors="coerce"), y=pd.to_numeric(frame["y"], errors="coerce")
    )
    assert read["region_code"].tolist() == expected(stamp, numbers)


def test_a_file_stamped_before_is_stamped_anew(stamp: Stamp, tmp_path: Path) -> None:
    points(50).to_parquet(tmp_path / "a.parquet")
    stamp_file(stamp, tmp_path / "a.parquet", tmp_path / "b.parquet", x="x", y="y")
    stamp_file(stamp, tmp_path / "b.parquet", tmp_path / "c.parquet", x="x", y="y")
    assert pq.read_table(tmp_path / "b.parquet").equals(pq.read_table(tmp_path / "c.parquet"))


@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError])
def test_what_is_interrupted_leaves_no_file(
    stamp: Stamp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    monkeypatch.setattr(stamping, "BATCH_ROWS", 1_000)
    points(5_000).to_parquet(tmp_path / "points.parquet")
    (tmp_path / "out.parquet").write_text("the earlier result")
    of_points, calls = Stamp.of_points, []

    def third_fails(self: Stamp, x: np.ndarray, y: np.ndarray) -> pa.Table:
        calls.append(len(x))
        if len(calls) == 3:
            raise fault
        return of_points(self, x, y)

    monkeypatch.setattr(Stamp, "of_points", third_fails)
    with pytest.raises(fault):
        stamp_file(stamp, tmp_path / "points.parquet", tmp_path / "out.parquet", x="x", y="y")
    assert (tmp_path / "out.parquet").read_text() == "the earlier result"
    assert sorted(path.name for path in tmp_path.glob("*ut*")) == ["out.parquet"]
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_command_that_is_ended_leaves_no_half_written_file(
    toy_folder: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    x, y = at(0.5, 3.5)
    source, target = tmp_path / "points.csv", tmp_path / "out.csv"
    source.write_text("no,x,y\n" + f"0001,{x},{y}\n" * 3_000_000)
    words = ["place", source, "--x", "x", "--y", "y", "--level", "red_grid", "--crs", CRS,
             "--store", toy_folder, "-o", target]  # fmt: skip
    command = [sys.executable, "-c", "from gridmap.cli import main; main()", *map(str, words)]
    unfinished = tmp_path / ".out.csv.part"
    heard = ["env", "--default-signal=INT"]  # the jobs of a shell in the background ignore it
    with subprocess.Popen([*heard, *command], stderr=subprocess.DEVNULL) as placing:
        while not unfinished.exists() or unfinished.stat().st_size == 0:
            assert placing.poll() is None
            time.sleep(0.002)
        placing.send_signal(sign)
        code = placing.wait(60)
    assert code == {signal.SIGINT: 1, signal.SIGTERM: 143, signal.SIGKILL: -9}[sign]
    assert not target.exists()
    if sign == signal.SIGKILL:  # nobody was there to clear up: the next run does
        source.write_text(f"no,x,y\n0001,{x},{y}\n")
        subprocess.run(command, check=True, capture_output=True)
        assert target.read_text().splitlines()[1:] == [f'"0001","{x}","{y}","A1","cell A1","point",false']
    assert not unfinished.exists()


def test_files_of_a_folder_follow_each_other_by_the_names_of_their_paths(
    stamp: Stamp, tmp_path: Path
) -> None:
    frame = points(900)
    for name, begin, end in (("day=02/a", 300, 700), ("day=01/z", 0, 300), ("day=02/b", 700, 900)):
        path = tmp_path / "points" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.iloc[begin:end].to_parquet(path)
    (tmp_path / "points" / "_temporary").mkdir()
    frame.to_parquet(tmp_path / "points" / "_temporary" / "half.parquet")
    assert stamp_file(stamp, tmp_path / "points", tmp_path / "out.parquet", x="x", y="y") == 900
    out = pd.read_parquet(tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(out[["no", "x", "y"]], frame)
    assert out["day"].tolist() == ["01"] * 300 + ["02"] * 600
    assert out["region_code"].tolist() == expected(stamp, frame)


def test_the_lowest_cells_are_of_whatever_level(toy: Database) -> None:
    leaves = Stamp.of(toy, level="leaf", on=None, crs=CRS)
    assert {"A1", "B", "S-U01"} < set(leaves.index.codes)
    placed = leaves.stamped(pd.DataFrame({"x": at(4.5, 2.5)[:1], "y": at(4.5, 2.5)[1:]}), x="x", y="y")
    assert placed["region_code"].tolist() == ["B"]


def test_columns_and_endings_that_do_not_fit_are_told(stamp: Stamp, tmp_path: Path) -> None:
    points(5).to_parquet(tmp_path / "points.parquet")
    with pytest.raises(UsageError, match="no column lon, lat. Its columns: no, x, y"):
        stamp_file(stamp, tmp_path / "points.parquet", tmp_path / "out.csv", x="lon", y="lat")
    with pytest.raises(UsageError, match="choose the ending .csv or .parquet"):
        stamp_file(stamp, tmp_path / "points.parquet", tmp_path / "out.xlsx", x="x", y="y")
    with pytest.raises(UnreadableInput, match="There is no file"):
        stamp_file(stamp, tmp_path / "none.csv", tmp_path / "out.csv", x="x", y="y")
    assert [path.name for path in tmp_path.glob("*.parquet")] == ["points.parquet"]


def test_a_level_without_regions_is_refused(toy: Database) -> None:
    with pytest.raises(UsageError, match="no regions of level 'block'"):
        Stamp.of(toy, level="block", on=None, crs=CRS)
