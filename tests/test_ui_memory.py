"""What is remembered: worked out once, nothing of a state that is over, no more than fits; for whom."""

from __future__ import annotations

import random
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridmap.access import OWNER, Scope, acting, acting_now
from gridmap.errors import Denied
from gridmap.periods import Period
from gridmap.store import Database, Session, shared_store
from gridmap.ui import data, facts, mine, panels, tiles, wall, warming
from gridmap.ui.memory import Memory
from gridmap.ui.scene import Scene
from gridmap.ui.weights import weight_of
from tests.screens_city import CODES, NOW

VIEWER, LEADER, PLANNER, MANAGER = (
    Scope("li", role, None) for role in ("viewer", "leader", "planner", "grid_manager")
)


def test_many_who_ask_at_the_same_time_wait_for_one() -> None:
    memory, begun, made = Memory(1_000_000), threading.Event(), []

    def make() -> str:
        begun.wait(5)
        made.append("x")
        return "answer"

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(memory.recall, 1, "key", make) for _ in range(8)]
        begun.set()
        assert {one.result() for one in asked} == {"answer"}
    assert made == ["x"]


def test_who_fails_fails_alone() -> None:
    memory = Memory(1_000_000)

    def refused() -> str:
        raise Denied("not you")

    with pytest.raises(Denied):
        memory.recall(1, "key", refused)
    assert memory.recall(1, "key", lambda: "answer") == "answer"


def test_the_one_that_nobody_asked_for_longest_goes_first() -> None:
    memory = Memory(25_000)
    for key in ("a", "b", "a", "c"):
        memory.recall(1, key, lambda: bytes(9_000))
    assert memory.recall(1, "a", lambda: b"anew") == bytes(9_000)
    assert memory.recall(1, "b", lambda: b"anew") == b"anew"


def test_no_more_is_kept_than_so_many_bytes_hold() -> None:
    memory = Memory(1_000_000)
    for key in range(200):
        memory.recall(key % 2, key, lambda: pd.DataFrame({"n": np.zeros(5_000)}))
        assert memory.weight <= 1_000_000
    assert 15 < len(memory) < 25
    memory.forget_others(frozenset())
    assert memory.weight == 0


def test_what_is_heavier_than_everything_is_given_and_not_kept() -> None:
    memory = Memory(10_000)
    assert memory.recall(1, "key", lambda: bytes(20_000)) == bytes(20_000)
    assert (len(memory), memory.weight) == (0, 0)


def test_an_answer_weighs_about_what_it_takes() -> None:
    """Oracle: what Python's allocators were asked for while it was made."""

    @dataclass(frozen=True)
    class Picture:
        cells: pd.DataFrame
        notes: tuple[str, ...]

    def make() -> Picture:
        codes = [f"{number:012d} 网格" for number in range(20_000)]
        return Picture(pd.DataFrame({"code": pd.Series(codes, dtype=object), "n": np.arange(20_000.0)}),
                       tuple(codes[:9]))  # fmt: skip

    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        found = make()
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert 0.8 < weight_of(found) / taken < 1.25


def test_a_state_that_is_over_is_let_go_of() -> None:
    memory = Memory(1_000_000)
    memory.recall("then", "key", lambda: 0)
    memory.recall("now", "key", lambda: 1)
    memory.forget_others(frozenset({"now"}))
    assert len(memory) == 1
    assert memory.recall("then", "key", lambda: 2) == 2


@pytest.fixture
def asked(on_the_city: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the statements that are really run."""
    data.forget()
    names: list[str] = []
    run = Session.query

    def noted(self: Session, name: str, /, **params: Any) -> Any:
        names.append(name)
        return run(self, name, **params)

    monkeypatch.setattr(Session, "query", noted)
    return names


def open_petitions(db: Database) -> int:
    cells = db.query("versions/regions_on", on_day=NOW.date())
    region = int(cells[cells["code"] == CODES["A"]]["region_id"].iloc[0])
    return len(data.ask("open_petitions", region_id=region, level="community", now=NOW, categories=[]))


def received(**more: Any) -> Any:
    return data.figures(
        ("petition.received",), level="community", period=Period(), boundaries="then", categories=(), **more
    )


def test_an_answer_is_shared_by_all_who_may_have_it(asked: list[str]) -> None:
    with acting(PLANNER):
        first = received()
    asked.clear()
    for scope in (MANAGER, OWNER):
        with acting(scope):
            assert received() is first
    assert "measures/petition.received" not in asked


def test_what_one_role_was_answered_is_kept_from_another_that_may_not_ask(
    asked: list[str], city: Path
) -> None:
    with acting(MANAGER):
        assert open_petitions(shared_store(city)) >= 0
    for scope in (VIEWER, PLANNER):
        with acting(scope), pytest.raises(Denied, match="open_petitions"):
            open_petitions(shared_store(city))


def test_an_answer_made_of_another_keeps_its_statements(asked: list[str]) -> None:
    @data.answered()
    def inner() -> int:
        return len(data.database().query("screens/in_charge", codes=[], on_day=NOW.date()))

    @data.answered()
    def outer() -> int:
        return inner()

    with acting(MANAGER):
        assert outer() == 0
        assert outer() == 0
    with acting(VIEWER), pytest.raises(Denied, match="in_charge"):
        outer()


def test_readers_of_small_cells_and_others_get_their_own_figures(asked: list[str]) -> None:
    with acting(MANAGER):
        whole = received()
    with acting(VIEWER):
        guarded = received()
    assert "petition.received.withheld" in guarded
    assert "petition.received.withheld" not in whole
    assert len(guarded) == len(whole)


def test_a_part_of_the_map_is_never_answered_with_the_whole(asked: list[str], city: Path) -> None:
    cells = shared_store(city).query("versions/regions_on", on_day=NOW.date())
    own = int(cells[cells["code"] == CODES["A"]]["region_id"].iloc[0])
    other = int(cells[cells["code"] == CODES["B"]]["region_id"].iloc[0])
    seen = {}
    for regions in (None, (own,), (other,)):
        with acting(Scope("zhang", "grid_manager", regions)):
            seen[regions] = set(received()["code"])
    assert seen[(own,)] == {CODES["A"]}
    assert seen[(other,)] == {CODES["B"]}
    assert seen[None] >= seen[(own,)] | seen[(other,)]


def test_no_answer_outlives_its_day(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A boundary that changes at midnight may put another cell into a reader's part of the map."""
    with acting(PLANNER):
        for day in ("2026-10-31 23", "2026-11-01 00"):
            monkeypatch.setattr(data, "_version_now", lambda day=day: data._Version("the same", f"{day}5"))
            data.look_afresh()
            asked.clear()
            received()
            assert "measures/petition.received" in asked
    data.forget()


def test_what_a_page_makes_is_kept_for_one_scope(asked: list[str]) -> None:
    ranked = {}
    for scope in (MANAGER, VIEWER):
        with acting(scope):
            sees = scope.has("small_cells")
            ranked[scope.role] = panels._ranking(facts.scene_at({}, sees_small_cells=sees), 9)
            asked.clear()
            again = facts.scene_at({}, sees_small_cells=sees)
            assert panels._ranking(again, 9) is ranked[scope.role]
            assert [name for name in asked if name.startswith("measures/")] == []
    assert ranked["viewer"] is not ranked["grid_manager"]


def test_everybody_looks_at_the_same_moment(
    asked: list[str], city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([NOW, NOW.replace(second=1), NOW.replace(second=2)])
    monkeypatch.setattr(type(shared_store(city)), "now", lambda _self: next(moments))
    with acting(OWNER):
        data.look_afresh()
        assert data.now() == data.now()


def test_pages_are_asked_for_anew_when_the_store_has_changed(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[str] = []
    versions = iter(["one", "one", "two", "two"])
    until = threading.Event()

    def stamp() -> str:
        version = next(versions, "")
        if not version:
            until.set()
        return version or "two"

    monkeypatch.setattr(data, "stamp", stamp)
    monkeypatch.setattr(warming, "warm", lambda _: warmed.append("x"))
    monkeypatch.setattr(warming, "_LOOK_S", 0.0)
    warming.keep_warm(until)
    assert len(warmed) == 2


def test_what_is_free_is_given_back_when_everything_is_new_and_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    until, given_back = threading.Event(), []

    def give_back() -> None:
        given_back.append("x")
        if len(given_back) == 3:
            until.set()

    monkeypatch.setattr(data, "stamp", lambda: "the same")
    monkeypatch.setattr(warming, "warm", lambda _: None)
    monkeypatch.setattr(warming, "_LOOK_S", 0.0)
    monkeypatch.setattr(warming, "_AFTER_S", 0.0)
    warming.keep_warm(until, after=give_back)
    assert len(given_back) == 3


def test_the_first_reader_of_a_page_asks_nothing_that_takes_long(asked: list[str]) -> None:
    with acting(OWNER):
        warming.warm()
    asked.clear()
    with acting(MANAGER):
        scene = facts.scene_at({})
        for prepare in (panels.prepare, wall.prepare, mine.prepare):
            prepare(scene)
    assert {name for name in asked if name.startswith("measures/")} == set()


def told(ask: Callable[[], Any]) -> str:
    """Return all that somebody is told, a refusal as its kind."""
    try:
        found = ask()
    except Denied:
        return "denied"
    return str(found.to_json(date_format="iso")) if isinstance(found, pd.DataFrame) else repr(found)


def questions(regions: tuple[int, ...]) -> dict[str, Callable[[], Any]]:
    """Return questions whose answers differ between roles and between parts of the map."""
    usual: dict[str, Any] = {"period": Period(), "boundaries": "then", "categories": ()}
    keys = ("petition.received",)
    below = {"level": "red_grid", "now": NOW, "categories": []}

    def scene(letter: str) -> Scene:
        reader = acting_now()
        assert reader is not None
        return facts.scene_at({"at": [CODES[letter]]}, sees_small_cells=reader.has("small_cells"))

    return {
        "figures": lambda: data.figures(keys, level="red_grid", **usual),
        "everything": lambda: data.figures(keys, level="total", **usual),
        "composition": lambda: data.composition("category", Period(date(2024, 5, 1), date(2024, 6, 1))),
        "cells": lambda: data.tree(NOW.date()).cells,
        "cases": lambda: [data.ask("open_petitions", region_id=region, **below) for region in regions],
        "people": lambda: data.people_named("一"),
        "case": lambda: data.personal_of("petitions", ["P1", "P2"]),
        "holes": lambda: data.ask("duty_holes", on_day=NOW.date(), now=NOW),
        "issues": lambda: data.ask("import_findings"),
        "tile": lambda: tiles.tile("community", 14, 13383, 7137, day=NOW.date()),
        "ranking": lambda: panels._ranking(scene("B"), 50),
        "trend": lambda: facts.trend_steps(scene("A")),
    }  # fmt: skip


def test_after_everybody_else_anybody_is_told_what_alone_they_would_be(on_the_city: Path) -> None:
    """The law of sharing: readers of all roles and parts ask at once, each in an order of their own."""
    store = shared_store(on_the_city)
    cells = store.query("versions/regions_on", on_day=NOW.date()).set_index("code")["region_id"]
    own, grid = ((int(cells[CODES[letter]]),) for letter in "A1")
    asked = questions((*own, int(cells[CODES["B"]])))
    readers = [Scope(f"{role}{regions}", role, regions) for role, regions in (
        ("owner", None), ("viewer", None), ("grid_manager", own), ("grid_manager", grid),
    )]  # fmt: skip
    alone = {}
    for reader in readers:
        data.forget()
        with acting(reader):
            alone[reader] = {name: told(ask) for name, ask in asked.items()}
    assert len({told_["figures"] for told_ in alone.values()}) == 3, "they are told different things"
    data.forget()

    def read(reader: Scope) -> dict[str, str]:
        order = list(asked)
        random.Random(reader.key).shuffle(order)
        with acting(reader):
            return {name: told(asked[name]) for name in order}

    with ThreadPoolExecutor(4) as pool:
        together = dict(zip(readers, pool.map(read, readers), strict=True))
    assert together == alone
