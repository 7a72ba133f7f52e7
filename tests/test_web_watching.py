"""What is known of requests afterwards: figures without labels that grow, lines without what was asked."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from gridmap import server, settings
from gridmap.access import accounts
from gridmap.access.sessions import SESSIONS
from gridmap.errors import UsageError
from gridmap.store import Database, shared_store
from gridmap.web import cookies, logs
from gridmap.web.gate import REQUEST, Gate
from gridmap.web.watching import Watch, route_class
from tests.broken import break_down

SECRET = "13800001234"


@pytest.fixture(scope="module")
def db(city: Path) -> Database:
    store = shared_store(city)
    for name, role in (("boss", "administrator"), ("leader", "leader")):
        accounts.add(store, name, password="four plain words here", by="test")
        accounts.grant(store, name, role, region=None, by="test")
    return store


@pytest.fixture(autouse=True)
def _accounts(db: Database, on_the_city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "accounts")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    with logs.writing("info"):
        yield written


async def breaks(_request: Request) -> Response:
    raise ValueError(SECRET)


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.headers.get(REQUEST, ""))
    await socket.close()


APP = Starlette(
    routes=[
        Route("/api/breaks", breaks), Route("/static/breaks", breaks), *server.routes(),
        WebSocketRoute("/_stcore/stream", stream),
    ],
    middleware=[Middleware(Watch), Middleware(Gate)],
)  # fmt: skip


def client(address: str = "10.9.9.9", host: str = "localhost") -> TestClient:
    return TestClient(APP, base_url=f"http://{host}", follow_redirects=False, client=(address, 5),
                      raise_server_exceptions=False)  # fmt: skip


def signed_in(db: Database, name: str) -> TestClient:
    browser = client()
    token, _ = SESSIONS.begin(name, accounts.scopes_of(db, name))
    browser.cookies.set(cookies.NAME, cookies._SIGNER.sign(token).decode())
    return browser


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def figures(browser: TestClient) -> dict[tuple[str, ...], float]:
    """Read /metrics as Prometheus does: values by name and labels."""
    answer = browser.get("/metrics")
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


# ---- figures ----------------------------------------------------------------------------------------


def test_the_machine_itself_reads_the_figures_and_they_are_the_store_s(db: Database) -> None:
    found = figures(client("127.0.0.1"))
    assert found["gridmap_store_version",] == float(db.scalar("screens/store_version").split(".")[0])
    places = db.query("watching/petitions", on_day=db.now().date()).iloc[0]
    assert found["gridmap_petitions_placed",] == places["placed"] > 0
    assert found["gridmap_duckdb_memory_bytes",] > 0
    assert found["gridmap_newest_placed_petition_age_seconds",] > 0


def test_requests_are_counted_by_class_and_status() -> None:
    browser = client("127.0.0.1")
    before = figures(browser)
    for code in ("A", "B", "C"):
        client().get(f"/api/stats?within={code}")
    client().get("/healthz")
    after = figures(browser)
    api, health = ("gridmap_requests_total", "api", "401"), ("gridmap_requests_total", "health", "200")
    assert after[api] - before.get(api, 0) == 3
    assert after[health] - before.get(health, 0) == 1
    assert (
        after["gridmap_request_seconds_count", "api"]
        - before.get(("gridmap_request_seconds_count", "api"), 0)
        == 3
    )


def test_whatever_is_asked_for_makes_no_new_label() -> None:
    browser = client("127.0.0.1")
    client().get("/nothing-0")
    client().get("/tiles/0/1/2/3.mvt")
    before = set(figures(browser))
    for number in range(50):
        client().get(f"/nothing-{number}?name={SECRET}")
        client().request(f"VERB{number}", f"/tiles/{number}/1/2/3.mvt")
    added = set(figures(browser)) - before
    assert added == set()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_this_machine(header: str) -> None:
    assert client("127.0.0.1").get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_others_read_the_figures_with_the_right_and_not_without(db: Database) -> None:
    assert client().get("/metrics").status_code == 401
    assert client("127.0.0.1", host="evil.example").get("/metrics").status_code == 401
    assert signed_in(db, "leader").get("/metrics").status_code == 403
    assert signed_in(db, "boss").get("/metrics").status_code == 200


def test_this_machine_reads_nothing_but_figures_without_signing_in() -> None:
    assert client("127.0.0.1").get("/api/measures").status_code == 401


# ---- the log ----------------------------------------------------------------------------------------


def test_a_request_is_one_line_without_what_was_asked(db: Database, log: io.StringIO) -> None:
    answer = signed_in(db, "leader").get(f"/api/stats?key=petition.received&name={SECRET}")
    (line,) = lines(log)
    assert (line["route"], line["status"], line["account"]) == ("api", answer.status_code, "leader")
    assert line["request"] == answer.headers["x-request-id"]
    assert line["ms"] >= 0
    assert {SECRET, "10.9.9.9", "petition.received"} & set(log.getvalue().split('"')) == set()
    assert SECRET not in log.getvalue()


def test_only_a_trusted_proxy_names_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"X-Request-ID": "from-the-proxy-1"}
    assert client().get("/healthz", headers=named).headers["x-request-id"] != "from-the-proxy-1"
    monkeypatch.setenv("GRIDMAP_TRUSTED_PROXIES", "10.9.9.9")
    assert client().get("/healthz", headers=named).headers["x-request-id"] == "from-the-proxy-1"
    long = {"X-Request-ID": 'x"' * 50}
    assert client().get("/healthz", headers=long).headers["x-request-id"] != long["X-Request-ID"]


def test_a_fault_is_told_by_number_and_its_words_are_kept_nowhere(db: Database, log: io.StringIO) -> None:
    page, program = client().get("/static/breaks"), signed_in(db, "leader").get("/api/breaks")
    assert (page.status_code, program.status_code) == (500, 500)
    assert page.headers["x-request-id"] in page.text
    assert program.json()["request"] == program.headers["x-request-id"]
    told = [line for line in lines(log) if line["logger"] == "gridmap.fault"]
    assert [line["fault"] for line in told] == ["ValueError", "ValueError"]
    assert [line["request"] for line in told] == [one.headers["x-request-id"] for one in (page, program)]
    assert SECRET not in page.text + program.text + log.getvalue()


def test_a_page_knows_the_name_of_its_request(db: Database, log: io.StringIO) -> None:
    browser = signed_in(db, "leader")
    with browser.websocket_connect("/_stcore/stream", headers={REQUEST: "forged"}) as socket:
        told = socket.receive_text()
    (line,) = lines(log)
    assert (line["route"], line["status"], line["request"]) == ("socket", 101, told)


def test_other_loggers_write_lines_of_the_same_kind_without_words_of_faults(log: io.StringIO) -> None:
    other, handler = logging.getLogger("elsewhere"), logging.StreamHandler(log)
    handler.setFormatter(logging.Formatter(logs.FORMAT))
    other.addHandler(handler)
    try:
        raise ValueError(SECRET)
    except ValueError as fault:
        other.exception("It broke")
        other.error("It broke: %s", fault)
    finally:
        other.removeHandler(handler)
    assert [line["said"] for line in lines(log)] == ["It broke", "It broke: ValueError"]
    assert lines(log)[0]["fault"] == "ValueError"
    assert SECRET not in log.getvalue()


def test_the_level_decides_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    with logs.writing("warning"):
        client().get("/healthz")
        client().get("/static/breaks")
    assert {line["level"] for line in lines(written)} == {"error"}
    with pytest.raises(UsageError, match="GRIDMAP_LOG_LEVEL"), logs.writing("loud"):
        pass
    assert settings.from_environment({"GRIDMAP_LOG_LEVEL": "debug"}).log_level == "debug"


def test_every_route_there_is_has_a_class() -> None:
    paths = [getattr(route, "path", "") for route in server.routes()]
    assert [
        path for path in paths if route_class(f"{path}/x" if path == "/assets" else path) == "other"
    ] == []


def test_a_database_that_failed_inside_answers_the_next_and_the_log_names_the_statement(
    db: Database, log: io.StringIO
) -> None:
    break_down(db)
    assert client().get("/healthz").status_code == 200
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["statement"] for line in told if line["logger"] == "gridmap.store"] == ["failing"]
