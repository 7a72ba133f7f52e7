"""The command line: JSON on stdout, words on stderr, and the exit codes that scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import gridmap
from gridmap.cli import main
from gridmap.store import Database
from tests.records import petition, scattered
from tests.toy import CRS, draw

Run = Callable[..., Result]


@pytest.fixture
def run(toy: Database) -> Run:
    """Run a command on the toy store."""
    toy.close()

    def command(*words: object) -> Result:
        return CliRunner().invoke(main, [*map(str, words)], env={"GRIDMAP_STORE": str(toy.folder)})

    return command


def table(folder: Path, rows: list[dict[str, object]], name: str = "points.csv") -> Path:
    path = folder / name
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_stats_as_json_has_the_columns_of_the_contract(run: Run, tmp_path: Path) -> None:
    loaded = run("load", "petitions", table(tmp_path, [petition(1, (0.5, 3.5))]), "--crs", CRS)
    assert loaded.exit_code == 0
    done = run("stats", "petition.received", "petition.close_rate", "--level", "red_grid", "--format", "json")
    rows = json.loads(done.stdout)
    figures = [f"petition.{key}{part}" for key in ("received", "close_rate") for part in ("", ".n", ".of")]
    assert list(rows[0]) == ["code", "name", *figures]
    assert {row["code"]: row["petition.received"] for row in rows}["A1"] == 1
    assert rows[0]["petition.close_rate"] is None


@pytest.mark.parametrize(("words", "code", "said"), [
    (["check"], 0, ""),
    (["measures"], 0, ""),
    (["stats", "petition.recieved", "--level", "street"], 2, "Did you mean"),
    (["stats", "petition.received", "--level", "house"], 2, "The levels are"),
    (["stats", "petition.received", "--level", "street", "--boundaries", "soon"], 2, "then, now or a day"),
    (["load", "petitions", "absent.csv"], 2, "absent.csv"),
    (["load", "regions", "absent.gpkg", "--level", "street", "--code", "c", "--name", "n"], 2,
     "absent.gpkg"),
    (["place", "absent.csv", "--x", "x", "--y", "y", "--level", "street", "-o", "o.csv"], 2,
     "half a kilometre"),
    (["regions", "--level", "block", "-o", "blocks.geojson"], 2, "no regions of level 'block'"),
    (["init"], 3, "already"),
    (["frobnicate"], 2, "No such command"),
])  # fmt: skip
def test_exit_codes_and_words(run: Run, words: list[str], code: int, said: str) -> None:
    done = run(*words)
    assert done.exit_code == code, done.output
    assert said in done.stderr


def test_a_refused_drawing_exits_with_three_and_lists_the_faults(run: Run, tmp_path: Path) -> None:
    draw("11112.\n11112.\n133...\n.33...").assign(parent="A").to_file(tmp_path / "wide.gpkg")
    done = run("load", "regions", tmp_path / "wide.gpkg", "--level", "red_grid",
               "--code", "code", "--name", "name", "--parent", "parent")  # fmt: skip
    assert done.exit_code == 3
    assert "coverage.outside_parent" in done.stderr


def test_rows_set_aside_exit_with_one_when_they_are_errors(run: Run, tmp_path: Path) -> None:
    path = table(tmp_path, [petition(1, (0.5, 3.5)), petition(2, (0.5, 3.5), received_at="never")])
    done = run("load", "petitions", path, "--crs", CRS, "--format", "json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert (report["rows_kept"], report["rows_set_aside"]) == (1, 1)
    aside = run("set-aside", "-o", tmp_path / "aside.csv")
    assert aside.exit_code == 0
    assert pd.read_csv(tmp_path / "aside.csv", encoding="utf-8-sig")["petition_no"].tolist() == ["P2"]


def test_check_as_json_has_the_columns_of_the_contract(run: Run) -> None:
    found = json.loads(run("check", "--format", "json").stdout)
    assert {"check", "severity", "level", "codes", "amount", "unit", "message"} <= set(found[0])
    assert {row["check"] for row in found} == {"land.unassigned"}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_place_gives_every_row_once_in_order(run: Run, tmp_path: Path, ending: str) -> None:
    points = pd.DataFrame(scattered(500, seed=4)).assign(code=lambda frame: "00" + frame["petition_no"])
    points.loc[7, "x"] = np.nan
    source, target = tmp_path / f"in.{ending}", tmp_path / f"out.{ending}"
    points.to_csv(source, index=False) if ending == "csv" else points.to_parquet(source)
    done = run("place", source, "--x", "x", "--y", "y", "--level", "community", "--crs", CRS, "-o", target)
    assert done.exit_code == 0, done.output
    out = pd.read_csv(target, dtype={"code": str}) if ending == "csv" else pq.read_table(target).to_pandas()
    assert out["petition_no"].tolist() == points["petition_no"].tolist()
    assert out["code"].str.startswith("00").all()
    assert list(out.columns[-4:]) == ["region_code", "region_name", "placed_by", "on_border"]
    assert out["region_code"].fillna("").isin(["", "A", "B", "S-U01"]).all()
    assert out["region_code"].fillna("")[7] == ""
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "parquet", "fgb", "shp.zip"])
def test_regions_come_out_in_every_format_and_are_the_same_land(
    run: Run, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"communities.{ending}"
    assert run("regions", "--level", "community", "-o", target).exit_code == 0
    read = gpd.read_parquet(target) if ending == "parquet" else gpd.read_file(target)
    assert sorted(read["code"]) == ["A", "B", "S-U01"]
    assert read.to_crs(CRS).area.sum() == pytest.approx(240_000, rel=1e-6)


def test_exported_geojson_gives_the_lattice_back_exactly(run: Run, toy: Database, tmp_path: Path) -> None:
    run("regions", "--level", "red_grid", "-o", tmp_path / "grids.geojson")
    again = run("load", "regions", tmp_path / "grids.geojson", "--level", "red_grid",
                "--code", "code", "--name", "name", "--parent", "parent", "--kind", "kind",
                "--effective", "2024-06-01")  # fmt: skip
    assert again.exit_code == 0, again.output
    assert "nothing changed" in again.stdout


def test_the_store_object_has_the_same_verbs(toy: Database, tmp_path: Path) -> None:
    toy.close()
    store = gridmap.open(toy.folder)
    store.load("petitions", table(tmp_path, [petition(1, (0.5, 3.5))]), crs=CRS)
    assert store.measure("petition.received", level="street")["petition.received"].tolist() == [1]
    assert sorted(store.regions(level="community")["code"]) == ["A", "B", "S-U01"]
    points = pd.DataFrame([petition(1, (0.5, 3.5)), petition(2, (99, 99))])
    assert store.place(points, x="x", y="y", level="red_grid", crs=CRS)["region_code"].tolist() == ["A1", ""]
    assert {finding.check for finding in store.check()} == {"land.unassigned"}
    store.close()
