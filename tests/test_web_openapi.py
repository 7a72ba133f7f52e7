"""The description of the routes is theirs, and a real server answers everything it says as it says."""

from __future__ import annotations

import ast
import inspect
import time
from collections.abc import Callable, Iterator
from threading import Thread

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from gridmap import server
from gridmap.store import shared_store
from gridmap.torture import town
from gridmap.web import openapi
from gridmap.web.gate import Gate
from gridmap.web.watching import Watch
from scripts import fuzz_api

#: A report is set in half a second, a picture in as long.
SELDOM = ("/api/report/", "/api/picture/")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of our routes behind gate and watch, without the pages, which take long to start."""
    folder = tmp_path_factory.mktemp("described")
    town.build(folder / "store")
    standing = [Middleware(Watch), Middleware(Gate)]
    app = Starlette(routes=server.routes(), middleware=standing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRIDMAP_STORE", str(folder / "store"))
        patch.setenv("GRIDMAP_SIGN_IN", "open")
        serving = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
        thread = Thread(target=serving.run, daemon=True)
        thread.start()
        while not serving.started:
            time.sleep(0.01)
        (port,) = {end.getsockname()[1] for end in serving.servers[0].sockets}
        yield f"http://127.0.0.1:{port}"
        serving.should_exit = True
        thread.join()
        shared_store(folder / "store").close()
        shared_store.cache_clear()


def programs_routes() -> set[tuple[str, str]]:
    """Return path and method of every route that programs ask, but the one for what there is not."""
    found = [route for route in server.routes() if isinstance(route, Route) and "{rest" not in route.path]
    asked = [route for route in found if route.path.startswith(("/api/", "/tiles/", "/healthz", "/metrics"))]
    return {(route.path, method.lower()) for route in asked for method in route.methods or ()
            if method != "HEAD"}  # fmt: skip


def test_every_route_is_described_and_nothing_else() -> None:
    assert {(path, route.method) for path, route in openapi.ROUTES.items()} == programs_routes()


def reads(answer: Callable[..., object], module: object) -> set[str]:
    """Return the names of the parameters that a function reads of an address, and those of ours it calls."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(answer))):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in ("get", "getlist"):
            if ast.unparse(called.value) == "request.headers":  # how to answer, not what is asked
                continue
            found |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            of = ast.unparse(node.value)
            found |= {str(node.slice.value)} if of in ("asked", "request.query_params") else set()
        elif isinstance(called, ast.Name) and called.id.startswith("_"):
            other = getattr(module, called.id, None)
            found |= reads(other, module) if inspect.isfunction(other) else set()
    return {name for name in found if isinstance(name, str)}


@pytest.mark.parametrize("path", [path for path in openapi.ROUTES if path in server._ANSWERS])
def test_what_the_code_reads_of_an_address_is_described(path: str) -> None:
    answer = server._ANSWERS[path]
    route = openapi.ROUTES[path]
    described = set(openapi.parameters_of(path, route))
    if "theme" not in described:  # those of a view are read as a whole
        found = reads(answer, inspect.getmodule(answer)) - set(openapi.holes_of(path))
        assert found == described - {"why"}  # which is read for all at once


def test_programs_read_the_description_behind_the_sign_in() -> None:
    client = TestClient(Starlette(routes=server.routes()))
    told = client.get(openapi.PATH).json()
    assert told["openapi"].startswith("3.1")
    assert told["paths"]["/api/stats"]["get"]["x-rights"] == ["figures"]
    assert told["paths"]["/healthz"]["get"]["security"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nothing", 404), ("POST", "/tiles/street/a/0/0.mvt", 404), ("GET", "/api/drafts", 405),
     ("DELETE", "/api/measures", 405)],
)  # fmt: skip
def test_programs_that_ask_for_what_there_is_not_get_no_page(
    method: str, path: str, status: int, address: str
) -> None:
    answer = httpx2.request(method, f"{address}{path}", timeout=60)
    assert answer.status_code == status
    if method == "GET":
        assert answer.json()["error"]
    assert ("allow" in answer.headers) == (status == 405)


def test_a_server_answers_all_that_is_described_as_it_is_described(address: str) -> None:
    found = list(fuzz_api.ask_all(address, examples=2, seldom=SELDOM))
    assert len(found) == len(openapi.ROUTES) - 1  # all but the description itself
    assert [fault for asked in found for fault in asked.faults] == []
    rightly = {asked.label for asked in found if asked.statuses[200]}
    assert rightly >= {"GET /api/stats", "GET /api/compare", "GET /api/cells.geojson"}
