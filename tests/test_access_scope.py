"""A narrowed store shows what is in its scope and nothing else, whatever statement is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from gridmap.access import OWNER, Scope, narrowed
from gridmap.access.narrowing import SHOWN_WHOLE, own_views
from gridmap.errors import Denied
from gridmap.measures import measures, stats
from gridmap.registers import REGISTERS
from gridmap.store import Database, shared_store
from tests.screens_city import CODES, NOW

A, B = CODES["A"], CODES["B"]
TODAY = NOW.date()
#: A moment at which both communities had open petitions.
THEN = datetime(2023, 2, 1, 12)


@pytest.fixture
def db(city: Path) -> Database:
    return shared_store(city)


def region(db: Database, code: str) -> int:
    cells = db.query("versions/regions_on", on_day=TODAY)
    return int(cells[cells["code"] == code]["region_id"].iloc[0])


def scope_of(db: Database, *codes: str, role: str = "data_officer") -> Scope:
    return Scope("zhang", role, tuple(region(db, code) for code in codes))


@pytest.fixture
def part(db: Database) -> Database:
    return narrowed(db, scope_of(db, A))


def test_the_map_of_a_part_is_the_part(part: Database) -> None:
    codes = set(part.query("versions/regions_on", on_day=TODAY)["code"])
    assert A in codes
    assert {code for code in codes if not code.startswith(A)} == set()


def test_figures_of_the_own_cells_are_those_of_the_whole_store(db: Database, part: Database) -> None:
    keys = [measure.key for measure in measures() if not measure.split and measure.key.startswith("petition")]
    whole = stats(db, keys, level="red_grid").set_index("code")
    own = stats(part, keys, level="red_grid").set_index("code")
    assert len(own) == 5
    assert own.drop(columns=["region_id", "parent_id"]).equals(
        whole.loc[own.index].drop(columns=["region_id", "parent_id"])
    )


def test_two_parts_side_by_side_are_the_part_of_both(db: Database) -> None:
    both = ids_of(narrowed(db, scope_of(db, A, B)))
    assert both == ids_of(narrowed(db, scope_of(db, A))) | ids_of(narrowed(db, scope_of(db, B)))
    assert both != set()
    assert ids_of(narrowed(db, scope_of(db, A))) & ids_of(narrowed(db, scope_of(db, B))) == set()


def ids_of(db: Database) -> set[str]:
    cells = db.query("versions/regions_on", on_day=TODAY)
    return {
        number
        for cell in cells[cells["level"] == "community"]["region_id"]
        for number in db.query("screens/open_petitions", region_id=int(cell), level="community", now=THEN,
                               categories=[])["petition_no"]
    }  # fmt: skip


def test_another_s_cell_has_no_petitions_buildings_or_people(db: Database, part: Database) -> None:
    other = region(db, B)
    asked = {"region_id": other, "level": "community", "now": THEN}
    assert len(db.query("screens/open_petitions", **asked, categories=[])) > 0
    assert part.query("screens/open_petitions", **asked, categories=[]).empty
    assert part.query("screens/inspections_due", **asked, within_days=9999).empty
    assert part.query("screens/in_charge", codes=[B], on_day=TODAY).empty
    assert part.query("screens/in_charge", codes=[CODES["1"]], on_day=TODAY).empty is False
    assert part.query("screens/search", words="乙社区", people=[], on_day=TODAY, most=9).empty


def test_every_table_of_the_store_has_a_say_in_who_sees_it(db: Database) -> None:
    described = {register.table for register in REGISTERS if register.described}
    hidden = {
        "account", "account_right", "audit_entry", "changeset", "draft", "draft_step", "import",
        "import_finding",
        "import_set_aside", "lineage", "migration", "own_record", "own_region", "saved_view",
        # only what was believed earlier, which needs rights over the whole store, looks at these
        "inspection_past", "petition_event_past", "population_past", "rating_scheme_past",
        "rental_building_past", "rental_rating_past", "responsibility_past",
    }  # fmt: skip
    said = SHOWN_WHOLE | set(own_views()) | described | hidden
    assert set(db.tables()) - said == set(), "give the table a view in queries/scope, or name it here"


def test_a_table_without_a_view_is_empty_in_a_part(part: Database) -> None:
    assert part.query("screens/imports").empty


def test_nobody_s_part_is_nothing(db: Database) -> None:
    nothing = narrowed(db, Scope("zhang", "grid_manager", ()))
    assert nothing.query("versions/regions_on", on_day=TODAY).empty
    assert ids_of(nothing) == set()


def test_a_role_runs_only_the_statements_it_may(db: Database) -> None:
    leader = narrowed(db, Scope("li", "leader", None))
    assert len(leader.query("versions/regions_on", on_day=TODAY)) > 0
    with pytest.raises(Denied, match="open_petitions"):
        leader.query("screens/open_petitions", region_id=0, level="total", now=THEN, categories=[])


def test_a_part_cannot_be_left_through_what_was_believed_earlier(part: Database) -> None:
    with pytest.raises(Denied), part.aside():
        pass


def test_writing_needs_the_right_too(db: Database) -> None:
    viewer = narrowed(db, Scope("li", "viewer", None))
    with pytest.raises(Denied), viewer.transaction() as tx:
        tx.run("load/set_setting", key="title", value="mine")


def test_the_owner_of_the_machine_sees_everything(db: Database) -> None:
    assert len(narrowed(db, OWNER).query("screens/imports")) > 0


def test_parts_are_kept_until_the_store_changes(db: Database) -> None:
    scope = scope_of(db, A)
    assert narrowed(db, scope) is narrowed(db, scope)
    assert narrowed(db, scope) is not narrowed(db, scope_of(db, B))


@pytest.fixture(autouse=True)
def _let_go(city: Path) -> Iterator[None]:
    from gridmap.access import narrowing

    yield
    narrowing.forget(shared_store(city).folder)


def test_yesterday_s_and_tomorrow_s_rights_are_no_rights(db: Database) -> None:
    from gridmap.access import accounts

    accounts.add(db, "wang", password=None, by="test")
    accounts.grant(db, "wang", "grid_manager", region=A, since=date(2020, 1, 1), until=TODAY, by="test")
    accounts.grant(db, "wang", "viewer", region=None, since=date(2099, 1, 1), by="test")
    assert accounts.scopes_of(db, "wang") == ()
    accounts.grant(db, "wang", "grid_manager", region=A, by="test")
    (scope,) = accounts.scopes_of(db, "wang")
    assert (scope.role, scope.regions) == ("grid_manager", (region(db, A),))
    accounts.disable(db, "wang")
    assert accounts.scopes_of(db, "wang") == ()
