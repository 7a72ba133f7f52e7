"""The store: one owner, all or nothing, locked down, and never older than its file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from gridmap import sql
from gridmap.errors import Refused, StoreError, UsageError
from gridmap.keeping import surroundings
from gridmap.loading.founding import found
from gridmap.settings import Settings, from_environment
from gridmap.store import FILE_NAME, Database, attaching, open_store, opened_copy
from gridmap.store.gate import Gate
from tests.lived_in import written_to
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
    def interrupted(_database: Database) -> None:
        raise RuntimeError

    monkeypatch.setattr("gridmap.store.opening.migrate", interrupted)
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


# ---- copies -------------------------------------------------------------------------------------


def test_a_copy_taken_while_others_write_is_one_moment_of_the_store(toy: Database) -> None:
    file = toy.folder / "copy.duckdb"
    with written_to(toy):
        sums = toy.copy_to(file)
    with opened_copy(file) as copy:
        assert copy.sums() == sums
        assert copy.setting("one") == copy.setting("two")
        assert len(copy.query("versions/region_times")) > 0


def test_a_copy_cannot_be_changed(toy: Database) -> None:
    file = toy.folder / "copy.duckdb"
    toy.copy_to(file)
    with opened_copy(file) as copy, pytest.raises(Refused, match="snapshot"), copy.transaction():
        raise AssertionError


def test_sums_tell_any_two_contents_apart(toy: Database) -> None:
    before = toy.sums()
    with toy.transaction() as tx:
        tx.run("load/set_setting", key="a", value="1")
    after = toy.sums()
    assert {name for name in before if before[name] != after[name]} == {"store_setting"}
    with toy.transaction() as tx:
        tx.run("load/set_setting", key="a", value="2")
    assert toy.sums()["store_setting"] != after["store_setting"]
    assert toy.sums()["store_setting"][0] == after["store_setting"][0]


# ---- migrations ---------------------------------------------------------------------------------


@pytest.fixture
def coming(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let this gridmap know one schema file more than the store does."""

    def make(text: str) -> None:
        names, load = sql.names_in, sql.load
        new = sql.Query("schema/9000_coming", text, {})
        monkeypatch.setattr(
            sql, "names_in", lambda folder: (*names(folder), *([new.name] if folder == "schema" else []))
        )
        monkeypatch.setattr(sql, "load", lambda name: new if name == new.name else load(name))

    return make


def test_a_migration_keeps_a_copy_of_what_was_before(toy: Database, coming: Callable[[str], None]) -> None:
    before = toy.sums()
    toy.close()
    coming("create table brand_new as select 1 as one")
    changed = open_store(toy.folder)
    assert changed.sums()["brand_new"][0] == 1
    changed.close()
    (kept,) = (toy.folder / "before-migrations").iterdir()
    with opened_copy(kept) as copy:
        assert copy.sums() == before


def test_a_migration_that_fails_changes_nothing(toy: Database, coming: Callable[[str], None]) -> None:
    before = toy.sums()
    toy.close()
    coming("alter table petition rename column absent to present")
    with pytest.raises(StoreError, match=r"(?s)9000_coming.*as it was before.*A copy from before"):
        open_store(toy.folder)
    with opened_copy(toy.folder / FILE_NAME) as store:
        assert store.sums() == before


def test_opening_a_store_of_this_version_makes_no_copy(toy: Database) -> None:
    toy.close()
    open_store(toy.folder).close()
    assert not (toy.folder / "before-migrations").exists()


# ---- left behind --------------------------------------------------------------------------------


def test_what_a_killed_command_left_behind_is_swept_away(toy: Database) -> None:
    (toy.incoming / "half.parquet").write_text("half")
    toy.close()
    again = open_store(toy.folder)
    assert list(again.incoming.iterdir()) == []
    again.close()


def test_who_is_inside_may_enter_again_and_nobody_is_alone_meanwhile() -> None:
    gate = Gate()
    with gate.entered(), gate.entered():
        assert gate.is_inside
        with pytest.raises(StoreError, match="busy"), gate.alone(within_s=0.0):
            raise AssertionError
    assert not gate.is_inside
    with gate.alone(within_s=0.0):
        assert not gate.is_inside


def test_the_signature_of_the_spatial_extension_is_checked(
    toy: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Other tests leave that out to be quick."""
    toy.close()
    monkeypatch.setattr(attaching, "check_signature", True)
    open_store(toy.folder).close()
    changed = tmp_path / "spatial.duckdb_extension"
    changed.write_bytes(attaching.spatial_extension().read_bytes()[:-1] + b"!")
    monkeypatch.setattr(attaching, "spatial_extension", lambda: changed)
    with pytest.raises(duckdb.Error, match="signature"):
        open_store(toy.folder)


def test_a_log_torn_by_a_power_failure_is_cut_and_kept(toy: Database, tmp_path: Path) -> None:
    """All that was acknowledged lies before the tear; DuckDB alone would not open the file."""
    for value in ("acknowledged", "torn " * 2000):
        with toy.transaction() as tx:
            tx.run("load/set_setting", key=value[:4], value=value)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in (FILE_NAME, f"{FILE_NAME}.wal"):
        shutil.copyfile(toy.folder / name, crashed / name)
    log = crashed / f"{FILE_NAME}.wal"
    with log.open("r+b") as file:
        file.seek(log.stat().st_size - 4096)
        file.write(bytes(2048))
    again = open_store(crashed)
    assert (again.setting("ackn"), again.setting("torn")) == ("acknowledged", None)
    again.close()
    assert len(list(crashed.glob("torn-*.wal"))) == 1
    assert "store.torn_log" in {finding.check for finding in surroundings.around(crashed)}
