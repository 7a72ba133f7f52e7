"""The framework's code travels packed, whole and kept for good; letters are kept, the rest left alone."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from gridmap.web import packed

STATIC = Path(streamlit.__file__).parent / "static" / "static"
SCRIPT = min((STATIC / "js").glob("index.*.js"))
ADDRESS = f"/static/js/{SCRIPT.name}"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "letters.woff2").write_bytes(b"letters")
    (tmp_path / "leaflet.js").write_text("code")
    framework = Mount("/static", StaticFiles(directory=STATIC))
    return TestClient(Starlette(routes=[framework, Mount("/assets", StaticFiles(directory=tmp_path))],
                                middleware=[Middleware(packed.Packed)]))  # fmt: skip


def test_code_travels_packed_and_arrives_whole(client: TestClient) -> None:
    answer = client.get(ADDRESS, headers={"accept-encoding": "gzip, deflate"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == SCRIPT.read_bytes()
    assert int(answer.headers["content-length"]) < SCRIPT.stat().st_size / 2


@pytest.mark.parametrize(
    "headers", [{"accept-encoding": "identity"}, {"accept-encoding": "gzip", "range": "bytes=0-9"}]
)
def test_who_cannot_read_it_packed_gets_it_as_it_lies(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get(ADDRESS, headers=headers)
    assert "content-encoding" not in answer.headers
    assert SCRIPT.read_bytes().startswith(answer.content)


def test_nothing_but_the_framework_s_files_can_be_asked_for(client: TestClient) -> None:
    for path in ("/static/../static/js/x.js", "/static/js/%2e%2e/%2e%2e/index.html", "/static/none.js"):
        assert client.get(path).status_code == 404


def test_letters_are_kept_and_our_own_code_is_asked_for_again(client: TestClient) -> None:
    assert "max-age" in client.get("/assets/letters.woff2").headers["cache-control"]
    assert "cache-control" not in client.get("/assets/leaflet.js").headers


def test_the_packed_file_says_the_same_whenever_it_was_packed() -> None:
    again = gzip.compress(SCRIPT.read_bytes(), compresslevel=6, mtime=0)
    assert packed.packed(ADDRESS) == again
