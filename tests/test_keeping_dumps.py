"""Dumps: everything out into open formats and back is the identity, table by table."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner

from gridmap.cli import main
from gridmap.errors import Refused, StoreError, UnreadableInput
from gridmap.keeping import dumps
from gridmap.keeping.formats import FORMATS
from gridmap.store import FILE_NAME, Database, Sums, open_store, opened_copy
from tests.lived_in import ODD
from tests.toy import rows

NEEDED = (
    "region_version", "changeset", "lineage", "draft_step", "petition_past", "import_set_aside",
    "import_finding", "place", "visit",
)  # fmt: skip


@pytest.fixture(params=list(FORMATS))
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def differing(one: Sums, other: Sums) -> list[str]:
    return [name for name in {*one, *other} if one.get(name) != other.get(name)]


def test_out_and_back_is_the_identity(used: Database, tmp_path: Path, form: str) -> None:
    before = used.sums()
    assert [name for name in NEEDED if not before[name][0]] == [], "too little would be tried"
    dumps.dump(used, tmp_path / "dump", form=form)
    dumps.load_dump(tmp_path / "dump", tmp_path / "again")
    again = open_store(tmp_path / "again")
    assert differing(before, again.sums()) == []
    assert rows(again, "select subcategory from petition where petition_no = 'P9'").iloc[0, 0] == ODD
    again.close()


def test_other_programs_open_what_was_written(used: Database, tmp_path: Path) -> None:
    for form in FORMATS:
        dumps.dump(used, tmp_path / form, form=form)
    parquet = gpd.read_parquet(tmp_path / "parquet" / "region_version.parquet")
    package = gpd.read_file(tmp_path / "gpkg" / "tables.gpkg", layer="region_version")
    text = pd.read_csv(tmp_path / "csv" / "region_version.csv")
    assert len(parquet) == len(package) == len(text)
    assert parquet.crs == package.crs == "EPSG:4547"
    assert parquet.area.sum() == pytest.approx(package.area.sum())
    assert parquet.area.sum() == pytest.approx(gpd.GeoSeries.from_wkt(text["geom"]).area.sum())


def test_a_dump_that_was_touched_is_refused(used: Database, tmp_path: Path) -> None:
    dumps.dump(used, tmp_path / "dump", form="csv")
    with (tmp_path / "dump" / "petition.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(UnreadableInput, match=r"petition\.csv"):
        dumps.load_dump(tmp_path / "dump", tmp_path / "again")
    assert not (tmp_path / "again" / FILE_NAME).exists()


def _with(folder: Path, **said: object) -> None:
    about = json.loads((folder / dumps.ABOUT).read_text())
    (folder / dumps.ABOUT).write_text(json.dumps({**about, **said}))


def test_a_dump_of_another_version_is_refused_in_words(used: Database, tmp_path: Path) -> None:
    done = dumps.dump(used, tmp_path / "dump", form="csv")
    _with(tmp_path / "dump", schema={**done.schema, "schema/9999_from_the_future": "0"})
    with pytest.raises(StoreError, match="another version of gridmap"):
        dumps.load_dump(tmp_path / "dump", tmp_path / "again")


def test_tables_that_do_not_add_up_take_no_store_s_place(used: Database, tmp_path: Path) -> None:
    done = dumps.dump(used, tmp_path / "dump", form="parquet")
    tables = {name: dict(vars(about)) for name, about in done.tables.items()}
    tables["petition"]["content"] = "1"
    _with(tmp_path / "dump", tables=tables)
    with pytest.raises(UnreadableInput, match="do not add up, such as petition"):
        dumps.load_dump(tmp_path / "dump", tmp_path / "again")
    assert not (tmp_path / "again" / FILE_NAME).exists()


def test_a_folder_that_is_no_dump_or_not_empty_is_refused(used: Database, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no complete dump"):
        dumps.load_dump(tmp_path, tmp_path / "again")
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(Refused, match="not empty"):
        dumps.dump(used, tmp_path, form="csv")


def test_the_commands_say_what_they_did(toy: Database, tmp_path: Path) -> None:
    sums = toy.sums()
    toy.close()
    run = CliRunner()
    out = run.invoke(main, ["dump", str(tmp_path / "d"), "--store", str(toy.folder)])
    assert (out.exit_code, "as parquet" in out.stdout) == (0, True), out.output
    back = run.invoke(main, ["load", "dump", str(tmp_path / "d"), "--store", str(tmp_path / "s")])
    assert (back.exit_code, "each with the sum it had" in back.stdout) == (0, True), back.output
    with opened_copy(tmp_path / "s" / FILE_NAME) as store:
        logged = {"audit_entry", "store_setting"}  # the commands say so there, and name the log
        assert {name for name, found in store.sums().items() if found != sums[name]} <= logged
