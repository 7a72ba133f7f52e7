"""A store whose DuckDB failed inside answers again, with all that was acknowledged and the same locks."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import duckdb
import pytest

from gridmap.access.narrowing import forget, narrowed
from gridmap.access.scope import Scope
from gridmap.errors import StoreError, StoreLost
from gridmap.store import Database, opened_copy, snapshots
from tests.broken import break_down

TODAY = date(2023, 2, 1)


def set_to(db: Database, value: str) -> None:
    with db.transaction() as tx:
        tx.run("load/set_setting", key="a", value=value)


def test_a_store_answers_again_with_all_that_was_acknowledged(empty: Database) -> None:
    set_to(empty, "1")
    break_down(empty)
    assert empty.setting("a") == "1"
    set_to(empty, "2")
    break_down(empty)
    assert (empty.setting("a"), empty.instances) == ("2", 3)


def test_what_another_instance_shows_is_as_locked_down_as_before(empty: Database, tmp_path: Path) -> None:
    break_down(empty)
    empty.setting("a")
    with pytest.raises(duckdb.PermissionException):
        empty._holding.instance.execute(f"copy (select 1) to '{tmp_path / 'x.csv'}'")
    with pytest.raises(duckdb.InvalidInputException, match="locked"):
        empty._holding.instance.execute("set enable_external_access = true")


def test_a_change_that_was_under_way_is_refused_in_words_and_not_half_done(empty: Database) -> None:
    set_to(empty, "1")
    with pytest.raises(StoreLost, match="Ask again"):
        change_and_break_down(empty)
    assert (empty.setting("a"), empty.setting("b")) == ("1", None)


def change_and_break_down(db: Database) -> None:
    with db.transaction() as tx:
        tx.run("load/set_setting", key="a", value="2")
        break_down(db)
        tx.run("load/set_setting", key="b", value="2")


def test_all_who_ask_at_once_are_answered(empty: Database) -> None:
    set_to(empty, "1")
    break_down(empty)
    answers: list[str | None] = []
    threads = [threading.Thread(target=lambda: answers.append(empty.setting("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers, empty.instances) == (["1"] * 8, 2)


def test_who_asks_after_one_for_whom_it_could_not_be_opened_is_answered(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(empty, "1")
    break_down(empty)
    with monkeypatch.context() as patch:
        patch.setattr(empty._holding, "_another", refuse)
        with pytest.raises(StoreError, match="no more files"):
            empty.setting("a")
    assert empty.setting("a") == "1"


def refuse(_file: Path) -> duckdb.DuckDBPyConnection:
    raise StoreError("There can be no more files open.")


def test_parts_of_the_store_end_with_their_instance_and_are_made_again(toy: Database) -> None:
    scope = Scope("zhang", "data_officer", (1,))
    before = narrowed(toy, scope)
    asked = before.query("versions/regions_on", on_day=TODAY)
    break_down(toy)
    after = narrowed(toy, scope)
    assert after is not before
    assert after.query("versions/regions_on", on_day=TODAY).equals(asked)
    with pytest.raises(StoreLost):
        before.query("versions/regions_on", on_day=TODAY)
    forget(toy.folder)


def test_a_view_of_a_snapshot_shows_it_again(toy: Database) -> None:
    snapshots.take(toy)
    view = snapshots.open_view(toy.folder)
    cells = len(view.tables())
    break_down(view)
    assert len(view.tables()) == cells
    view.close()


def test_a_copy_that_failed_is_not_opened_twice(toy: Database, tmp_path: Path) -> None:
    toy.copy_to(tmp_path / "store" / "unfinished.duckdb")
    with opened_copy(tmp_path / "store" / "unfinished.duckdb") as copy:
        break_down(copy)
        with pytest.raises(StoreLost):
            copy.tables()


def test_what_is_known_is_asked_once_until_somebody_changes_something(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    scalar = Database.scalar
    monkeypatch.setattr(
        Database, "scalar", lambda db, name, **params: [asked.append(name), scalar(db, name, **params)][1]
    )
    set_to(empty, "one")
    assert [empty.setting("a") for _ in range(3)] == ["one"] * 3
    set_to(empty, "two")
    assert [empty.setting("a") for _ in range(3)] == ["two"] * 3
    assert asked == ["screens/setting"] * 2


def test_what_was_asked_before_a_change_and_answered_after_it_is_not_kept(empty: Database) -> None:
    set_to(empty, "one")
    slow = empty._holding.known(
        "word", lambda: (empty.scalar("screens/setting", key="a"), set_to(empty, "two"))
    )
    assert slow[0] == "one"
    assert empty._holding.known("word", lambda: empty.scalar("screens/setting", key="a")) == "two"


def test_what_is_known_is_given_to_those_only_who_may_ask(empty: Database) -> None:
    def refuse(name: str) -> None:
        raise PermissionError(name)

    set_to(empty, "one")
    assert empty.setting("a") == "one"
    with pytest.raises(PermissionError, match="screens/setting"):
        empty.limited(refuse).setting("a")
