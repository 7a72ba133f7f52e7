"""Loading boundaries: exact, all or nothing, and never silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gridmap.checking import check
from gridmap.errors import Refused, UsageError
from gridmap.loading import ledger
from gridmap.loading.regions import Drawing, load_regions
from gridmap.loading.reports import LoadReport
from gridmap.regions import leaves_on, map_of, regions_on
from gridmap.repair import Rules
from gridmap.store import Database
from tests.toy import COMMUNITIES, GRID_CODES, GRIDS, STREET, draw, rows

Write = Callable[..., Path]
GRID_DRAWING = Drawing("red_grid", "code", "name", "parent")
SPLIT = """
    112...
    412...
    433...
    .33...
"""


def today(db: Database) -> date:
    return db.now().date()


def land_km2(db: Database, level: str) -> float:
    return float(map_of(db, level=level).area.sum() / 1e6)


def grids(text: str = GRIDS) -> gpd.GeoDataFrame:
    return draw(text, names={**GRID_CODES, "4": "A4"}).assign(parent="A")


def load_grids(db: Database, cells: gpd.GeoDataFrame, as_file: Write, **more: object) -> LoadReport:
    return load_regions(db, as_file(cells, f"grids{len(cells)}.gpkg"), GRID_DRAWING, **more)  # type: ignore[arg-type]


def test_every_level_covers_the_same_land(toy: Database) -> None:
    assert land_km2(toy, "street") == pytest.approx(0.24)
    assert land_km2(toy, "community") == pytest.approx(0.24)
    leaves = leaves_on(toy, today(toy))
    assert leaves.area.sum() == pytest.approx(240_000)
    assert [finding.check for finding in check(toy) if finding.severity == "error"] == []


def test_land_of_no_cell_becomes_unassigned_cells_of_its_parent(toy: Database) -> None:
    leaves = leaves_on(toy, today(toy)).set_index("code")
    nobody = leaves[leaves["kind"] == "unassigned"]
    assert nobody.area.round().to_dict() == {"A-U01": 10_000.0, "S-U01": 20_000.0}
    assert sorted(leaves.index[leaves["kind"] == "base"]) == ["A1", "A2", "A3", "B"]
    names = regions_on(toy, today(toy)).set_index("region_id")["code"]
    assert names[leaves.at["A-U01", "parent_id"]] == "A"


def test_check_lists_unassigned_land_with_area_width_and_place(toy: Database) -> None:
    found = {f.codes[0]: f for f in check(toy) if f.check == "land.unassigned"}
    assert found["S-U01"].amount == pytest.approx(20_000)
    assert found["S-U01"].width_m == pytest.approx(100, rel=0.2)
    assert found["S-U01"].lon is not None
    assert {f.check for f in check(toy, level="red_grid")} == {"land.unassigned"}


def test_the_same_file_twice_changes_nothing_and_says_so(toy: Database, as_file: Write) -> None:
    before = toy.query("versions/region_periods")
    path = as_file(grids(), "grids.gpkg")
    again = load_regions(toy, path, GRID_DRAWING)
    assert again.already_loaded or again.rows_kept == 0
    assert toy.query("versions/region_periods").equals(before)


def test_the_same_cells_in_another_file_change_nothing(toy: Database, as_file: Write) -> None:
    again = load_grids(toy, grids().iloc[::-1], as_file, effective=date(2024, 6, 1))
    assert (again.rows_kept, again.rows_unchanged, again.applied) == (0, 3, False)


def test_a_cell_stays_what_it_is_where_the_file_does_not_say(toy: Database, as_file: Write) -> None:
    kinds = {"A2": "dedicated"}
    load_regions(toy, as_file(grids().assign(kind=grids()["code"].map(kinds)), "kinds.gpkg"),
                 Drawing("red_grid", "code", "name", "parent", "kind"), effective=today(toy))  # fmt: skip
    drawn = map_of(toy, level="red_grid")  # unassigned land of the community among them
    kind = drawn.set_index("code")["kind"]
    assert (kind["A2"], kind["A-U01"]) == ("dedicated", "unassigned")
    again = load_regions(
        toy, as_file(drawn[["code", "name", "geometry"]].assign(parent="A"), "again.gpkg"), GRID_DRAWING
    )
    assert again.rows_kept == 0
    load_grids(toy, grids(SPLIT), as_file, effective=today(toy))
    after = map_of(toy, level="red_grid").set_index("code")["kind"]
    assert (after["A2"], after["A4"]) == ("dedicated", "base")


def test_a_split_takes_effect_on_its_day_and_the_past_stays(toy: Database, as_file: Write) -> None:
    done = load_grids(toy, grids(SPLIT), as_file, effective=date(2024, 6, 1))
    assert dict(zip(done.changes["code"], done.changes["change"], strict=True)) == {
        "A1": "changed",
        "A4": "new",
    }
    before, after = (leaves_on(toy, day).set_index("code") for day in (date(2024, 5, 31), date(2024, 6, 1)))
    assert "A4" not in before.index
    assert before.at["A1", "geometry"].area == pytest.approx(50_000)
    assert after.at["A1", "geometry"].area == pytest.approx(30_000)
    assert before.at["A1", "region_id"] == after.at["A1", "region_id"]
    assert before.area.sum() == pytest.approx(after.area.sum())


def test_the_lineage_says_where_the_land_went(toy: Database, as_file: Write) -> None:
    load_grids(toy, grids(SPLIT), as_file, effective=date(2024, 6, 1))
    names = regions_on(toy, today(toy)).set_index("region_id")["code"]
    lineage = rows(toy, "select * from lineage where cs = 4 order by from_region, to_region")
    given = [(names[row.from_region], names[row.to_region], row.share_area) for row in lineage.itertuples()]
    assert given == [("A1", "A1", pytest.approx(0.6)), ("A1", "A4", pytest.approx(0.4))]


def test_cells_that_the_file_leaves_out_end(toy: Database, as_file: Write) -> None:
    fewer = grids()[lambda cells: cells["code"] != "A2"]
    load_grids(toy, fewer, as_file, effective=date(2024, 6, 1))
    codes = set(leaves_on(toy, today(toy))["code"])
    assert "A2" not in codes
    assert {"A1", "A3"} <= codes
    assert leaves_on(toy, today(toy)).area.sum() == pytest.approx(240_000)


def test_a_change_before_a_later_one_is_refused(toy: Database, as_file: Write) -> None:
    load_grids(toy, grids(SPLIT), as_file, effective=date(2024, 6, 1))
    other = grids("122...\n112...\n133...\n.33...")
    with pytest.raises(Refused, match="Choose a later effective day"):
        load_grids(toy, other, as_file, effective=date(2024, 3, 1))


def overlapping() -> gpd.GeoDataFrame:
    cells = grids()
    first = cells.index[cells["code"] == "A1"][0]
    cells.loc[first, "geometry"] = cells.geometry[first].union(shapely.box(*cells.geometry[first].bounds))
    return cells


def test_overlapping_cells_are_refused_and_nothing_is_loaded(empty: Database, as_file: Write) -> None:
    load_regions(empty, as_file(draw(STREET), "s.gpkg"), Drawing("street", "code", "name"))
    load_regions(empty, as_file(draw(COMMUNITIES).assign(parent="S"), "c.gpkg"),
                 Drawing("community", "code", "name", "parent"))  # fmt: skip
    with pytest.raises(Refused) as refusal:
        load_grids(empty, overlapping(), as_file)
    assert [f.codes for f in refusal.value.findings if f.check == "coverage.overlap"] == [("A1", "A3")]
    assert "red_grid" not in set(regions_on(empty, today(empty))["level"])


def test_a_repair_shows_what_it_changes_and_applies_only_what_is_accepted(
    empty: Database, as_file: Write
) -> None:
    load_regions(empty, as_file(draw(STREET), "s.gpkg"), Drawing("street", "code", "name"))
    load_regions(empty, as_file(draw(COMMUNITIES).assign(parent="S"), "c.gpkg"),
                 Drawing("community", "code", "name", "parent"))  # fmt: skip
    rules = Rules(repair=True)
    proposed = load_grids(empty, overlapping(), as_file, rules=rules, dry_run=True)
    moved = proposed.changes.set_index("code")["changed_m2"]
    assert not proposed.applied
    assert moved.sum() == pytest.approx(10_000)
    with pytest.raises(Refused, match="not accepted"):
        load_grids(empty, overlapping(), as_file, rules=rules, accept=[])
    done = load_grids(empty, overlapping(), as_file, rules=rules, accept=list(moved.index[moved > 0]))
    assert done.applied
    assert leaves_on(empty, today(empty)).area.sum() == pytest.approx(240_000)


def test_a_child_outside_its_parent_is_refused_with_its_name(toy: Database, as_file: Write) -> None:
    wide = draw("11112.\n11112.\n133...\n.33...", names=GRID_CODES).assign(parent="A")
    with pytest.raises(Refused) as refusal:
        load_grids(toy, wide, as_file, effective=date(2024, 6, 1))
    outside = [f for f in refusal.value.findings if f.check == "coverage.outside_parent"]
    assert {f.codes[0] for f in outside} == {"A1", "A2"}
    assert sum(f.amount or 0 for f in outside) == pytest.approx(40_000)


def test_a_divided_region_cannot_be_redrawn_over_the_heads_of_its_cells(
    toy: Database, as_file: Write
) -> None:
    shifted = draw("AABBBB\nAAABBB\nAAABBB\nAAAB..").assign(parent="S")
    with pytest.raises(Refused, match="not a valid coverage") as refusal:
        load_regions(toy, as_file(shifted, "shifted.gpkg"), Drawing("community", "code", "name", "parent"),
                     effective=date(2024, 6, 1))  # fmt: skip
    assert "region.divided" in {f.check for f in refusal.value.findings}


def test_a_cell_without_a_parent_is_set_aside_with_its_row(toy: Database, as_file: Write) -> None:
    cells = grids(SPLIT)
    cells.loc[cells["code"] == "A4", "parent"] = "nowhere"
    done = load_grids(toy, cells, as_file, effective=date(2024, 6, 1))
    assert done.rows_read == done.rows_kept + done.rows_unchanged + done.rows_set_aside
    assert [f.check for f in done.findings if f.severity == "error"] == ["region.no_parent"]
    rows = ledger.set_aside(toy, done.import_id)
    assert rows["check_name"].tolist() == ["region.no_parent"]
    assert "nowhere" in rows["raw"][0]


def test_parents_are_found_by_place_when_none_is_named(toy: Database, as_file: Write) -> None:
    blocks = draw("...123\n...123\n...123\n...1..").assign(code=["B1", "B2", "B3"])
    load_regions(
        toy, as_file(blocks, "blocks.gpkg"), Drawing("block", "code", "name"), effective=date(2024, 6, 1)
    )
    regions = regions_on(toy, today(toy)).set_index("code")
    assert (regions.loc[["B1", "B2", "B3"], "parent_id"] == regions.at["B", "region_id"]).all()


def test_a_neighbour_is_told_of_a_corner_on_the_border(toy: Database, as_file: Write) -> None:
    odd = gpd.GeoDataFrame({"code": ["B1", "B2"], "name": ["b1", "b2"]}, crs="EPSG:4547", geometry=[
        shapely.Polygon([(506300, 2513000), (506400, 2513000), (506400, 2513100), (506600, 2513100),
                         (506600, 2513166.667), (506300, 2513233.3334)]),
        shapely.Polygon([(506300, 2513233.3334), (506600, 2513166.667), (506600, 2513400),
                         (506300, 2513400)]),
    ])  # fmt: skip
    done = load_regions(
        toy, as_file(odd, "odd.gpkg"), Drawing("block", "code", "name"), effective=date(2024, 6, 1)
    )
    assert done.changes.loc[done.changes["change"] == "noded", "code"].tolist() == ["A2"]
    assert [f for f in check(toy) if f.severity == "error"] == []


def test_an_unknown_level_or_column_is_said(toy: Database, as_file: Write) -> None:
    with pytest.raises(UsageError, match="The levels are"):
        load_regions(toy, as_file(draw(STREET)), Drawing("strasse", "code", "name"))
    with pytest.raises(UsageError, match="no column 'kode'"):
        load_regions(toy, as_file(draw(STREET)), Drawing("street", "kode", "name"))
