"""Hostile texts in every field of every register, and wherever else people type: each stays what it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gridmap import masking, server
from gridmap.access import OWNER, accounts, acting, audit
from gridmap.access.personal import reveal
from gridmap.editing import drafts
from gridmap.editing.session import Drafting
from gridmap.errors import UsageError
from gridmap.loading.founding import found
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.registers import REGISTERS, Field, Register
from gridmap.settings import from_environment
from gridmap.sources import load_mapping
from gridmap.sources.values import trimmed
from gridmap.store import Database, open_store, shared_store
from gridmap.ui import data, saved
from tests import hostile_city
from tests.toy import CRS, STREET, at, draw

TYPED = {"integer": 1, "number": 1.5, "boolean": True, "date": date(2024, 6, 20),
         "timestamp": pd.Timestamp("2024-06-20 08:00")}  # fmt: skip
#: What a name may not hold, because it stands in file names and addresses.
ACCOUNT = re.compile(r"[\w.@-]{2,64}")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return hostile_city.texts()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> Iterator[Path]:
    """Build a store of one street in cells called by the hostile texts, and load every register with them."""
    folder = tmp_path_factory.mktemp("fields")
    found(folder / "store", crs=CRS, more={"as_of": "2024-07-01T00:00:00"})
    store, settings = open_store(folder / "store"), replace(from_environment(), hash_key="of the tests")
    try:
        _load_cells(store, folder, texts)
        for register in REGISTERS:
            file = folder / f"{register.name}.parquet"
            _rows(register, texts).to_parquet(file)
            load_records(store, file, register, crs=CRS, silent=True, settings=settings)
    finally:
        store.close()
    yield folder / "store"
    shared_store(folder / "store").close()
    shared_store.cache_clear()


@pytest.fixture(autouse=True)
def _shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_STORE", str(folder))


@pytest.fixture
def db(folder: Path) -> Database:
    return shared_store(folder)


def _load_cells(store: Database, folder: Path, texts: list[str]) -> None:
    """Load a street, and in it a strip for each text, which is the name of the strip."""
    street = draw(STREET)
    west, south, east, north = street.total_bounds
    wide = (east - west) / len(texts)
    strips = [shapely.box(west + n * wide, south, west + (n + 1) * wide, north) for n in range(len(texts))]
    codes = [f"S{n:04}" for n in range(len(texts))]
    cells = gpd.GeoDataFrame({"code": codes, "name": texts, "parent": "S"}, geometry=strips, crs=CRS)
    for level, drawn, above in (("street", street, None), ("community", cells, "parent")):
        drawn.to_parquet(folder / f"{level}.parquet")
        load_regions(store, folder / f"{level}.parquet", Drawing(level, "code", "name", above))


def _rows(register: Register, texts: list[str]) -> pd.DataFrame:
    """Return one row for each text, which stands in every field that takes a text."""
    x, y = at(2.5, 2.5)
    rows = [{field.name: _value(register, field, text, number) for field in register.fields}
            for number, text in enumerate(texts)]  # fmt: skip
    return pd.DataFrame(rows).assign(**({"x": x, "y": y} if register.placed else {}))


def _value(register: Register, field: Field, text: str, number: int) -> object:
    if field.values:
        return field.values[0]
    if field.type != "text":
        return TYPED[field.type]
    return f"{text} {number}" if field.name in register.key else text


def _told(register: Register, texts: list[str], field: Field) -> list[str | None]:
    """Return what the store should hold of a field."""
    given = [str(_value(register, field, text, number)) for number, text in enumerate(texts)]
    held = trimmed(pa.array(given, pa.string()), load_mapping("plain", register).null).to_pylist()
    return [masking.scrubbed(text) if text and field.personal == "remark" else text for text in held]


def _typed_fields(register: Register) -> list[Field]:
    return [field for field in register.fields
            if field.type == "text" and not (field.values or field.secret or field.is_sealed)]  # fmt: skip


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_every_field_of_a_register_keeps_every_text(
    db: Database, texts: list[str], register: Register
) -> None:
    with db.rows_of(register.table, rows=10_000) as reader:
        kept = reader.read_all().to_pandas()
    aside = db.query("screens/set_aside", import_id=None)
    aside = aside[aside["register"] == register.name].drop_duplicates("row_no")
    assert len(kept) + len(aside) == len(texts)
    assert len(kept) > 400
    key = next(field for field in _typed_fields(register) if field.name in register.key)
    wanted = pd.DataFrame({field.name: _told(register, texts, field) for field in _typed_fields(register)})
    both = kept.merge(wanted, on=key.name, suffixes=("", "_wanted"), how="left", indicator=True)
    assert (both["_merge"] == "both").all()
    for field in _typed_fields(register):
        if field is not key:
            assert both[field.name].fillna("").tolist() == both[f"{field.name}_wanted"].fillna("").tolist()


def test_whatever_is_kept_under_a_name_or_a_word_comes_back_as_it_was(db: Database, texts: list[str]) -> None:
    """Saved views, drafts and their titles, the log with its reasons."""
    some = texts[::6]
    with acting(OWNER), data.working_on(db):
        for text in some:
            saved.keep(text, "/mine", f"x={text}")
        saved.forget(some[7])
        views = saved.views()
    assert sorted(views["name"]) == sorted({*some} - {some[7]})
    assert (views["address"] == "x=" + views["name"]).all()
    for number, text in enumerate(some[::3]):
        Drafting.begin(db, f"d{number} {text}", title=text, author=text)
        found = drafts.draft_named(db, f"d{number} {text}")
        assert (found.title, found.author) == (text, text)
    for text in some:
        audit.note(db, OWNER, "export", object_=text, reason=text, detail={text: text})
    assert audit.verify(db) == []
    assert audit.listed(db)["reason"].tolist()[: len(some)] == some[::-1]


def test_an_account_is_called_by_letters_and_titled_as_one_likes(db: Database, texts: list[str]) -> None:
    good = [text for text in texts if ACCOUNT.fullmatch(text)]
    for text in set(texts) - set(good):
        with pytest.raises(UsageError, match="no account name"):
            accounts.add(db, text, password=None, by="owner")
    for text in good:
        accounts.add(db, text, title=f"<b>{text}", password=None, by=text)
        assert accounts.known(db, text).title == f"<b>{text}"


def test_personal_values_are_revealed_as_they_were_written(db: Database, texts: list[str]) -> None:
    petitions = next(register for register in REGISTERS if register.name == "petitions")
    told = dict(zip(texts, trimmed(pa.array(texts, pa.string())).to_pylist(), strict=True))
    for number in range(0, len(texts), 20):
        text = texts[number]
        values = reveal(db, OWNER, _unlogged, petitions, f"{text} {number}".strip(), reason="a test of words")
        assert {value.text for value in values} == {told[text]}


def _unlogged(*_: object, **__: object) -> None:
    """Log nothing."""


def test_cells_are_called_by_every_text(db: Database, texts: list[str]) -> None:
    client = TestClient(Starlette(routes=server.routes()))
    told = client.get("/api/regions/community.geojson").json()["features"]
    assert sorted(row["properties"]["name"] for row in told) == sorted(text.strip() for text in texts)
