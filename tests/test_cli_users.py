"""Accounts on the command line, and the command line with the rights of an account."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridmap import server
from gridmap.access import accounts
from gridmap.cli import main
from gridmap.store import open_store
from tests import screens_city
from tests.screens_city import CODES

A = CODES["A"]
PASSWORD = "four plain words here"


@pytest.fixture(scope="module")
def store(another_city: Callable[[], Path]) -> Path:
    """Give a store of its own: a command line opens it for the length of a command."""
    folder = another_city()
    database = open_store(folder)
    for name, role, region in (
        ("li", "leader", None),
        ("zhang", "grid_manager", A),
        ("data", "data_officer", None),
        ("admin", "administrator", None),
    ):
        accounts.add(database, name, password=None, role=role, region=region, by="test")
    database.close()
    return folder


def run(store: Path, *words: str, account: str = "", given: str = "") -> Result:
    env = {"GRIDMAP_ACCOUNT": account, "GRIDMAP_STORE": str(store)}
    return CliRunner().invoke(main, list(words), env=env, input=given)


def test_an_account_is_made_with_a_password_from_the_input_and_listed_without_it(store: Path) -> None:
    made = run(store, "users", "add", "wang", "--role", "viewer", given=f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    listed = run(store, "users", "list", "--format", "json").output
    assert '"wang"' in listed
    assert "argon2" not in listed
    assert PASSWORD not in listed


def test_no_account_is_made_for_a_region_that_is_not_there(store: Path) -> None:
    for region, code in (("440309999", 2), (A, 0)):
        made = run(
            store, "users", "add", "sun", "--role", "viewer", "--region", region, given=f"{PASSWORD}\n"
        )
        assert made.exit_code == code, made.output


@pytest.mark.parametrize("given", ["short", "", "1111111111111", "gridmap-password"])
def test_an_easy_password_is_refused(store: Path, given: str) -> None:
    made = run(store, "users", "add", "easy", given=f"{given}\n")
    assert made.exit_code == 2
    assert "password" in made.output


def test_a_role_can_be_given_and_taken_away(store: Path) -> None:
    narrow = run(store, "users", "grant", "li", "planner", "--region", A)
    assert narrow.exit_code == 0
    assert "cannot plan, publish" in narrow.stderr
    assert run(store, "users", "revoke", "li", "planner").exit_code == 0
    assert run(store, "users", "revoke", "li", "planner").exit_code == 2
    assert run(store, "users", "grant", "li", "planner", "--region", "nowhere").exit_code == 2
    assert run(store, "users", "grant", "nobody", "planner").exit_code == 2


def test_an_account_out_of_use_has_no_rights_on_the_command_line(store: Path) -> None:
    assert run(store, "users", "add", "gone", "--role", "leader", "--no-password").exit_code == 0
    assert run(store, "stats", "petition.received", "--level", "street", account="gone").exit_code == 0
    assert run(store, "users", "disable", "gone").exit_code == 0
    refused = run(store, "stats", "petition.received", "--level", "street", account="gone")
    assert (refused.exit_code, "no rights" in refused.output) == (3, True)


def test_a_manager_s_command_line_knows_the_own_cells_alone(store: Path) -> None:
    mine = run(
        store, "stats", "petition.received", "--level", "community", "--format", "csv", account="zhang"
    )
    assert mine.exit_code == 0, mine.output
    assert "甲社区" in mine.output
    assert "乙社区" not in mine.output
    unplaced = run(store, "unplaced", "--format", "json", account="zhang")
    assert "Z1" in run(store, "unplaced", "--format", "json").output
    assert "Z1" not in unplaced.output


@pytest.mark.parametrize("words", [
    ("imports",), ("set-aside",), ("users", "list"), ("check",), ("drafts",), ("rules",),
    ("load", "petitions", "none.csv"),
])  # fmt: skip
def test_a_leader_s_command_line_refuses_what_a_leader_may_not(store: Path, words: tuple[str, ...]) -> None:
    refused = run(store, *words, account="li")
    assert (refused.exit_code, "no right" in refused.output) == (3, True), refused.output


def test_a_data_officer_loads_files_with_the_rights_of_the_role(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    screens_city.petitions().head(3).assign(petition_no=["M1", "M2", "M3"]).to_csv(file, index=False)
    done = run(store, "load", "petitions", str(file), "--crs", "EPSG:4547", account="data")
    assert done.exit_code == 0, done.output
    assert run(store, "imports", account="data").exit_code == 0


def test_an_old_report_of_the_whole_store_needs_rights_over_all_of_it(store: Path) -> None:
    words = ("stats", "petition.received", "--level", "street", "--believed", "2099-01-01")
    assert run(store, *words, account="li").exit_code == 0
    assert run(store, *words, account="zhang").exit_code == 3


def test_a_store_without_accounts_is_open_to_its_own_machine_until_it_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[bool] = []

    def serve(folder: Path, port: int, *, open_to_all: bool) -> None:
        served.append(open_to_all)
        monkeypatch.setenv("GRIDMAP_SIGN_IN", "open" if open_to_all else "accounts")

    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")
    assert run(tmp_path / "new", "init").exit_code == 0
    nowhere = run(tmp_path / "new" / "gridmap.duckdb" / "store", "init")
    assert (nowhere.exit_code, "cannot be made" in nowhere.output) == (2, True), nowhere.output
    assert "no accounts" in run(tmp_path / "new", "serve").output
    assert run(tmp_path / "new", "users", "add", "first", "--no-password").exit_code == 0
    assert os.environ["GRIDMAP_SIGN_IN"] == "accounts"
    assert "no accounts" not in run(tmp_path / "new", "serve").output
    assert served == [True, False]


DAYS = ("--since", "2024-06-01", "--until", "2024-07-01", "--category", "交通运输", "--format", "json")
COMPARE = ("compare", "petition.received", "--level", "red_grid", "--against", "previous", *DAYS)
WITHIN = ("stats", "petition.received", "--level", "every", "--boundaries", "both", *DAYS, "--within")


@pytest.mark.parametrize("words", [COMPARE, (*WITHIN, CODES["S"])], ids=["compare", "within"])
def test_small_cells_are_kept_from_a_leader_in_every_figure(store: Path, words: tuple[str, ...]) -> None:
    def small(account: str) -> list[float]:
        done = run(store, *words, account=account)
        assert done.exit_code == 0, done.output
        columns = ("petition.received", "petition.received.n", "petition.received.before")
        return [
            row[name] for row in json.loads(done.stdout) for name in columns if 0 < (row.get(name) or 0) < 5
        ]

    assert small("data")
    assert small("li") == []


def test_who_sees_no_small_cells_sees_no_moves_and_no_counts_in_holes(store: Path) -> None:
    assert run(store, "reconcile", "--level", "red_grid", account="data").exit_code == 0
    refused = run(store, "reconcile", "--level", "red_grid", account="admin")
    assert refused.exit_code == 3
    assert "small cells" in refused.output
    assert run(store, "users", "list", account="admim").exit_code == 3
    rows = json.loads(run(store, "audit", "list", "--action", "refused", "--format", "json").stdout)
    assert {(row["account"], row["role"], row["object"]) for row in rows} >= {
        ("admin", "administrator", "command.reconcile"), ("", "", "command.users list"),
    }  # fmt: skip
    for account, counted in (("data", True), ("admin", False)):
        holes = json.loads(run(store, "duty", "--format", "json", account=account).stdout)
        assert any(hole["people"] is not None for hole in holes) == counted


def test_an_account_of_a_part_of_the_map_asks_for_all_figures_within_it(store: Path) -> None:
    own, everybody_s = (run(store, *WITHIN, A, account=account) for account in ("zhang", "data"))
    assert own.exit_code == 0, own.output
    assert json.loads(own.stdout)[:-1] == json.loads(everybody_s.stdout)[:-1]


def test_a_process_that_only_looks_is_not_open_until_somebody_has_an_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")
    assert run(tmp_path / "new", "init").exit_code == 0
    assert run(tmp_path / "new", "snapshot").exit_code == 0
    refused = run(tmp_path / "new", "serve", "--snapshot")
    assert (refused.exit_code, "--open-to-all" in refused.output) == (2, True), refused.output


def test_without_an_account_nothing_is_served_to_other_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")
    monkeypatch.setenv("GRIDMAP_ADDRESS", "0.0.0.0")
    assert run(tmp_path / "new", "init").exit_code == 0
    refused = run(tmp_path / "new", "serve")
    assert refused.exit_code == 2
    assert "gridmap users add" in refused.output


def test_open_to_all_is_for_this_machine(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_ADDRESS", "0.0.0.0")
    refused = run(store, "serve", "--open-to-all")
    assert refused.exit_code == 2
    assert "own machine only" in refused.output


def test_a_demo_never_opens_people_s_data(tmp_path: Path) -> None:
    assert run(tmp_path / "real", "init").exit_code == 0
    refused = run(tmp_path / "real", "demo")
    assert (refused.exit_code, "no made-up data" in refused.output) == (3, True), refused.output
