"""Plans from and for other programs: drawn elsewhere into a draft, and out for QGIS and spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner, Result

from gridmap import versions
from gridmap.cli import main
from gridmap.editing.session import Drafting
from gridmap.reports.change_sheet import change_sheet
from gridmap.reports.document import Drawings, Table, Toned
from gridmap.store import Database, open_store
from tests.records import load
from tests.redraw import SPLIT
from tests.toy import GRID_CODES, at, draw

Run = Callable[..., Result]
AS_DRAWN = ("--level", "red_grid", "--code", "code", "--name", "name", "--parent", "parent")


@pytest.fixture
def run(toy: Database, tmp_path: Path) -> Run:
    """Run a command on the toy store, in which two buildings are known."""
    load(toy, tmp_path, "population", [
        {"population_no": "B1", "building_code": "4403060010010010001", "people": 10, "households": 4,
         "x": at(0.5, 2.5)[0], "y": at(0.5, 2.5)[1]},
        {"population_no": "B2", "building_code": "4403060010010010002", "people": 3, "households": 1,
         "x": at(4.5, 2.5)[0], "y": at(4.5, 2.5)[1]}])  # fmt: skip
    toy.close()

    def command(*words: object) -> Result:
        return CliRunner().invoke(main, [*map(str, words)], env={"GRIDMAP_STORE": str(toy.folder)})

    return command


def drawn(folder: Path, *, shift: float = 0.0) -> Path:
    """Write the grids of A after a split, the northern one's border off by so many metres."""
    cells = draw(SPLIT, names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    off = cells["code"] == "A1"
    cells.loc[off, "geometry"] = shapely.affinity.translate(cells.loc[off, "geometry"].iloc[0], 0, shift)
    path = folder / f"drawn{shift:.0f}.gpkg"
    cells.to_file(path, driver="GPKG")
    return path


def codes(run: Run, folder: Path) -> list[str]:
    del run
    db = open_store(folder)
    drafting = Drafting.open(db, "north")
    db.close()
    return sorted(drafting.coverage.codes)


def test_a_drawing_is_listed_first_and_taken_over_when_accepted(
    run: Run, toy: Database, tmp_path: Path
) -> None:
    listed = run("draw", "north", drawn(tmp_path), *AS_DRAWN)
    assert (listed.exit_code, "Nothing is taken over" in listed.stderr) == (0, True)
    assert "A4" in listed.stdout
    assert "A4" not in codes(run, toy.folder)
    assert run("draw", "north", drawn(tmp_path), *AS_DRAWN, "--accept", "A1").exit_code == 3
    taken = run("draw", "north", drawn(tmp_path), *AS_DRAWN, "--accept", "A1", "--accept", "A4",
                "--format", "json")  # fmt: skip
    assert {"A1", "A4"} <= set(json.loads(taken.stdout)["touched"])
    again = run("draw", "north", drawn(tmp_path), *AS_DRAWN, "--accept-all")
    assert (again.exit_code, "changes nothing" in again.stderr) == (3, True)
    assert run("publish", "north", "--effective", "2024-06-01", "--commit").exit_code == 0
    assert json.loads(run("diff", "4", "today", "--format", "json").stdout)["cells"] == []


def test_a_part_of_a_drawing_is_taken_over_and_the_rest_stays(
    run: Run, toy: Database, tmp_path: Path
) -> None:
    cells = gpd.read_file(drawn(tmp_path))
    cells.loc[cells["code"] == "A3", "name"] = "Southern"
    cells.to_file(tmp_path / "both.gpkg", driver="GPKG")
    listed = run("draw", "north", tmp_path / "both.gpkg", *AS_DRAWN).stdout
    together = {line.split()[0]: line.split()[-1] for line in listed.splitlines()[1:]}
    assert together["A1"] == together["A4"] != together["A3"]
    taken = run("draw", "north", tmp_path / "both.gpkg", *AS_DRAWN, "--accept", "A3", "--format", "json")
    assert json.loads(taken.stdout)["touched"] == ["A3"]
    assert "A4" not in codes(run, toy.folder)
    assert run("draw", "north", tmp_path / "both.gpkg", *AS_DRAWN, "--accept", "X9").exit_code == 2
    rest = ("--accept", "A4", "--accept", "A1")
    assert run("draw", "north", tmp_path / "both.gpkg", *AS_DRAWN, *rest).exit_code == 0
    assert "A4" in codes(run, toy.folder)


def test_a_drawing_that_does_not_tile_is_refused_or_repaired(run: Run, toy: Database, tmp_path: Path) -> None:
    refused = run("draw", "north", drawn(tmp_path, shift=-2), *AS_DRAWN, "--accept-all")
    assert (refused.exit_code, "coverage.overlap" in refused.stderr) == (3, True)
    repaired = run("draw", "north", drawn(tmp_path, shift=-2), *AS_DRAWN, "--accept-all", "--repair")
    assert repaired.exit_code == 0, repaired.output
    assert "A4" in codes(run, toy.folder)
    done = run("publish", "north", "--effective", "2024-06-01", "--commit")
    assert done.exit_code == 0, done.output


def test_an_undivided_community_is_divided_by_a_drawing_and_undone(
    run: Run, toy: Database, tmp_path: Path
) -> None:
    halves = draw("...122\n...122\n...122\n...1..", names={"1": "B1", "2": "B2"}).assign(parent="B")
    halves.to_file(tmp_path / "b.gpkg", driver="GPKG")
    assert run("draw", "north", tmp_path / "b.gpkg", *AS_DRAWN, "--accept-all").exit_code == 0
    assert {"B1", "B2"} <= set(codes(run, toy.folder))
    assert "B" not in codes(run, toy.folder)
    run("edit", "north", "--undo")
    assert "B" in codes(run, toy.folder)
    run("edit", "north", "--redo")
    done = run("publish", "north", "--effective", "2024-06-01", "--commit", "--format", "json")
    cells = {cell["code"]: cell["change"] for cell in json.loads(done.stdout)["cells"]}
    assert cells == {"B": "divided", "B1": "created", "B2": "created"}


def test_the_geopackage_holds_every_level_what_differs_and_styles(
    run: Run, toy: Database, tmp_path: Path
) -> None:
    run("draw", "north", drawn(tmp_path), *AS_DRAWN, "--accept-all")
    target = tmp_path / "plan.gpkg"
    assert run("export", "north", "--against", "today", "-o", target).exit_code == 0
    layers = [name for name, _ in pyogrio.list_layers(target)]
    assert layers == ["street", "community", "red_grid", "changes", "moves", "layer_styles"]
    grids = gpd.read_file(target, layer="red_grid").set_index("code")
    assert grids.area.round().loc[["A1", "A4"]].tolist() == [30_000, 20_000]
    assert grids.loc["A4", "parent"] == "A"
    assert gpd.read_file(target, layer="community").area.sum() == pytest.approx(240_000)
    styles = pyogrio.read_dataframe(target, layer="layer_styles").set_index("f_table_name")
    assert list(styles.index) == layers[:-1]
    assert styles["useAsDefault"].all()
    assert styles["update_time"].notna().all()  # QGIS orders by it, and finds no style without
    trees = [ElementTree.fromstring(text.partition("?>")[2] or text) for text in styles["styleQML"]]
    symbols = {layer: tree.findall(".//symbol") for layer, tree in zip(styles.index, trees, strict=True)}
    wanted = {rule.get("symbol") for rule in trees[layers.index("changes")].findall(".//category")}
    assert wanted == {symbol.get("name") for symbol in symbols["changes"]}
    assert all(symbols.values())


def test_buildings_come_with_their_grid_on_every_level(run: Run, tmp_path: Path) -> None:
    run("draw", "north", drawn(tmp_path), *AS_DRAWN, "--accept-all")
    for state, grid in (("today", "A1"), ("north", "A4")):
        assert run("export", state, "-o", tmp_path / "buildings.csv").exit_code == 0
        rows = pd.read_csv(tmp_path / "buildings.csv", dtype=str).set_index("building_no")
        first, second = rows.loc["4403060010010010001"], rows.loc["4403060010010010002"]
        assert (first["red_grid_code"], first["community_code"], first["people"]) == (grid, "A", "10")
        assert (second["community_code"], pd.isna(second["red_grid_code"])) == ("B", True)


@pytest.mark.parametrize("ending", ["geojson", "shp.zip"])
def test_one_level_goes_into_formats_of_one_layer(run: Run, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"plan.{ending}"
    assert run("export", "3", "-o", target, "--level", "community").exit_code == 0
    assert sorted(gpd.read_file(target)["code"]) == ["A", "B", "S-U01"]
    assert run("export", "3", "-o", target, "--level", "block").exit_code == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_change_sheet_shows_both_maps_the_cells_and_what_moves(
    run: Run, toy: Database, tmp_path: Path, lang: str
) -> None:
    run("draw", "north", drawn(tmp_path), *AS_DRAWN, "--accept-all")
    db = open_store(toy.folder)
    before, after = versions.state_named(db, "today"), Drafting.open(db, "north").state()
    sheet = change_sheet(db, versions.compare(db, before, after), before, after, lang=lang)
    db.close()
    drawings = next(block for block in sheet.blocks if isinstance(block, Drawings))
    tables = [block for block in sheet.blocks if isinstance(block, Table)]
    assert ["A4" in drawing.svg for drawing in drawings.drawings] == [False, True]
    changed = {row[1].text.split()[0] for row in tables[0].rows if isinstance(row[1], Toned)}
    assert {"A1", "A4"} <= changed
    assert "20,000" in [row[3] for row in tables[1].rows]


def test_the_change_sheet_is_written_as_pdf_and_needs_something_to_compare_with(
    run: Run, toy: Database, tmp_path: Path
) -> None:
    run("draw", "north", drawn(tmp_path), *AS_DRAWN, "--accept-all")
    alone = run("export", "north", "-o", tmp_path / "sheet.pdf")
    assert (alone.exit_code, "--against" in alone.stderr) == (2, True)
    for name, magic in (("sheet.pdf", b"%PDF"), ("sheet.docx", b"PK")):
        assert run("export", "north", "--against", "today", "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_bytes().startswith(magic)
