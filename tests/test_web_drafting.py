"""The routes of drafts: one begun, an operation done or refused over HTTP, and who may not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from gridmap import server
from gridmap.editing import drafts
from gridmap.store import shared_store
from gridmap.ui import open_drafts
from gridmap.web import drafting
from gridmap.web.gate import Gate
from tests.screens_city import CODES
from tests.toy import at

ONE = CODES["1"]
RENAME = {"id": "7", "revision": 0, "op": {"op": "rename", "code": ONE, "name": "新名"}}


@pytest.fixture
def client(on_the_city: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("GRIDMAP_SIGN_IN", "open")
    app = Starlette(routes=server.routes(), middleware=[Middleware(Gate)])
    open_drafts._OPEN.clear()
    return TestClient(app, base_url="http://localhost", client=("127.0.0.1", 5))


def begun(client: TestClient, name: str, **more: Any) -> str:
    answer = client.post("/api/drafts", json={"draft": name, **more})
    assert answer.status_code == 200, answer.text
    return f"/api/drafts/{name}/operations?lang=en"


def test_an_operation_sent_to_a_draft_is_in_the_store_when_it_is_answered(
    client: TestClient, city: Path
) -> None:
    told = client.post(begun(client, "over http"), json=RENAME).json()
    assert (told["id"], told["refused"], told["revision"]) == ("7", None, 1)
    assert list(told["regions"]) == [ONE]
    assert [step.said for step in drafts.steps(shared_store(city), "over http")] == [f"rename {ONE}"]


def test_a_refusal_is_an_answer_with_its_reason_and_place(client: TestClient) -> None:
    moved = {"op": "move_vertex", "at": list(at(6, 0)), "to": list(at(6.2, 0.2))}
    answer = client.post(begun(client, "refused over http"), json={**RENAME, "op": moved})
    assert answer.status_code == 200
    assert answer.json()["refused"]["reason"] == "outline"
    assert answer.json()["refused"]["text"].isascii()


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_an_answer_is_made_small_for_who_can_read_that(client: TestClient, coding: str) -> None:
    begun(client, f"answered {coding}")
    found = client.get(f"/api/drafts/answered {coding}/map.json", headers={"accept-encoding": coding})
    assert (found.headers.get("content-encoding", "identity"), found.headers["vary"]) == (
        coding,
        "accept-encoding",
    )
    assert ONE in json.dumps(found.json())


def test_a_draft_is_begun_with_a_version_over_http(client: TestClient) -> None:
    told = client.post("/api/drafts", json={"draft": "old", "title": "Back", "version": 1}).json()
    assert (told["draft"], told["title"], told["version"], told["revision"]) == ("old", "Back", 1, 0)
    assert client.post("/api/drafts", json={"draft": "old"}).status_code == 400
    assert client.post("/api/drafts", json={"draft": "older", "version": 99}).status_code == 400


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", b'{"op": {}, "revision": "x"}', b'{"op": {"op": "merge"}, "revision": 0}',
             b'{"op": {}, "id": 1, "revision": 1e300}', b" " * (drafting.MOST_BYTES + 1)]
)  # fmt: skip
def test_what_is_no_operation_is_refused_in_words(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/drafts/any/operations", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "sent", [{"draft": []}, {"title": {}}, {"version": {}}, {"version": 1e300}, {"version": True}, {"on": 5}]
)
def test_a_draft_is_not_begun_with_what_is_none(client: TestClient, sent: dict[str, Any]) -> None:
    answer = client.post("/api/drafts", json={"draft": "of no sense", **sent})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_what_came_after_a_revision_that_no_store_can_hold_is_not_told(client: TestClient) -> None:
    begun(client, "far")
    assert client.get(f"/api/drafts/far/changes.json?since={10**30}").status_code == 400


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_a_page_of_another_site_changes_nothing(client: TestClient, city: Path, origin: str) -> None:
    before = len(drafts.drafts(shared_store(city)))
    answer = client.post("/api/drafts", json={"draft": "theirs"}, headers={"origin": origin})
    assert answer.status_code == 403
    assert len(drafts.drafts(shared_store(city))) == before
    own = client.post("/api/drafts", json={"draft": f"own {origin}"}, headers={"origin": "http://localhost"})
    assert own.status_code == 200
