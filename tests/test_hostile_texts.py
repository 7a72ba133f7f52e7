"""Hostile texts from the file to the page, the paper and the spreadsheet: each stays a text everywhere."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from gridmap import exporting, server
from gridmap.levels import TOTAL
from gridmap.measures import stats
from gridmap.registers import PETITIONS
from gridmap.reports.board import board
from gridmap.reports.monthly import monthly_report
from gridmap.reports.writing import document_file
from gridmap.sources import load_mapping
from gridmap.sources.values import trimmed
from gridmap.store import Database, shared_store
from gridmap.torture.inputs import phrases
from gridmap.ui import exports
from tests import hostile_city
from tests.hostile_city import FIELDS
from tests.screens_city import CODES

APP = Path(__file__).parent.parent / "app.py"
RUN_AS_FORMULA = re.compile(r"[\t\r\n]|[\s\ufeff]*[=+\-@|%＝＋－＠].")
NO_MARKUP = [text for text in phrases.MARKUP if "<" in text and "&lt;" not in text]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    store = hostile_city.build(tmp_path_factory.mktemp("hostile"))
    yield store
    shared_store(store).close()
    shared_store.cache_clear()


@pytest.fixture(autouse=True)
def _shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_STORE", str(folder))


@pytest.fixture
def db(folder: Path) -> Database:
    return shared_store(folder)


@pytest.fixture
def kept(db: Database) -> pd.DataFrame:
    """Give the petitions of the hostile texts as the store has them."""
    with db.rows_of("petition", rows=10_000) as reader:
        found = reader.read_all().to_pandas()
    return found[found["petition_no"].str.startswith("N")].set_index("petition_no")


def test_every_text_is_in_the_store_as_it_was_in_the_file(kept: pd.DataFrame) -> None:
    given = hostile_city.texts()
    wanted = trimmed(pa.array(given, pa.string()), load_mapping("plain", PETITIONS).null).to_pylist()
    assert len(given) > 200
    for field in FIELDS:
        found = [kept[field].get(f"N{number}") for number in range(len(given))]
        assert [None if pd.isna(text) else text for text in found] == wanted, field


def test_a_category_is_a_value_and_never_a_piece_of_a_statement(db: Database, kept: pd.DataFrame) -> None:
    everything = stats(db, ["petition.received"], level=TOTAL)["petition.received"].iloc[0]
    counts = kept["category"].value_counts()
    for text in [*phrases.STATEMENTS, *phrases.FORMULAS]:
        category = trimmed(pa.array([text], pa.string()))[0].as_py()
        found = stats(db, ["petition.received"], level=TOTAL, categories=[category])["petition.received"]
        assert 1 <= found.iloc[0] < everything / 2, text
        assert found.iloc[0] >= counts[category]


def test_a_spreadsheet_runs_nothing_of_what_is_exported(tmp_path: Path) -> None:
    given = [text for text in hostile_city.texts() if "\r" not in text]
    frame = pd.DataFrame({"=1+1": given, "plain": range(len(given)), "＝2": given})
    exporting.write_table(frame, tmp_path / "a.csv")
    for content in (exports.csv(frame), (tmp_path / "a.csv").read_bytes()):
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len(rows) == len(given) + 1
        assert [cell for row in rows for cell in row if RUN_AS_FORMULA.match(cell)] == []
    sheet = openpyxl.load_workbook(io.BytesIO(exports.excel(frame))).active
    assert [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


@pytest.mark.parametrize("name", ["", "cells", "health", "mine", "wall"])
def test_no_page_holds_markup_of_a_file(name: str) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["period"] = "all"
    app.run()
    if name:
        app.switch_page(f"gridmap/pages/{name}.py").run()
    assert not app.exception, app.exception[0].value
    raw = [str(element.proto.body) for element in app.get("html")]
    raw += [str(element.proto.body) for element in app.get("markdown") if element.proto.allow_html]
    assert raw or name == "wall"
    assert [text for text in NO_MARKUP if any(text in piece for piece in raw)] == []


def test_interfaces_tell_hostile_names_as_they_are(folder: Path) -> None:
    client = TestClient(Starlette(routes=server.routes()))
    names = {
        row["properties"]["name"] for row in client.get("/api/regions/red_grid.geojson").json()["features"]
    }
    assert any("<" in name for name in names)
    for path in ("/api/hot?level=street", "/api/quality", "/api/duty", "/api/stats?level=red_grid"):
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/json")


def test_paper_prints_hostile_names(db: Database) -> None:
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        report = monthly_report(db, date(2024, 6, 1), lang="zh", at=CODES["A"])
        assert document_file(report, form).startswith(begins)
    assert board(db, CODES["P"], paper="a3", lang="zh").startswith(b"%PDF")
