"""The command line of planners: dry runs by default, JSON on stdout, 3 when refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import gridmap
from gridmap.cli import main
from gridmap.store import Database
from tests.redraw import JUNE, SPLIT, Write, redraw
from tests.test_cli import Run
from tests.toy import CRS, at

CUT = {"op": "split", "code": "A1", "new_code": "A4", "new_name": "North", "keeps": at(0.5, 1.5),
       "line": [at(-0.5, 2.5), at(2.5, 2.5)]}  # fmt: skip
RENAME = {"op": "rename", "code": "A2", "name": "East"}


@pytest.fixture
def run(toy: Database) -> Run:
    """Run a command on the toy store."""
    toy.close()

    def command(*words: object) -> Result:
        environment = {"GRIDMAP_STORE": str(toy.folder), "GRIDMAP_USER": "Li"}
        return CliRunner().invoke(main, [*map(str, words)], env=environment)

    return command


def saved(folder: Path, *operations: dict[str, Any]) -> Path:
    path = folder / f"ops{len(list(folder.glob('*.json')))}.json"
    path.write_text(json.dumps(operations), encoding="utf-8")
    return path


def as_json(done: Result) -> Any:
    return json.loads(done.stdout)


def test_from_the_first_edit_to_the_published_map(run: Run, tmp_path: Path) -> None:
    drawn = as_json(run("edit", "north", saved(tmp_path, CUT, RENAME), "--format", "json"))
    assert (drawn["revision"], drawn["edits"], drawn["touched"]) == (2, 2, ["A1", "A2", "A4"])
    assert [row["draft"] for row in as_json(run("drafts", "--format", "json"))] == ["north"]
    assert [row["step"] for row in as_json(run("drafts", "north", "--format", "json"))] == [
        "split A1", "rename A2"]  # fmt: skip
    tried = run("publish", "north", "--effective", "2024-06-01", "--format", "json")
    assert (tried.exit_code, as_json(tried)["published"]) == (0, False)
    assert "add --commit" in tried.stderr
    done = as_json(run("publish", "north", "--effective", "2024-06-01", "--approved-by", "Chen",
                       "--document", "17", "--commit", "--format", "json"))  # fmt: skip
    assert (done["published"], done["version"]) == (True, 4)
    assert {cell["code"]: cell["change"] for cell in done["cells"]} == {
        "A1": "border", "A2": "corners,renamed", "A4": "created"}  # fmt: skip
    last = as_json(run("versions", "--format", "json"))[-1]
    assert (last["cs"], last["effective_on"], last["approved_by"], last["author"], last["draft"]) == (
        4, "2024-06-01", "Chen", "Li", "north")  # fmt: skip
    assert {row["to_code"] for row in as_json(run("versions", 4, "--format", "json"))} == {"A1", "A2", "A4"}


def test_the_impact_of_a_draft_counts_both_sides_of_a_change(toy: Database, tmp_path: Path, run: Run) -> None:
    homes = [("B1", 10, at(0.5, 3.5)), ("B2", 6, at(0.5, 1.5))]
    rows = [{"population_no": name, "people": people, "households": people // 2, "x": x, "y": y}
            for name, people, (x, y) in homes]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "people.csv", index=False)
    assert run("load", "population", tmp_path / "people.csv", "--crs", CRS).exit_code == 0
    run("edit", "north", saved(tmp_path, CUT))
    found = as_json(run("impact", "north", "--format", "json"))
    cells = {cell["code"]: (cell["people_before"], cell["people_after"]) for cell in found["cells"]}
    assert (cells["A1"], cells["A4"]) == ((16, 6), (None, 10))
    (move,) = (move for move in found["moves"] if move["area_m2"] > 1)
    assert (move["from_code"], move["to_code"], move["people"]) == ("A1", "A4", 10)
    said = run("impact", "north").stdout
    assert "balance over the whole plan" in said
    assert "A4" in said


def test_restore_brings_the_map_back(run: Run, tmp_path: Path) -> None:
    run("edit", "north", saved(tmp_path, CUT))
    run("publish", "north", "--effective", "2024-06-01", "--commit")
    tried = run("restore", 4, "--effective", "2024-06-15")
    assert (tried.exit_code, "add --commit" in tried.stderr) == (0, True)
    done = run("restore", 4, "--effective", "2024-06-15", "--commit", "--format", "json")
    assert as_json(done)["version"] == 5
    assert as_json(run("diff", "2024-05-31", "2024-06-15", "--format", "json"))["cells"] == []
    assert len(as_json(run("diff", "2024-05-31", "2024-06-14", "--format", "json"))["cells"]) == 3


WRONG = [
    (["edit", "north", "absent.json"], 2, "holds no operations"),
    (["edit", "north", "--undo"], 3, "nothing to undo"),
    (["publish", "absent", "--effective", "2024-06-01"], 2, "There is no draft"),
    (["publish", "absent"], 2, "--effective"),
    (["restore", "9", "--effective", "2024-06-01"], 2, "no version 9"),
    (["restore", "1", "--effective", "2024-06-01"], 3, "no map before it"),
    (["diff", "3", "soon"], 2, "is no version"),
    (["versions", "9"], 2, "no version 9"),
    (["border", "A1"], 2, "two codes"),
    (["border", "A1", "B"], 2, "never had a border"),
    (["drafts", "absent"], 2, "There is no draft"),
]  # fmt: skip


def test_exit_codes_and_words_of_planning(run: Run) -> None:
    for words, code, said in WRONG:
        done = run(*words)
        assert (done.exit_code, said in done.stderr) == (code, True), (words, done.output)


def test_a_refused_edit_exits_with_three_and_says_why_and_where(run: Run, tmp_path: Path) -> None:
    exclave = {"op": "transfer", "giver": "A1", "receiver": "B",
               "polygon": [at(0.2, 2), at(0.8, 2), at(0.8, 2.4), at(0.2, 2)]}  # fmt: skip
    done = run("edit", "north", saved(tmp_path, RENAME, exclave), "--format", "json")
    assert done.exit_code == 3
    refused = as_json(done)["refused"]
    assert {"reason", "message", "codes", "at"} <= set(refused)
    assert "Operation 2 of 2" in refused["message"]
    assert as_json(run("drafts", "north", "--format", "json")) == []


def test_an_edit_on_an_old_revision_is_refused(run: Run, tmp_path: Path) -> None:
    run("edit", "north", saved(tmp_path, CUT))
    done = run("edit", "north", saved(tmp_path, RENAME), "--expect", 0)
    assert (done.exit_code, "went on since revision 0" in done.stderr) == (3, True)


def test_a_binding_check_that_fails_exits_with_three(toy: Database, as_file: Write, tmp_path: Path) -> None:
    environment = {"GRIDMAP_STORE": str(toy.folder)}

    def command(*words: object) -> Result:
        return CliRunner().invoke(main, [*map(str, words)], env=environment)

    redraw(toy, SPLIT, as_file, JUNE)
    toy.close()
    command("edit", "north", saved(tmp_path, {"op": "rename", "code": "A1", "name": "x"}))
    done = command("publish", "north", "--effective", "2024-05-01")
    assert done.exit_code == 3
    assert "fail        base" in done.stdout
    assert "binding checks fail" in done.stderr


def test_undo_redo_rebase_unlock_and_drop(run: Run, tmp_path: Path) -> None:
    run("edit", "north", saved(tmp_path, CUT))
    assert "0 edits" in run("edit", "north", "--undo").stdout
    assert "1 edits" in run("edit", "north", "--redo").stdout
    assert "1 edits carried over" in run("edit", "north", "--rebase").stderr
    assert run("edit", "north", "--unlock", "community").exit_code == 0
    assert "given up" in run("edit", "north", "--drop").stderr
    assert run("edit", "north", "--undo").exit_code == 3


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "csv"])
def test_what_differs_is_exported(run: Run, tmp_path: Path, ending: str) -> None:
    run("edit", "north", saved(tmp_path, CUT))
    target = tmp_path / f"diff.{ending}"
    assert run("diff", "today", "north", "-o", target).exit_code == 0
    cells = pd.read_csv(target) if ending == "csv" else gpd.read_file(target)
    assert dict(zip(cells["code"], cells["change"], strict=True)) == {
        "A1": "border", "A2": "corners", "A4": "created"}  # fmt: skip


def test_a_border_is_asked_by_codes_and_by_a_click(run: Run, tmp_path: Path) -> None:
    run("edit", "north", saved(tmp_path, CUT))
    run("publish", "north", "--effective", "2024-06-01", "--document", "17", "--commit")
    (row,) = as_json(run("border", "A1", "A4", "--format", "json"))
    assert (row["cs"], row["document"], row["author"]) == (4, "17", "Li")
    x, y = at(1, 2.5)
    assert [row["cs"] for row in as_json(run("border", "--at", x, y, "--format", "json"))] == [1, 2, 3, 4]


def test_the_store_object_has_the_verbs_of_planning(toy: Database) -> None:
    toy.close()
    store = gridmap.open(toy.folder)
    draft = store.draft("north")
    draft.apply(CUT)
    assert store.draft("north").revision == 1
    assert draft.publish(effective=JUNE, commit=True).cs == 4
    assert store.versions()["cs"].tolist() == [1, 2, 3, 4]
    assert store.diff("3", "4").cells["code"].tolist() == ["A1", "A2", "A4"]
    assert store.restore(4, void=True, commit=True).cs == 5
    store.close()
