"""Import, edit, undo, publish and take back in any order: the store agrees with a model in a few lines."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gridmap import regions
from gridmap.editing import publishing
from gridmap.editing.session import Drafting
from gridmap.errors import EditRefused, GridmapError, Refused
from gridmap.keeping import integrity
from gridmap.levels import TOTAL
from gridmap.loading.records import load_records
from gridmap.measures import stats
from gridmap.registers import PETITIONS
from gridmap.store import open_store
from gridmap.torture.inputs import phrases
from tests.toy import CRS, at

GRIDS = ("A1", "A2", "A3")
SOME = st.lists(st.integers(0, 20), min_size=1, max_size=8)
SHORT = [text for text in phrases.EVERY if text.strip() and len(text) < 60]


class Life(RuleBasedStateMachine):
    """A store, and what it must hold: petitions by number, names of today, versions."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="gridmap-life-"))
        shutil.copytree(self.template, self.folder / "store")
        self.db = open_store(self.folder / "store")
        self.petitions: set[str] = set()
        self.day = date(2024, 7, 2)
        self.files = 0
        self.draft: Drafting | None = None
        self.land = self.area()

    def area(self) -> float:
        return float(regions.map_of(self.db, level="red_grid", on=self.day).geometry.area.sum().round(3))

    def names(self) -> dict[str, str]:
        found = regions.map_of(self.db, level="red_grid", on=self.day)
        return dict(zip(found["code"], found["name"], strict=True))

    @rule(numbers=SOME, category=st.sampled_from(SHORT), again=st.booleans())
    def load(self, numbers: list[int], category: str, again: bool) -> None:
        self.files += not again
        x, y = at(1.5, 1.5)
        rows = [{"petition_no": f"P{number}", "status": "processing", "received_at": "2024-05-01",
                 "category": category, "x": x + number, "y": y} for number in numbers]  # fmt: skip
        path = self.folder / f"{self.files}.parquet"
        pd.DataFrame(rows).to_parquet(path)
        report = load_records(self.db, path, PETITIONS, crs=CRS, silent=True)
        assert report.rows_read == report.rows_kept + report.rows_unchanged + report.rows_set_aside
        self.petitions |= {f"P{number}" for number in numbers}

    @rule(code=st.sampled_from(GRIDS), name=st.sampled_from(SHORT))
    def rename(self, code: str, name: str) -> None:
        self.edit({"op": "rename", "code": code, "name": name})

    @rule(east=st.integers(-60, 60), north=st.integers(-60, 60))
    def move(self, east: int, north: int) -> None:
        x, y = at(2, 2)
        self.edit({"op": "move_vertex", "at": [x, y], "to": [x + east, y + north]})

    @rule(codes=st.permutations(GRIDS))
    def merge(self, codes: list[str]) -> None:
        self.edit({"op": "merge", "codes": codes[:2]})

    def edit(self, operation: dict[str, object]) -> None:
        self.draft = self.draft or Drafting.begin(self.db, f"on {self.day}", author="life", on=self.day)
        before = self.draft.coverage.stamp
        try:
            self.draft.apply(operation)
        except EditRefused:
            assert self.draft.coverage.stamp == before
            return
        after = self.draft.coverage.stamp
        self.draft.undo()
        assert self.draft.coverage.stamp == before
        self.draft.redo()
        assert self.draft.coverage.stamp == after

    @rule()
    def publish(self) -> None:
        if self.draft is None or not self.draft.done:
            return
        wanted = set(self.draft.coverage.to_frame()["code"])
        self.draft.publish(effective=self.day, title=f"on {self.day}", commit=True)
        found = regions.map_of(self.db, level="red_grid", on=self.day)
        assert set(found["code"]) <= wanted
        self.draft, self.day = None, self.day + timedelta(days=1)

    @rule()
    def take_back(self) -> None:
        newest = self.db.query("versions/changesets").sort_values("cs").iloc[-1]
        if not str(newest["title"]).startswith(("on ", "Taken back")):
            return  # the drawings of the toy city itself
        before = self.names()
        try:
            publishing.restore(self.db, int(newest["cs"]), effective=self.day, commit=True)
        except (Refused, GridmapError):
            assert self.names() == before
            return
        self.draft, self.day = None, self.day + timedelta(days=1)

    @invariant()
    def nothing_is_lost_or_counted_twice(self) -> None:
        counted = stats(self.db, ["petition.received"], level=TOTAL)["petition.received"].iloc[0]
        assert counted == len(self.petitions)
        assert self.area() == self.land
        assert [*integrity.broken_rules(self.db), *integrity.without_certificate(self.db)] == []

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)


@pytest.fixture
def template(toy_folder: Path) -> None:
    Life.template = toy_folder


@pytest.mark.usefixtures("template")
def test_a_store_agrees_with_its_model_whatever_is_done_to_it() -> None:
    run_state_machine_as_test(Life, settings=settings(max_examples=4, stateful_step_count=12, deadline=None))
