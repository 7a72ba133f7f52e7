"""Signing in through a real OpenID Connect provider, started here: who gets in, who does not, how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes

from gridmap import server
from gridmap.access import accounts, narrowing
from gridmap.access.sessions import SESSIONS, SessionTable
from gridmap.access.signing_in import LOCKOUT
from gridmap.errors import UsageError
from gridmap.store import Database, shared_store
from gridmap.web import cookies, oidc
from gridmap.web.callback import Callback
from gridmap.web.gate import HEADER, Gate
from tests.screens_city import CODES

#: The provider of the tests uses parts of its library that will go: no fault of ours.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
A, B = CODES["A"], CODES["B"]
HERE = "http://localhost"
SECRET = "0123456789abcdef0123456789abcdef"


def user(sub: str, **claims: Any) -> oidc_provider_mock.User:
    return oidc_provider_mock.User(sub=sub, claims=claims)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    people = [
        user("u-1", preferred_username="manager_a", groups=["wgy"]),
        user("u-2", preferred_username="two_roles", groups=["ld"]),
        user("u-3", preferred_username="nobody_here", groups=["ld"]),
        user("u-4", preferred_username="off", groups=["ld"]),
        user("u-5", preferred_username="boss_there", groups=["admins"]),
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as running:
        yield f"http://localhost:{running.server_port}"


@pytest.fixture(scope="module")
def db(city: Path) -> Iterator[Database]:
    store = shared_store(city)
    for name, roles in {
        "manager_a": ["grid_manager"], "two_roles": ["leader", "planner"], "off": ["leader"],
        "boss_there": ["viewer"],
    }.items():  # fmt: skip
        accounts.add(store, name, password=None, by="test")
        for role in roles:
            accounts.grant(store, name, role, region=A if role == "grid_manager" else None, by="test")
    accounts.disable(store, "off")
    yield store
    narrowing.forget(store.folder)


@pytest.fixture(autouse=True)
def told(
    db: Database, issuer: str, on_the_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    file = tmp_path / "oidc.toml"
    file.write_text(
        f'[auth]\nredirect_uri = "{HERE}/oauth2callback"\ncookie_secret = "{SECRET}"\nclient_id = "gridmap"\n'
        f'client_secret = "s"\nserver_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
        '[gridmap]\naccount = "preferred_username"\n'
    )
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "oidc")
    monkeypatch.setenv("GRIDMAP_OIDC", str(file))
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    secrets_singleton._reset()
    yield file
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


async def stream(socket: WebSocket) -> None:
    """Stand in for the framework's socket: say whom the gate named, and what it let a browser say."""
    await socket.accept()
    await socket.send_text(f"{socket.headers.get(HEADER, '')}|{socket.headers.get('cookie', '')}")
    await socket.close()


APP = Starlette(
    routes=[*server.routes(), *create_auth_routes(""), WebSocketRoute("/_stcore/stream", stream)],
    middleware=[
        Middleware(Gate),
        Middleware(Callback),
        Middleware(SessionMiddleware, secret_key=SECRET, same_site="lax"),
    ],
)


def client() -> TestClient:
    return TestClient(APP, base_url=HERE, follow_redirects=False, client=("10.9.9.9", 5))


def at_provider(browser: TestClient, sub: str | None, wanted: str = "/mine?at=1") -> str:
    """Follow the sign-in page to the provider, sign in there (or deny), return the way back."""
    page = browser.get("/signin", params={"next": wanted})
    way = unescape(re.search(r'href="(/auth/login[^"]+)"', page.text).group(1))  # type: ignore[union-attr]
    sent = browser.get(way)
    assert sent.status_code == 302
    said = {"sub": sub} if sub else {"action": "deny"}
    back = httpx.post(sent.headers["location"], data=said, trust_env=False)
    assert back.status_code == 302, back.text
    return back.headers["location"].removeprefix(HERE)


def come_back(browser: TestClient, sub: str | None, **more: Any) -> httpx.Response:
    return browser.get(at_provider(browser, sub, **more))


def test_who_has_an_account_comes_in_and_sees_the_own_cells_alone() -> None:
    browser = client()
    answer = come_back(browser, "u-1")
    assert answer.status_code == 200
    assert 'content="0;url=/mine?at=1"' in answer.text
    given = answer.headers.get_list("set-cookie")
    ours = next(cookie for cookie in given if cookie.startswith(cookies.NAME)).lower()
    assert "httponly" in ours
    assert "samesite=strict" in ours
    cells = browser.get("/api/regions/community.geojson").json()
    assert {each["properties"]["code"] for each in cells["features"]} == {A}
    assert browser.get(f"/api/stats?within={B}").status_code == 400


def test_the_framework_s_cookie_that_nobody_can_end_never_reaches_a_browser() -> None:
    browser = client()
    come_back(browser, "u-1")
    assert not any(name.startswith("_streamlit_user") for name in browser.cookies)
    browser.cookies.set(cookies.NAME, browser.cookies[cookies.NAME])  # for the name that sockets go to
    browser.cookies.set("_streamlit_user", "forged")
    browser.cookies.set("_streamlit_user_tokens", "forged")
    with browser.websocket_connect("/_stcore/stream") as socket:
        ident, _, cookie = socket.receive_text().partition("|")
    session = SESSIONS.known(ident, lambda name: accounts.scopes_of(_db(), name))
    assert session is not None
    assert session.user == "manager_a"
    assert "_streamlit_user" not in cookie


@pytest.mark.parametrize("sub", ["u-3", "u-4", "stranger", None])
def test_who_has_no_account_one_out_of_use_or_no_word_of_the_provider_stays_out(sub: str | None) -> None:
    browser = client()
    answer = come_back(browser, sub)
    assert answer.status_code == 401
    assert cookies.NAME not in answer.headers.get("set-cookie", "")
    assert browser.get("/api/measures").status_code == 401


def test_a_way_back_counts_once_and_in_the_browser_that_began_it() -> None:
    browser, thief = client(), client()
    back = at_provider(browser, "u-1")
    assert thief.get(back).status_code == 401
    assert browser.get(back).status_code == 200
    assert browser.get(back).status_code == 401
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert client().get(f"/oauth2callback?code=made-up&state={state}").status_code == 401


def test_groups_take_roles_away_and_never_give_one(told: Path) -> None:
    roles = 'ld = "leader"\nwgy = "grid_manager"\nadmins = "administrator"\n'
    told.write_text(f'{told.read_text()}groups = "groups"\n[gridmap.roles]\n{roles}')
    browser = client()
    come_back(browser, "u-2")
    assert browser.get("/api/measures").status_code == 200
    assert "Planner" not in browser.get("/account?lang=en").text
    boss = client()
    assert come_back(boss, "u-5").status_code == 401, "the provider says administrator, the account viewer"


def test_a_session_through_a_provider_ends_like_every_other(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    table = SessionTable(clock=lambda: now[0])
    for module in ("gridmap.web.gate", "gridmap.web.signin", "gridmap.ui.who"):
        monkeypatch.setattr(f"{module}.SESSIONS", table)
    browser = client()
    come_back(browser, "u-1")
    for minute in range(0, 8 * 60 - 20, 20):
        now[0] = minute * 60.0
        assert browser.get("/api/measures").status_code == 200
    now[0] = 8 * 3600.0
    assert browser.get("/api/measures").status_code == 401
    come_back(browser, "u-1")
    now[0] += 30 * 60
    assert browser.get("/api/measures").status_code == 401
    come_back(browser, "u-1")
    table.end_all("manager_a")
    assert browser.get("/api/measures").status_code == 401
    come_back(browser, "u-1")
    accounts.disable(_db(), "manager_a")
    now[0] += 6
    assert browser.get("/api/measures").status_code == 401
    accounts.disable(_db(), "manager_a", disabled=False)


def test_signing_out_ends_the_session_and_passwords_are_no_second_way_in() -> None:
    accounts.set_password(_db(), "manager_a", "four plain words here")
    browser = client()
    sent = {"user": "manager_a", "password": "four plain words here"}
    assert browser.post("/signin", data=sent, headers={"origin": HERE}).status_code == 403
    come_back(browser, "u-1")
    assert 'name="old"' not in browser.get("/account").text
    assert browser.post("/signout", headers={"origin": HERE}).status_code == 303
    assert browser.get("/api/measures").status_code == 401
    assert not LOCKOUT.is_locked("manager_a", "10.9.9.9")


def test_nothing_else_of_the_framework_s_way_in_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    assert client().get("/auth/logout").status_code == 404
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")
    assert client().get("/auth/login").status_code == 404
    assert client().get("/oauth2callback").status_code == 404


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "client_id"), ('[gridmap]\nroles = {a = "king"}', "no role king"), ("no toml", "no valid TOML")],
)
def test_a_file_that_says_too_little_is_told_before_anything_is_served(
    told: Path, text: str, said: str
) -> None:
    whole = told.read_text().partition("[gridmap]")[0]
    told.write_text(text if "roles" not in text else whole + text)
    with pytest.raises(UsageError, match=said):
        oidc.provider()


def test_a_mail_address_counts_once_the_provider_has_checked_it() -> None:
    by_mail = oidc.Provider("email")
    assert by_mail.account_of({"email": "a@b.cn", "email_verified": True}) == "a@b.cn"
    assert by_mail.account_of({"email": "a@b.cn", "email_verified": "true"}) == ""
    assert by_mail.account_of({"email": ["a@b.cn"], "email_verified": True}) == ""


def _db() -> Database:
    from gridmap import settings

    return shared_store(settings.from_environment().store)
