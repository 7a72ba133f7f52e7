"""One server and one browser for all browser tests; a new context, as of a new reader, for each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from gridmap.editing.session import Drafting
from gridmap.store import open_store

CHROMIUM = "/usr/bin/chromium"
#: Debian's Chromium as root, drawing WebGL in software, and never calling home by itself.
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
]  # fmt: skip
#: Counts what WebGL draws, so that a painted map can be told from a blank canvas.
COUNT_DRAWS = """
window.gmDraws = 0; window.gmDrawnAt = 0;
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext])
  for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]) {
    const draw = kind.prototype[name];
    if (draw) kind.prototype[name] = function (...given) {
      window.gmDraws += 1; window.gmDrawnAt = performance.now(); return draw.apply(this, given);
    };
  }
"""
WAIT_MS = 90_000
#: One for each test of the boundary editor.
DRAFTS = ("by mouse", "by forms", "by keys", "forms by keys", "refused", "by touch", "together", "drawn")


@pytest.fixture(scope="session")
def store(another_city: Callable[[], Path]) -> Path:
    """Give the store of the small city, with drafts for the planners."""
    folder = another_city()
    database = open_store(folder)
    for name in DRAFTS:
        Drafting.begin(database, name)
    database.close()
    return folder


@pytest.fixture(scope="session")
def site(store: Path) -> Iterator[str]:
    """Serve the store; give the address."""
    with serving(store) as address:
        yield address


@contextmanager
def serving(store: Path, *, port: int = 0, **settings: str) -> Iterator[str]:
    """Serve a store as long as the block lasts; give the address.

    Parameters
    ----------
    store : its folder
    port : where; a free one when 0
    settings : of the environment, besides those of the tests
    """
    port = port or free_port()
    code = f"from gridmap.server import serve; from pathlib import Path; serve(Path({str(store)!r}), {port})"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], env={**os.environ, **settings}
    ) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"There is no {CHROMIUM}. Install it with: make browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address of the site in a new context; see `visiting`."""
    with visiting(site, browser) as opened:
        yield opened


@contextmanager
def visiting(site: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open addresses of the site in new contexts; at the end no request may have left the machine.

    Nor may one have been refused: what a page asks for is there.
    """
    contexts, strangers, refused = [], [], []

    def opened(path: str = "/", *, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
        contexts.append(context)
        context.add_init_script(COUNT_DRAWS)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("request", lambda request: _note(request.url, site, strangers))
        page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
        page.goto(site + path)
        settle(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert (strangers, refused) == ([], [])


def settle(page: Page) -> None:
    """Wait until the page has been drawn and nothing runs any more."""
    page.wait_for_selector("[class*=st-key-gm_card]")
    page.wait_for_selector("html[data-gm-bridge=ready]", state="attached")
    page.wait_for_function("!document.querySelector('[data-testid=stApp][data-test-script-state=running]')")
    page.wait_for_timeout(600)
    page.wait_for_function("!document.querySelector('[data-testid=stApp][data-test-script-state=running]')")


def wait_for_map(page: Page) -> None:
    """Wait until the map has been drawn and has come to rest."""
    page.wait_for_function("window.gmDraws > 0 && performance.now() - window.gmDrawnAt > 800")


def _note(url: str, site: str, strangers: list[str]) -> None:
    own = (site, site.replace("http", "ws"), "data:", "blob:")
    if not url.startswith(own):
        strangers.append(url)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail("The server did not start.")
