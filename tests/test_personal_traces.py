"""Marked personal data go through imports, faults and routes; then every trace they could leave is read."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from gridmap import server
from gridmap.access import DEMO, accounts, acting, audit, narrowing
from gridmap.access.scope import Scope
from gridmap.access.sessions import SESSIONS
from gridmap.cli import main
from gridmap.errors import Denied
from gridmap.loading.records import load_records
from gridmap.registers import EVENTS, PETITIONS
from gridmap.store import Database, shared_store
from gridmap.ui import case, exports
from gridmap.watermarks import Watermark
from gridmap.web import cookies
from gridmap.web.gate import Gate
from gridmap.web.watching import Watch
from tests.screens_city import CODES

A, B = CODES["A"], CODES["B"]
#: No word of these may be anywhere but in the answer to who asked for the case.
NAME, PHONE, IDENTITY, STREET = "赵标记", "13911122233", "440305198812123456", "标记路77号"
MARKS = (NAME, PHONE, IDENTITY, STREET)
WHY = "回访核实处置结果"
PEOPLE = {"viewer": None, "leader": None, "planner": None, "grid_manager": A, "data_officer": None,
          "administrator": None}  # fmt: skip
ROUTES = ["/api/measures", "/api/stats?level=community", f"/api/stats?within={A}",
          "/api/compare?level=community",
          "/api/reconcile?level=community", "/api/quality?level=community", "/api/duty", "/api/hot",
          "/api/regions/community.geojson", "/api/cells.geojson", f"/api/stats?key={PHONE}",
          f"/api/regions/{NAME}.geojson", f"/api/cells.geojson?at={NAME}", f"/nowhere/{PHONE}"]  # fmt: skip


def row(number: str, region: str, **more: str) -> dict[str, str]:
    return {"petition_no": number, "status": "closed", "received_at": "2024-05-01", "region_code": region,
            "诉求人": NAME, "联系电话": PHONE, "地址": STREET, "身份证号": IDENTITY,
            "内容": f"我是{NAME}，身份证{IDENTITY}，住{STREET}3栋502，电话{PHONE}", **more}  # fmt: skip


@pytest.fixture(scope="module")
def db(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    store, folder = shared_store(city), tmp_path_factory.mktemp("files")
    for role, region in PEOPLE.items():
        accounts.add(store, role, password=None, by="test")
        accounts.grant(store, role, role, region=region, by="test")
    pd.DataFrame([row("MA", A), row("MB", B), row("BAD", A, received_at=PHONE), row("BAD2", A, status=NAME),
                  row("MA", A)]).to_csv(folder / "p.csv", index=False)  # fmt: skip
    load_records(store, folder / "p.csv", PETITIONS, silent=True)
    (folder / "broken.csv").write_text(
        f"petition_no,status,received_at,诉求人\nX1,closed,2024-05-01,{NAME},{PHONE}\nX2,closed,{NAME}\n"
    )
    load_records(store, folder / "broken.csv", PETITIONS, silent=True)
    events = [{"event_no": "E1", "petition_no": "MA", "event": "返工", "happened_at": "2024-05-02",
               "reason": f"{NAME}先生{PHONE}不满意"}]  # fmt: skip
    pd.DataFrame(events).to_csv(folder / "e.csv", index=False)
    load_records(store, folder / "e.csv", EVENTS, silent=True)
    yield store
    narrowing.forget(store.folder)


@pytest.fixture(autouse=True)
def _accounts(db: Database, on_the_city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")


APP = Starlette(routes=server.routes(), middleware=[Middleware(Watch), Middleware(Gate)])


def browser(db: Database, role: str) -> TestClient:
    found = TestClient(APP, base_url="http://localhost", follow_redirects=False, client=("10.9.9.9", 5),
                       raise_server_exceptions=False)  # fmt: skip
    token, _ = SESSIONS.begin(role, accounts.scopes_of(db, role))
    found.cookies.set(cookies.NAME, cookies._SIGNER.sign(token).decode())
    return found


def reveal(db: Database, role: str, key: str, **more: Any) -> Any:
    return browser(db, role).post(
        "/api/reveal", json={"register": "petitions", "key": key, "reason": WHY, **more}
    )


def found_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


@pytest.mark.parametrize("role", PEOPLE)
def test_no_answer_and_no_line_of_the_log_holds_anything_of_anybody(
    db: Database, role: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    asking = browser(db, role)
    for path in ROUTES:
        answer = asking.get(path)
        asked = [mark for mark in MARKS if mark in path]
        assert [mark for mark in found_in(answer.text) if mark not in asked] == [], path
    written = caplog.text + "".join(capfd.readouterr())
    ours = "\n".join(line for line in written.splitlines() if "httpx" not in line)
    assert found_in(ours) == []


def test_no_row_of_any_table_but_the_sealed_one_and_no_row_of_the_log(db: Database) -> None:
    for table in db.tables():
        with db.rows_of(table, rows=100_000) as batches:
            content = "".join(batch.to_pandas().to_csv() for batch in batches)
        assert found_in(content) == [], table
    assert found_in(audit.listed(db, most=1000).to_csv()) == []


def test_no_file_of_the_store_and_of_its_keys(db: Database) -> None:
    db.checkpoint()
    for file in db.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert [mark for mark in MARKS if mark.encode() in content] == [], file.name


@pytest.mark.parametrize("role", ["viewer", "leader", "planner", "administrator"])
def test_aggregates_are_all_that_these_get(db: Database, role: str) -> None:
    assert reveal(db, role, "MA").status_code == 403
    assert browser(db, role).get("/api/hot").status_code == 403


def test_a_manager_sees_the_own_case_and_another_s_does_not_exist(db: Database) -> None:
    told = reveal(db, "grid_manager", "MA")
    assert told.status_code == 200
    assert (told.json()["petitioner_name"], told.json()["petitioner_phone"]) == (NAME, PHONE)
    assert told.headers["cache-control"] == "no-store"
    other = reveal(db, "grid_manager", "MB")
    assert other.status_code == 400
    assert other.json() == {
        "error": reveal(db, "grid_manager", "NOWHERE").json()["error"].replace("NOWHERE", "MB")
    }
    assert reveal(db, "data_officer", "MB").status_code == 200
    last = audit.listed(db).iloc[0]
    assert (last["account"], last["action"], last["object"], last["reason"]) == (
        "data_officer", "reveal", "petitions MB", WHY)  # fmt: skip


def test_my_grid_shows_masks_until_somebody_says_why(db: Database) -> None:
    (own,) = accounts.scopes_of(db, "grid_manager")
    with acting(own):
        masked = case.answer("MA", "", "zh")
        assert found_in(masked) == []
        assert "139****2233" in masked
        assert PHONE in case.answer("MA", WHY, "zh")
        assert found_in(case.answer("MB", WHY, "zh")) == []
        assert "MA" in case.answer(PHONE, WHY, "zh")
        assert "MB" not in case.answer(PHONE, WHY, "zh")
    with acting(DEMO), pytest.raises(Denied):
        case.answer("MA", WHY, "zh")


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"json": {"register": "petitions", "key": "MA", "reason": ""}}, 400),
     ({"json": {"register": "petitions", "key": "MA"}}, 400), ({"json": ["MA"]}, 400),
     ({"data": {"register": "petitions", "key": "MA", "reason": WHY}}, 415),
     ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
     ({"content": b" " * 5000, "headers": {"content-type": "application/json"}}, 413)],
)  # fmt: skip
def test_a_case_is_asked_for_in_one_way_only(db: Database, sent: dict[str, Any], status: int) -> None:
    before = len(audit.listed(db))
    assert browser(db, "data_officer").post("/api/reveal", **sent).status_code == status
    assert browser(db, "data_officer").get("/api/reveal?register=petitions&key=MA").status_code == 405
    assert len(audit.listed(db)) == before


def test_a_stranger_and_a_forged_header_reveal_nothing(db: Database) -> None:
    stranger = TestClient(APP, base_url="http://localhost", client=("10.9.9.9", 5))
    for headers in ({}, {"x-gridmap-session": "x"}, {"x-remote-user": "data_officer"}):
        asked = {"register": "petitions", "key": "MA", "reason": WHY}
        assert stranger.post("/api/reveal", json=asked, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "words",
    [("report", "--small-cells", "-o", "x.pdf"), ("picture", "map", "--small-cells", "-o", "x.png"),
     ("board", CODES["P"], "--phones", "-o", "x.pdf"), ("reveal", "petitions", "MA", "--reason", WHY),
     ("find", "--reason", WHY), ("unplaced",), ("retention",), ("keys", "rotate"), ("dump", "x")],
)  # fmt: skip
def test_a_leader_s_command_line_shows_no_more_than_the_leader_s_screens(
    city: Path, toy_folder: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from gridmap.store import open_store

    store = open_store(toy_folder)
    accounts.add(store, "chief", password=None, by="test")
    accounts.grant(store, "chief", "leader", region=None, by="test")
    store.close()
    monkeypatch.setenv("GRIDMAP_ACCOUNT", "chief")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [*words, "--store", str(toy_folder)], input=f"{PHONE}\n")
    assert done.exit_code == 3, done.output
    assert list(tmp_path.glob("x*")) == []


# -- what is taken away -------------------------------------------------------------------------------

MARK = Watermark("zhang (grid_manager)", pd.Timestamp("2024-07-01 08:30").to_pydatetime(), "周例会")
LIST = pd.DataFrame({"编号": ["N1", "N2"], "数": [1, 2]})


def test_every_list_says_last_who_took_it_away_when_and_why() -> None:
    last = exports.csv(LIST, MARK).decode("utf-8-sig").splitlines()[-1]
    assert last == f"{MARK.line},"
    sheet = openpyxl.load_workbook(io.BytesIO(exports.excel(LIST, MARK))).active
    assert [cell.value for cell in list(sheet.rows)[-1]] == [MARK.line, None]
    nowhere = pd.Series([None, None], dtype=float)
    points = json.loads(exports.geojson(LIST, nowhere, nowhere, crs="EPSG:4547", mark=MARK))
    assert points["watermark"] == MARK.line
    assert len(points["features"]) == 2


def test_a_purpose_cannot_forge_a_row_or_a_formula() -> None:
    from gridmap.ui import data, who

    scope = Scope("zhang", "grid_manager", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(who, "scope", lambda: scope)
        mark = data.watermark('=cmd|x\n"N9",9\r\n')
    written = exports.csv(LIST, mark).decode("utf-8-sig")
    assert len(written.splitlines()) == 4
    assert not written.splitlines()[-1].lstrip('"').startswith("=")
