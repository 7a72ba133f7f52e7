"""The store: one owner, all or nothing, locked down, and never older than its file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from gridmap.errors import Refused, StoreError, UsageError
from gridmap.loading.founding import found
from gridmap.settings import Settings, from_environment
from gridmap.store import FILE_NAME, Database, open_store
from tests.toy import CRS, rows


def test_a_folder_without_a_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gridmap init"):
        open_store(tmp_path / "nothing")


def test_a_store_is_not_founded_twice_nor_in_degrees(tmp_path: Path) -> None:
    found(tmp_path / "s", crs=CRS)
    with pytest.raises(Refused, match="already"):
        found(tmp_path / "s", crs=CRS)
    with pytest.raises(UsageError, match="metric"):
        found(tmp_path / "t", crs="EPSG:4326")


def _set_and_fail(db: Database) -> None:
    with db.transaction() as tx:
        tx.run("load/set_setting", key="a", value="1")
        raise RuntimeError


def test_a_transaction_takes_effect_whole_or_not_at_all(empty: Database) -> None:
    with pytest.raises(RuntimeError):
        _set_and_fail(empty)
    assert empty.setting("a") is None
    with empty.transaction() as tx:
        tx.run("load/set_setting", key="a", value="1")
    assert empty.setting("a") == "1"


def test_a_second_process_is_told_that_the_store_is_in_use(empty: Database) -> None:
    program = ("import sys; from pathlib import Path; from gridmap.store import open_store\n"
               "try: open_store(Path(sys.argv[1]))\n"
               "except Exception as fault: print(type(fault).__name__, fault)")  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program, str(empty.folder)], capture_output=True, text=True, check=True
    )
    assert "StoreInUse" in done.stdout
    assert "in use by another gridmap" in done.stdout


def test_a_store_of_a_newer_version_is_refused(empty: Database) -> None:
    folder = empty.folder
    with empty.transaction() as tx:
        tx.run("schema_state/record", name="schema/9999_from_the_future", sha256="0")
    empty.close()
    with pytest.raises(StoreError, match="newer gridmap"):
        open_store(folder)


def test_a_macro_that_changed_is_run_again_and_a_table_is_not(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied = dict(empty.query("schema_state/applied").itertuples(index=False))
    assert any(name.startswith("macros/") for name in applied)
    with empty.transaction() as tx:
        tx.run("schema_state/record", name="macros/01_believed", sha256="old")
    folder = empty.folder
    empty.close()
    again = open_store(folder)
    assert dict(again.query("schema_state/applied").itertuples(index=False)) == applied
    again.close()


def test_nothing_outside_the_store_can_be_read_or_written(empty: Database, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n")
    for statement in (f"select * from read_csv('{outside}')", f"copy (select 1) to '{tmp_path}/out.csv'",
                      f"attach '{tmp_path}/other.duckdb'", "set enable_external_access = true"):  # fmt: skip
        with pytest.raises(duckdb.Error):
            rows(empty, statement)


def test_no_rtree_index_is_stored(toy: Database) -> None:
    assert rows(toy, "select * from duckdb_indexes() where sql ilike '%rtree%'").empty


def test_an_interrupted_founding_leaves_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridmap.store._migrate", lambda database: (_ for _ in ()).throw(RuntimeError()))
    with pytest.raises(RuntimeError):
        found(tmp_path / "s", crs=CRS)
    assert not (tmp_path / "s" / FILE_NAME).exists()


def test_settings_come_from_the_environment_and_nothing_else_is_taken_for_one() -> None:
    assert from_environment({"GRIDMAP_PORT": "9000", "GRIDMAP_STORE": "x"}) == Settings(
        port=9000, store=Path("x")
    )
    with pytest.raises(UsageError, match="is not a int"):
        from_environment({"GRIDMAP_PORT": "many"})
    with pytest.raises(UsageError, match="No setting is called GRIDMAP_PROT"):
        from_environment({"GRIDMAP_PROT": "1"})
