"""A checkpoint that a power failure ends halfway is undone; one that ended is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridmap.errors import StoreError
from gridmap.loading.founding import found
from gridmap.store import FILE_NAME, Database, checkpoints, database, open_store
from tests.toy import CRS

HEAD, BLOCK, PAGE = 12_288, 262_144, 4_096


class Interrupted:
    """A cursor that comes as far as the checkpoint, and asks everything else of a real one."""

    def __init__(self, cursor: object) -> None:
        self._cursor = cursor

    def execute(self, statement: str, *more: object) -> object:
        if statement == "checkpoint":
            raise InterruptedError
        return self._cursor.execute(statement, *more)  # type: ignore[attr-defined]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    found(tmp_path / "store", crs=CRS)
    opened = open_store(tmp_path / "store")
    set_to(opened, "before")
    opened.checkpoint()
    yield opened
    opened.close()


def set_to(opened: Database, value: str) -> None:
    with opened.transaction() as tx:
        tx.run("load/set_setting", key="value", value=value)


def interrupted(store: Database, folder: Path) -> Path:
    """Copy what is on the disk when power fails at the very beginning of a checkpoint."""
    set_to(store, "after")
    with store._cursor() as cursor, pytest.raises(InterruptedError):
        checkpoints.checkpoint(Interrupted(cursor), store.file)  # type: ignore[arg-type]
    subprocess.run(["cp", "-r", store.folder, folder], check=True)  # not here: it would end the lock
    return folder / FILE_NAME


def tear(file: Path, blocks: list[int]) -> None:
    """Let some pages of blocks be those of another state."""
    with file.open("r+b") as handle:
        for number in blocks:
            handle.seek(HEAD + number * BLOCK + PAGE)
            handle.write(b"torn" * (PAGE // 4))


def test_metadata_torn_by_a_power_failure_is_put_back(store: Database, tmp_path: Path) -> None:
    torn = store.query("copies/metadata_blocks")["block_id"].tolist()
    file = interrupted(store, tmp_path / "crashed")
    tear(file, torn)
    lost = shutil.copytree(file.parent, tmp_path / "lost")
    checkpoints.forget(lost / FILE_NAME)
    with pytest.raises(StoreError, match="checksum"):
        open_store(lost)
    again = open_store(file.parent)
    assert again.setting("value") == "after"
    assert not list(file.parent.glob("*.blocks"))
    again.close()


def test_a_checkpoint_that_ended_is_not_undone(store: Database, tmp_path: Path) -> None:
    file = interrupted(store, tmp_path / "crashed")
    store.checkpoint()
    shutil.copyfile(store.file, file)
    file.with_name(f"{FILE_NAME}.wal").unlink()
    assert not checkpoints.put_back(file)
    again = open_store(file.parent)
    assert again.setting("value") == "after"
    again.close()


def test_what_is_kept_of_another_file_or_is_broken_is_thrown_away(store: Database, tmp_path: Path) -> None:
    file = interrupted(store, tmp_path / "crashed")
    kept = file.with_name(f"{FILE_NAME}.blocks")
    other = tmp_path / "other"
    found(other, crs=CRS)
    shutil.copyfile(kept, other / kept.name)
    before = (other / FILE_NAME).read_bytes()
    assert not checkpoints.put_back(other / FILE_NAME)
    assert (other / FILE_NAME).read_bytes() == before
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    assert not checkpoints.put_back(file)
    assert not kept.exists()


def test_a_store_in_use_is_left_alone(store: Database, tmp_path: Path) -> None:
    """To open its file once more would even end the lock on it: hence another process tries to open it."""
    interrupted(store, tmp_path / "crashed")
    assert not checkpoints.put_back(store.file)
    store.checkpoint()
    program = "import sys, pathlib, gridmap.store as s; s.open_store(pathlib.Path(sys.argv[1]))"
    words = [sys.executable, "-c", program, str(store.folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "StoreInUse" in done.stderr


def test_a_second_attempt_keeps_what_the_first_one_kept(store: Database, tmp_path: Path) -> None:
    """The first may have torn a block already, which must not be kept in the place of the good one."""
    interrupted(store, tmp_path / "first")
    kept = store.file.with_name(f"{FILE_NAME}.blocks")
    first = kept.read_bytes()
    interrupted(store, tmp_path / "second")
    assert kept.read_bytes() == first


def test_a_long_log_is_taken_up(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_LONG_LOG", 1_000)
    set_to(store, "short")
    assert checkpoints.log_size(store.file) > 0
    set_to(store, "long" * 1_000)
    assert checkpoints.log_size(store.file) == 0
    assert store.setting("value") == "long" * 1_000


def test_closing_takes_the_log_up_and_may_be_repeated(store: Database) -> None:
    set_to(store, "after")
    store.close()
    assert checkpoints.log_size(store.file) == 0
    store.close()
