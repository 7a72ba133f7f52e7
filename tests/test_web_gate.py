"""The gate: who may pass, tried by cookie, header, WebSocket and address, on routes and pages alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Match, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from gridmap import server
from gridmap.access import Scope, accounts, audit, givable_roles, may, narrowing, rights_for
from gridmap.access.sessions import SESSIONS
from gridmap.access.signing_in import LOCKOUT
from gridmap.store import Database, shared_store
from gridmap.ui import who
from gridmap.web import cookies
from gridmap.web.gate import HEADER, Gate
from tests.screens_city import CODES

A, B, S = CODES["A"], CODES["B"], CODES["S"]
PASSWORD = "four plain words here"
#: Who, in which role, where.
PEOPLE = {
    "leader": ("leader", None),
    "manager_a": ("grid_manager", A),
    "manager_b": ("grid_manager", B),
    "officer": ("data_officer", None),
    "boss": ("administrator", None),
}


@pytest.fixture(scope="module")
def db(city: Path) -> Iterator[Database]:
    store = shared_store(city)
    for name, (role, region) in PEOPLE.items():
        accounts.add(store, name, password=PASSWORD, by="test")
        accounts.grant(store, name, role, region=region, by="test")
    yield store
    narrowing.forget(store.folder)


@pytest.fixture(autouse=True)
def _accounts(db: Database, on_the_city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")


async def stream(socket: WebSocket) -> None:
    """Stand in for the framework: say which session the gate named."""
    await socket.accept()
    await socket.send_text(socket.headers.get(HEADER, ""))
    await socket.close()


APP = Starlette(
    routes=[*server.routes(), WebSocketRoute("/_stcore/stream", stream)], middleware=[Middleware(Gate)]
)


def client(**more: Any) -> TestClient:
    return TestClient(
        APP, base_url="http://localhost", follow_redirects=False, client=("10.9.9.9", 5), **more
    )


def signed_in(name: str) -> TestClient:
    """Give a browser with the cookie of an account; the password is tried once, elsewhere."""
    browser = client()
    token, _ = SESSIONS.begin(name, accounts.scopes_of(shared_store_of_test(), name))
    browser.cookies.set(cookies.NAME, cookies._SIGNER.sign(token).decode())
    return browser


def shared_store_of_test() -> Database:
    from gridmap import settings

    return shared_store(settings.from_environment().store)


def post(browser: TestClient, path: str, origin: str = "http://localhost", **fields: str) -> Any:
    return browser.post(path, data=fields, headers={"origin": origin})


EVERYTHING = ["/", "/overview", "/mine", "/wall", "/cells", "/health", "/account"]
PROGRAMS = ["/api/measures", "/api/stats", "/api/regions/community.geojson", "/api/cells.geojson",
            "/tiles/base/14/13000/7000.mvt", "/tiles/community/14/13000/7000.mvt", "/media/x.csv",
            "/_stcore/upload_file/a/b", "/_stcore/anything"]  # fmt: skip


@pytest.mark.parametrize("path", EVERYTHING)
def test_a_stranger_is_led_to_sign_in_and_back(path: str) -> None:
    answer = client().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/signin?next=%2F")


@pytest.mark.parametrize("path", PROGRAMS)
def test_a_stranger_s_program_is_refused(path: str) -> None:
    assert client().get(path).status_code == 401


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/x"])
def test_the_framework_s_back_doors_are_shut_to_everybody(path: str) -> None:
    assert {client().get(path).status_code, signed_in("boss").get(path).status_code} == {404}


def test_who_signs_in_gets_a_cookie_that_only_the_server_reads() -> None:
    browser = client()
    answer = post(browser, "/signin", user="manager_a", password=PASSWORD, next="/mine?at=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine?at=1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.get("/api/measures").status_code == 200
    assert post(browser, "/signout").status_code == 303
    assert browser.get("/api/measures").status_code == 401


def test_over_tls_the_cookie_never_goes_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_TRUSTED_PROXIES", "10.9.9.9")
    answer = client().post("/signin", data={"user": "leader", "password": PASSWORD},
                           headers={"origin": "http://localhost", "x-forwarded-proto": "https"})  # fmt: skip
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_a_form_of_another_site_does_nothing(origin: str) -> None:
    assert post(client(), "/signin", origin=origin, user="leader", password=PASSWORD).status_code == 403
    browser = signed_in("leader")
    assert post(browser, "/signout", origin=origin).status_code == 403
    assert browser.get("/api/measures").status_code == 200


def test_wrong_words_locked_accounts_and_unknown_names_sound_the_same(db: Database) -> None:
    wrong = post(client(), "/signin", user="boss", password="something else entirely")
    unknown = post(client(), "/signin", user="no_such_name", password="something else entirely")
    for _ in range(5):
        LOCKOUT.failed("boss", "10.1.1.1")
    locked, again = (post(client(), "/signin", user="boss", password=PASSWORD) for _ in range(2))
    LOCKOUT.succeeded("boss")
    logged = audit.listed(db, account="boss")
    assert list(zip(logged["action"], logged["object"], strict=True))[:2] == [
        ("refused", "sign_in"), ("sign_in_failed", ""),
    ]  # fmt: skip
    assert again.text == locked.text
    assert {wrong.status_code, unknown.status_code, locked.status_code} == {401}
    assert wrong.text == unknown.text == locked.text


def test_a_made_up_a_stolen_and_an_old_cookie_are_worth_nothing() -> None:
    browser = signed_in("leader")
    real = browser.cookies[cookies.NAME]
    token = cookies.token_of({cookies.NAME: real})
    for forged in (
        "x",
        token,
        f"{token}.AAAA",
        real[:-3] + "abc",
        f"{token[::-1]}.{real.rpartition('.')[2]}",
    ):
        stranger = client()
        stranger.cookies.set(cookies.NAME, forged)
        assert stranger.get("/api/measures").status_code == 401
    SESSIONS.end_all("leader")
    assert browser.get("/api/measures").status_code == 401


def codes(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {feature["properties"]["code"] for feature in answer.json()["features"]}


def test_a_manager_sees_the_own_cells_by_every_route_and_no_other() -> None:
    browser = signed_in("manager_a")
    own = codes(browser.get("/api/regions/community.geojson"))
    assert own == {A}
    assert all(code.startswith(A) for code in codes(browser.get("/api/regions/red_grid.geojson")))
    rows = browser.get("/api/stats", params={"level": "community"}).json()
    assert [row["code"] for row in rows] == [A]
    assert all(code.startswith(A) for code in codes(browser.get("/api/cells.geojson", params={"at": B})))


@pytest.mark.parametrize("path", [
    f"/api/regions/community.geojson?within={B}", f"/api/regions/red_grid.geojson?within={S}",
])  # fmt: skip
def test_another_s_cell_by_address_is_one_that_does_not_exist(path: str) -> None:
    assert signed_in("manager_a").get(path).status_code == 400
    assert signed_in("officer").get(path).status_code == 200


def test_the_sum_of_everything_is_the_sum_of_the_own() -> None:
    whole = signed_in("officer").get("/api/stats", params={"level": "total"}).json()[0]
    own = signed_in("manager_a").get("/api/stats", params={"level": "total"}).json()[0]
    other = signed_in("manager_b").get("/api/stats", params={"level": "total"}).json()[0]
    assert 0 < own["petition.received"] < whole["petition.received"]
    assert own["petition.received"] + other["petition.received"] <= whole["petition.received"]


def test_a_remembered_answer_is_not_another_s() -> None:
    params = {"level": "red_grid", "until": "2024-01-01"}
    first = signed_in("officer").get("/api/stats", params=params).json()
    second = signed_in("manager_b").get("/api/stats", params=params).json()
    third = signed_in("manager_a").get("/api/stats", params=params).json()
    assert (len(first), len(second), len(third)) == (5, 0, 5)


def test_a_tile_shows_the_own_cells_alone() -> None:
    from tests.test_server import tile_of

    x, y = tile_of(114.0638, 22.7177, 14)
    address = f"/tiles/community/14/{x}/{y}.mvt"
    assert "甲社区".encode() in signed_in("manager_a").get(address).content
    assert "乙社区".encode() in signed_in("manager_b").get(address).content
    assert "乙社区".encode() not in signed_in("manager_a").get(address).content
    assert "甲社区".encode() not in signed_in("manager_b").get(address).content


def named(browser: TestClient, **headers: str) -> str:
    with browser.websocket_connect("/_stcore/stream", headers=headers) as socket:
        return str(socket.receive_text())


def test_the_pages_socket_opens_for_who_has_signed_in_and_hears_whom() -> None:
    browser = signed_in("manager_a")
    session = SESSIONS.known(named(browser), lambda user: accounts.scopes_of(shared_store_of_test(), user))
    assert session is not None
    assert session.user == "manager_a"


def test_a_stranger_s_socket_is_refused() -> None:
    with pytest.raises(WebSocketDisconnect):
        named(client())


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9999", "null"])
def test_a_page_of_another_site_opens_no_socket(origin: str) -> None:
    browser = signed_in("leader")
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect("/_stcore/stream", headers={"Origin": origin}),
    ):
        pass
    with browser.websocket_connect("/_stcore/stream", headers={"Origin": "http://testserver"}) as socket:
        assert socket.receive_text()


def test_nobody_names_a_session_but_the_gate() -> None:
    other = SESSIONS.begin("officer", accounts.scopes_of(shared_store_of_test(), "officer"))[1]
    with pytest.raises(WebSocketDisconnect):
        named(client(), **{HEADER: other.ident})
    assert named(signed_in("manager_a"), **{HEADER: other.ident, "X-Gridmap-Role": "owner"}) != other.ident
    with pytest.raises(WebSocketDisconnect):
        named(client(), cookie=f"{cookies.NAME}={other.ident}")


def test_a_proxy_is_believed_only_when_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "proxy")
    vouched = {"X-Remote-User": "manager_a"}
    assert client().get("/api/measures", headers=vouched).status_code == 401
    monkeypatch.setenv("GRIDMAP_TRUSTED_PROXIES", "10.0.0.0/8")
    assert client().get("/api/measures", headers=vouched).status_code == 200
    assert client().get("/api/measures", headers={"X-Remote-User": "no_such_name"}).status_code == 401
    assert client().get("/api/measures", headers={"X-Gridmap-Session": "manager_a"}).status_code == 401
    rows = client().get("/api/stats", headers=vouched, params={"level": "community"}).json()
    assert [row["code"] for row in rows] == [A]
    accounts.disable(shared_store_of_test(), "manager_a")
    SESSIONS.end_all("manager_a")
    assert client().get("/api/measures", headers=vouched).status_code == 401
    accounts.disable(shared_store_of_test(), "manager_a", disabled=False)


def test_a_proxy_s_header_means_nothing_where_accounts_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_TRUSTED_PROXIES", "10.0.0.0/8")
    assert client().get("/api/measures", headers={"X-Remote-User": "officer"}).status_code == 401


def test_an_open_store_is_open_to_its_own_machine_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "open")
    here = TestClient(APP, base_url="http://localhost", client=("127.0.0.1", 5))
    assert here.get("/api/measures").status_code == 200
    assert client().get("/api/measures").status_code == 401
    rebound = TestClient(APP, base_url="http://evil.example", client=("127.0.0.1", 5))
    assert rebound.get("/api/measures").status_code == 401


def test_the_server_answers_to_its_names_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_HOSTS", "gridmap.example")
    elsewhere = TestClient(APP, base_url="http://evil.example")
    assert elsewhere.get("/healthz").status_code == 400
    assert TestClient(APP, base_url="http://gridmap.example").get("/healthz").status_code == 200


def test_every_answer_tells_the_browser_what_to_refuse() -> None:
    for path in ("/signin", "/healthz", "/api/measures", "/"):
        headers = client().get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_health_says_nothing_of_the_store() -> None:
    assert set(client().get("/healthz").json()) == {"status", "version"}


def test_the_way_back_leads_nowhere_else() -> None:
    for wanted in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/signout",
    ):
        answer = post(client(), "/signin", user="leader", password=PASSWORD, next=wanted)
        assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "没有打开“数据健康”的权限"), ("en", "may not open “Data health”")]
)
def test_a_page_of_another_role_is_refused_in_words(lang: str, said: str) -> None:
    answer = signed_in("manager_a").get("/health", params={"lang": lang})
    assert (answer.status_code, said in answer.text) == (403, True)


def test_who_asks_for_no_page_is_led_to_the_one_of_the_role(db: Database) -> None:
    begun = {name: post(client(), "/signin", user=name, password=PASSWORD).headers["location"]
             for name in ("leader", "manager_a", "officer")}  # fmt: skip
    assert begun == {"leader": "/", "manager_a": "/mine", "officer": "/health"}
    accounts.add(db, "drawing", password=None, by="test")
    accounts.grant(db, "drawing", "planner", region=A, by="test")
    accounts.grant(db, "drawing", "grid_manager", region=A, by="test")
    browser = signed_in("drawing")
    assert post(browser, "/account", role="planner").headers["location"] == "/"  # no desk for a part
    assert post(browser, "/account", role="grid_manager").headers["location"] == "/mine"
    assert who.first_page(Scope("x", "planner", None)) == "/desk"


def test_a_role_without_the_right_is_refused_by_the_route(db: Database) -> None:
    accounts.add(db, "nothing", password=None, by="test")
    assert accounts.scopes_of(db, "nothing") == ()
    accounts.add(db, "two", password=PASSWORD, by="test")
    accounts.grant(db, "two", "viewer", region=None, by="test")
    accounts.grant(db, "two", "grid_manager", region=A, by="test")
    browser = signed_in("two")
    assert len(browser.get("/api/stats", params={"level": "community"}).json()) == 1
    assert post(browser, "/account", role="viewer").status_code == 303
    assert len(browser.get("/api/stats", params={"level": "community"}).json()) > 1
    assert post(browser, "/account", role="owner").status_code == 303
    assert len(browser.get("/api/stats", params={"level": "community"}).json()) > 1


def test_an_own_password_is_changed_by_who_knows_the_old_one(db: Database) -> None:
    accounts.add(db, "changing", password=PASSWORD, by="test")
    accounts.grant(db, "changing", "viewer", region=None, by="test")
    browser = signed_in("changing")
    assert (
        post(browser, "/account", old="wrong wrong wrong", new="another four plain words").status_code == 400
    )
    assert post(browser, "/account", old=PASSWORD, new="short").status_code == 400
    assert post(browser, "/account", old=PASSWORD, new="another four plain words").status_code == 303
    assert browser.get("/api/measures").status_code == 401
    again = client()
    assert post(again, "/signin", user="changing", password="another four plain words").status_code == 303


@pytest.mark.parametrize("name", ["host", "origin"])
@pytest.mark.parametrize("value", ["[bad", "http://[bad]", "[::1", "a]b"])
def test_a_host_that_is_none_is_an_answer_and_no_fault(name: str, value: str) -> None:
    assert client().get("/api/measures", headers={name: value}).status_code in (400, 401, 403)
    assert post(client(), "/signin", name="boss", password="x", **({"origin": value})).status_code < 500


def addresses() -> list[tuple[str, str]]:
    """Return method and address of every route of the program that needs more than to have signed in."""
    filled = {"level": "community", "name": "x", "form": "pdf", "what": "map", "month": "2024-05", "code": A,
              "z:int": "14", "x:int": "13383", "y:int": "7137"}  # fmt: skip
    found = [(route.path, route.methods or set()) for route in server.routes() if isinstance(route, Route)]
    return [("POST" if methods == {"POST"} else "GET", path)
            for path, methods in found if not rights_for(f"route.{path}") <= {"anybody", "signed_in"}
            for path in [re.sub(r"{([^}]+)}", lambda hole: filled[hole[1]], path)]]  # fmt: skip


@pytest.mark.parametrize("role", [*givable_roles(), "nobody"])
def test_every_route_refuses_every_role_that_the_table_denies(role: str, db: Database) -> None:
    """Read from the program: a new route that forgets to ask the table, or the log to tell, is found here."""
    browser = client()
    token, _ = SESSIONS.begin(role, (Scope(role, role, None),))
    browser.cookies.set(cookies.NAME, cookies._SIGNER.sign(token).decode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "scopes_of", lambda _db, user: (Scope(user, role, None),))
        patch.setattr(who, "scopes_of", lambda user: (Scope(user, role, None),))
        denied = [(method, path) for method, path in addresses() if not may(role, route_of(path))]
        told = {path: browser.request(method, path, json={}, headers={"origin": "http://localhost"}).status_code
                for method, path in denied}  # fmt: skip
    assert denied, "every role lacks something"
    assert {path: status for path, status in told.items() if status != 403} == {}
    logged = audit.listed(db, account=role, action="refused")
    assert sorted(logged["object"]) == sorted({route_of(path) for _, path in denied})


def route_of(path: str) -> str:
    """Return the action of the route that answers an address."""
    scope = {"type": "http", "path": path, "method": "GET", "headers": []}
    found = next(route for route in server.routes() if isinstance(route, Route)
                 and route.matches(scope)[0] != Match.NONE)  # fmt: skip
    return f"route.{found.path}"
