"""Backups: consistent while others write, checked, and put back by one command."""

from __future__ import annotations

import errno
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from gridmap.cli import main
from gridmap.errors import StoreError, StoreFull, StoreInUse, UnreadableInput
from gridmap.keeping import backups
from gridmap.store import FILE_NAME, Database, open_store, opened_copy
from tests.lived_in import written_to


def test_a_backup_put_back_elsewhere_is_the_same_store(used: Database, tmp_path: Path) -> None:
    done = backups.back_up(used, tmp_path / "b.zip")
    assert done.findings == []
    assert (done.about.tables, done.about.made_by != "") == (used.sums(), True)
    restored = backups.put_back(tmp_path / "b.zip", tmp_path / "elsewhere")
    assert (restored.findings, restored.old_store) == ([], None)
    again = open_store(tmp_path / "elsewhere")
    assert again.sums() == used.sums()
    again.close()


def test_a_backup_made_while_others_write_is_one_moment(used: Database, tmp_path: Path) -> None:
    with written_to(used):
        backups.back_up(used, tmp_path / "b.zip")
    backups.put_back(tmp_path / "b.zip", tmp_path / "elsewhere")
    with opened_copy(tmp_path / "elsewhere" / FILE_NAME) as store:
        assert store.setting("one") == store.setting("two")


def test_the_store_that_was_there_is_kept_with_what_was_in_its_log(toy: Database, tmp_path: Path) -> None:
    backups.back_up(toy, tmp_path / "b.zip")
    with toy.transaction() as tx:
        tx.run("load/set_setting", key="later", value="1")
    later = toy.sums()
    toy.close()
    done = backups.put_back(tmp_path / "b.zip", toy.folder)
    assert done.old_store is not None
    with opened_copy(done.old_store / FILE_NAME) as old, opened_copy(toy.folder / FILE_NAME) as new:
        assert old.sums() == later
        assert new.sums() == done.about.tables


def test_a_damaged_store_is_replaced_as_well(toy: Database, tmp_path: Path) -> None:
    backups.back_up(toy, tmp_path / "b.zip")
    toy.close()
    (toy.folder / FILE_NAME).write_bytes(b"no database")
    done = backups.put_back(tmp_path / "b.zip", toy.folder)
    assert done.old_store is not None
    assert (done.old_store / FILE_NAME).read_bytes() == b"no database"
    open_store(toy.folder).close()


def test_a_store_in_use_is_not_replaced(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(*_: object, **__: object) -> None:
        raise StoreInUse("in use", folder=toy.folder)

    backups.back_up(toy, tmp_path / "b.zip")
    toy.close()
    monkeypatch.setattr("gridmap.store.opening._take_up_log", in_use)
    before = (toy.folder / FILE_NAME).read_bytes()
    with pytest.raises(StoreInUse):
        backups.put_back(tmp_path / "b.zip", toy.folder)
    assert (toy.folder / FILE_NAME).read_bytes() == before


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _swap(path: Path) -> None:
    """Put another database in, with the checksum the backup names left as it is."""
    with zipfile.ZipFile(path) as archive:
        about, packed = archive.read(backups.ABOUT), archive.read(FILE_NAME)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FILE_NAME, packed[:-1] + b"!")
        archive.writestr(backups.ABOUT, about)


def _miscount(path: Path) -> None:
    """Say that there was one row more than there is."""
    with zipfile.ZipFile(path) as archive:
        about, packed = json.loads(archive.read(backups.ABOUT)), archive.read(FILE_NAME)
    about["tables"]["region"][0] += 1
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FILE_NAME, packed)
        archive.writestr(backups.ABOUT, json.dumps(about))


@pytest.mark.parametrize("damage", [_flip, _cut, _swap, _miscount])
def test_a_damaged_backup_replaces_nothing(
    toy: Database, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "b.zip"
    backups.back_up(toy, path)
    damage(path)
    with pytest.raises(UnreadableInput, match=r"b\.zip"):
        backups.put_back(path, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(UnreadableInput, match=r"b\.zip"):
        backups.put_back(path, toy.folder)
    assert list(toy.folder.glob("unfinished/*")) == []


def test_a_backup_of_a_newer_gridmap_is_refused_in_words(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with toy.transaction() as tx:
        tx.run("schema_state/record", name="schema/9999_from_the_future", sha256="0")
    backups.back_up(toy, tmp_path / "b.zip")
    with pytest.raises(StoreError, match="newer gridmap"):
        backups.put_back(tmp_path / "b.zip", tmp_path / "elsewhere")


def test_a_full_disk_is_told_before_anything_is_begun(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000))
    with pytest.raises(StoreFull, match="1 MB free"):
        backups.back_up(toy, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_a_failed_backup_leaves_the_earlier_one_as_it_was(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.zip"
    backups.back_up(toy, path)
    before = path.read_bytes()
    monkeypatch.setattr(backups, "_checksum", lambda _path: "another")
    with pytest.raises(StoreError, match="could not be read back"):
        backups.back_up(toy, path)
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".b")) == []


def test_nobody_else_may_read_a_backup(toy: Database, tmp_path: Path) -> None:
    backups.back_up(toy, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


def test_the_commands_say_what_they_did(toy: Database, tmp_path: Path) -> None:
    toy.close()
    run = CliRunner()
    done = run.invoke(main, ["backup", str(tmp_path / "b.zip"), "--store", str(toy.folder)])
    assert (done.exit_code, "checked" in done.stdout) == (0, True), done.output
    back = run.invoke(main, ["restore-backup", str(tmp_path / "b.zip"), "--store", str(toy.folder)])
    assert (back.exit_code, "is kept in" in back.stderr) == (0, True), back.output
    wrong = run.invoke(main, ["restore-backup", str(toy.folder / FILE_NAME), "--store", str(tmp_path / "s")])
    assert (wrong.exit_code, "is no backup" in wrong.stderr) == (2, True)


def test_a_disk_that_fills_up_elsewhere_is_told_in_words(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "b.zip"))

    toy.close()
    monkeypatch.setattr(backups, "_pack", full)
    done = CliRunner().invoke(main, ["backup", str(tmp_path / "b.zip"), "--store", str(toy.folder)])
    assert (done.exit_code, "b.zip was to be written is full" in done.stderr) == (2, True), done.output
