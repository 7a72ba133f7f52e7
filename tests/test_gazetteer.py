"""The gazetteer finds regions as people write them, and never guesses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap import sql
from gridmap.gazetteer import SUFFIXES, Gazetteer, plain_name
from gridmap.periods import OPEN_FUTURE, OPEN_PAST

ROWS = [
    (1, "street", "s1", "坪山", None, OPEN_PAST, OPEN_FUTURE),
    (2, "street", "s2", "龙田", None, OPEN_PAST, OPEN_FUTURE),
    (3, "community", "c1", "坪山社区", 1, OPEN_PAST, OPEN_FUTURE),
    (4, "community", "c2", "和平社区", 1, OPEN_PAST, OPEN_FUTURE),
    (5, "community", "c3", "和平社区", 2, OPEN_PAST, OPEN_FUTURE),
    (6, "community", "c4", "新村", 2, date(2024, 1, 1), OPEN_FUTURE),
    (7, "community", "c5", "旧村", 2, OPEN_PAST, date(2024, 1, 1)),
]

#: Of every suffix and whatever may stand between them: all kinds of space are left out of a name.
NAME_PARTS = [*(suffix for suffix, _ in SUFFIXES), *"坪山红格办居 \t\n\x1f\x85\u3000\u2028\u00a0"]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    columns = ["region_id", "level", "code", "name", "parent_id", "valid_from", "valid_to"]
    return Gazetteer.of(pd.DataFrame(ROWS, columns=columns).assign(kind="base"))


def places(
    gazetteer: Gazetteer, code: str | None = None, name: str | None = None, parent: str | None = None
) -> list[tuple[int, str]]:
    return [(entry["region_id"], entry["placed_by"])
            for entry in gazetteer.find(code, name, parent, otherwise="no coordinates")]  # fmt: skip


@pytest.mark.parametrize(("name", "parent", "region"), [
    ("坪山社区", "坪山街道", 3),
    ("坪山社区居民委员会", "坪山", 3),
    ("坪山街道", None, 1),
    ("坪山", None, 3),  # the lowest region of that name
    ("和平社区", "龙田街道", 5),
    ("和平", "坪山街道办事处", 4),
    ("新 村", "龙田", 6),
    ("没有的社区", "龙田街道", 2),  # counts in the parent
])  # fmt: skip
def test_names_with_and_without_suffixes_are_found(
    gazetteer: Gazetteer, name: str, parent: str | None, region: int
) -> None:
    assert places(gazetteer, name=name, parent=parent)[-1] == (region, "region_name")


def test_a_code_goes_before_a_name(gazetteer: Gazetteer) -> None:
    assert places(gazetteer, code="c2", name="坪山社区") == [(4, "region_code")]


def test_a_name_that_two_regions_bear_is_not_guessed(gazetteer: Gazetteer) -> None:
    (entry,) = gazetteer.find(None, "和平社区", None, otherwise="no coordinates")
    assert entry["region_id"] == 0
    assert "fits 2 regions" in entry["reason"]


def test_nothing_named_says_so(gazetteer: Gazetteer) -> None:
    (entry,) = gazetteer.find(None, None, None, otherwise="no coordinates")
    assert entry["reason"] == "no coordinates and no region named"


@pytest.mark.parametrize(("name", "regions"), [("新村", [0, 6]), ("旧村", [7, 0])])
def test_a_region_holds_records_only_while_it_is_in_force(
    gazetteer: Gazetteer, name: str, regions: list[int]
) -> None:
    entries = gazetteer.find(None, name, None, otherwise="")
    assert [entry["region_id"] for entry in entries] == regions
    assert entries[0]["valid_from"] == OPEN_PAST
    assert entries[0]["valid_to"] == entries[1]["valid_from"] == date(2024, 1, 1)
    assert entries[1]["valid_to"] == OPEN_FUTURE


def test_a_parent_is_looked_for_above_a_level_only(gazetteer: Gazetteer) -> None:
    assert gazetteer.one("坪山", above="community") == 1
    assert gazetteer.one("坪山", above="block") == 3
    assert gazetteer.one("c3", above="community") is None


@given(st.lists(st.sampled_from(NAME_PARTS), max_size=5))
def test_a_statement_takes_the_same_suffix_off_a_name(
    statements: duckdb.DuckDBPyConnection, parts: list[str]
) -> None:
    name = "".join(parts)
    assert statements.execute("select plain_region_name(?)", [name]).fetchone() == (plain_name(name)[0],)


@pytest.fixture(scope="module")
def statements() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that knows the macro."""
    connection = duckdb.connect()
    connection.execute(sql.load("macros/00f_plain_region_name").text)
    yield connection
    connection.close()
