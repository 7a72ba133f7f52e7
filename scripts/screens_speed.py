"""Measure the screens on a store with a real browser, and many viewers of a wall on one process.

Says of each page when its first figures and its map stood there, and how much travelled for it; how long a
filter, a step down and a look at a definition take; and what the process weighed while viewers, as many as
asked for, had their wall drawn anew again and again. The viewers speak Streamlit's own protocol: so many
browsers would measure themselves.

    scripts/screens_speed.py STORE [--viewers 30] [--minutes 30] [--runs 3]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median, quantiles
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page
from screens import MAPPED, begin_draft, browser, lasting, opened, path_of, rest, serving
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from gridmap.ui.shell import PAGES

#: Code and letters of the pages: the browser keeps them after the first visit.
_KEPT = ("/static/", "/assets/", "/_stcore/bidi-components/")
_TILES = "/tiles/"
#: Until what the pages show at first has been asked for.
_WARM_S = 45
_SAMPLE_S = 20.0
_KB, _MB = 1e3, 1e6
#: Between two looks at the map or at a definition.
_PAUSE_MS = 1200
#: Notes when the mouse came, and the first picture in which what it tells there has changed.
_TELLING = """() => {
  const shown = (tip) => (getComputedStyle(tip).display === "none" ? "" : tip.textContent);
  const read = () => [...document.querySelectorAll("[role=tooltip], .deck-tooltip")].map(shown).join("");
  const before = read();
  window.gmCame = window.gmTold = 0;
  const came = (event) => { window.gmCame = event.timeStamp; };
  const painted = () => { window.gmTold = performance.now(); };
  addEventListener("mousemove", came, { once: true, capture: true });
  const look = () => {
    const told = window.gmCame && read() && read() !== before;
    requestAnimationFrame(told ? painted : look);
  };
  look();
}"""


@dataclass
class Travelled:
    """Count the bytes that travelled for a page.

    Parameters
    ----------
    page : what is asked for each time: the page itself, its messages, its data
    tiles : tiles of maps
    kept : code and letters, which the browser keeps
    """

    page: int = 0
    tiles: int = 0
    kept: int = 0
    asked: dict[str, str] = field(default_factory=dict)

    def count(self, session: CDPSession) -> None:
        """Count what a page receives from now on."""
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._note)
        session.on("Network.loadingFinished", self._add)
        session.on("Network.webSocketFrameReceived", self._frame)

    def _note(self, told: dict[str, dict[str, str]]) -> None:
        self.asked[str(told["requestId"])] = urlsplit(told["request"]["url"]).path

    def _add(self, told: dict[str, float]) -> None:
        path, length = self.asked.get(str(told["requestId"]), ""), int(told["encodedDataLength"])
        if path.startswith(_TILES):
            self.tiles += length
        elif path.startswith(_KEPT):
            self.kept += length
        else:
            self.page += length

    def _frame(self, told: dict[str, dict[str, str]]) -> None:
        self.page += len(told["response"]["payloadData"]) * 3 // 4  # frames are told in base64


def main(store: Path, *, viewers: int, minutes: float, runs: int) -> None:
    """Measure everything and say it.

    Parameters
    ----------
    store : folder of the store
    viewers, minutes : how many look at a wall, and how long
    runs : visits of each page; medians are said
    """
    begin_draft(store)
    print(f"load of the machine {os.getloadavg()[0]:.1f}")
    with serving(store) as (site, process):
        time.sleep(_WARM_S)
        with browser() as chromium:
            for name in PAGES:
                visits(chromium, site, name, runs)
            interactions(chromium, site, runs)
        if viewers:
            look_on(site, process, viewers=viewers, minutes=minutes)
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


def visits(chromium: Browser, site: str, name: str, runs: int) -> None:
    """Say when a page was there for a reader who comes for the first time and for one who comes again."""
    context = opened(chromium, 1920, 1080, "light").context
    found = []
    for _ in range(runs + 1):
        page, travelled = context.new_page(), Travelled()
        travelled.count(context.new_cdp_session(page))
        page.goto(f"{site}{path_of(name)}?rotate=0")
        rest(page, mapped=name in MAPPED)
        found.append((*page.evaluate("[window.gmFirst, window.gmOwn, window.gmMap]"), travelled))
        page.close()
    context.close()
    (first, own, first_map, all_of_it), *later = found
    again, again_own, again_map = (median(run[column] for run in later) for column in (0, 1, 2))
    print(f"{name:9} first figures {first:5.0f} ms, again {again:5.0f}; its own {own:5.0f}, "
          f"again {again_own:5.0f}; map {first_map:5.0f}, again {again_map:5.0f}; "
          f"page {all_of_it.page / _KB:4.0f} kB, tiles {all_of_it.tiles / _KB:4.0f} kB, "
          f"kept {all_of_it.kept / _MB:.1f} MB")  # fmt: skip


def interactions(chromium: Browser, site: str, runs: int) -> None:
    """Say how long a filter, a step down and a look at a definition take on the overview."""
    page = opened(chromium, 1920, 1080, "light")
    page.goto(f"{site}/?lang=zh")
    rest(page, mapped=True)
    filters, steps, definitions, cells = [], [], [], []
    for _ in range(max(runs, 3)):
        filters.append(lasting(page, page.get_by_text("近90天").first.click))
        filters.append(lasting(page, page.get_by_text("近30天").first.click))
        steps.append(lasting(page, page.locator("tr[data-gm-go]").first.click))
        lasting(page, page.locator(".st-key-gm_crumbs button").first.click)
        definitions.append(_read(page, *middle_of(page, "[data-measure]", 2)))
        page.wait_for_timeout(_PAUSE_MS)
        x, y = middle_of(page, "#deckgl-overlay", 0)
        cells += [_read(page, x + aside, y) for aside in (-80, 80)]
        page.mouse.move(5, 5)
    page.context.close()
    for name, found in (("filter", filters), ("step down", steps)):
        shown, rested = zip(*found, strict=True)
        print(f"{name:10} figures median {median(shown):4.0f} ms, slowest {max(shown):4.0f} ms; "
              f"at rest median {median(rested):4.0f} ms, slowest {max(rested):4.0f} ms")  # fmt: skip
    for name, read in (("definition", definitions), ("cell", cells)):
        print(f"{name:10} can be read after median {median(read):4.0f} ms, slowest {max(read):4.0f} ms")


def _read(page: Page, x: float, y: float) -> float:
    """Return the milliseconds from the mouse coming to a point until what it tells there is painted.

    The page looks for itself, and the time of the mouse is that of the browser: while a map is drawn, both
    would have to wait to be asked.
    """
    page.evaluate(_TELLING)
    page.mouse.move(x, y)
    page.wait_for_function("window.gmTold > 0")
    came, told = page.evaluate("[window.gmCame, window.gmTold]")
    page.wait_for_timeout(_PAUSE_MS)
    return float(told - came)


def middle_of(page: Page, selector: str, nth: int) -> tuple[float, float]:
    """Return the middle of an element of a page."""
    box = page.locator(selector).nth(nth).bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# -- viewers ------------------------------------------------------------------------------------------------


@dataclass
class Watched:
    """Hold what viewers of a wall saw: how long each drawing took, how much travelled, what went wrong."""

    until: float
    drawn_ms: list[float] = field(default_factory=list)
    bytes: int = 0
    faults: int = 0


def look_on(site: str, process: int, *, viewers: int, minutes: float) -> None:
    """Let viewers look at a wall that draws itself anew, and say what that took."""
    watched = Watched(time.monotonic() + minutes * 60)
    weights = asyncio.run(_all(site, process, watched, viewers))
    half = weights[len(weights) // 2 :]
    grown = linear_regression([at / 60 for at, _ in half], [mb for _, mb in half]).slope
    slow = quantiles(watched.drawn_ms, n=20)[-1] if len(watched.drawn_ms) > 1 else float("nan")
    print(f"{viewers} viewers, {minutes:g} minutes: drawn {len(watched.drawn_ms):,} times, median "
          f"{median(watched.drawn_ms or [0]):.0f} ms, 95 % within {slow:.0f} ms, {watched.faults} faults, "
          f"{watched.bytes / _MB:.1f} MB sent")  # fmt: skip
    by_minute: dict[int, list[float]] = {}
    for at, mb in weights:
        by_minute.setdefault(int(at // 60), []).append(mb)
    told = ", ".join(f"{max(found):.0f}" for found in by_minute.values())
    print(f"memory of the process, MB, most in each minute: {told}; second half {grown:+.2f} a minute")


async def _all(site: str, process: int, watched: Watched, viewers: int) -> list[tuple[float, float]]:
    looking = [asyncio.create_task(_viewer(site, watched, number)) for number in range(viewers)]
    weights, began = [], time.monotonic()
    while time.monotonic() < watched.until:
        weights.append((time.monotonic() - began, weight_mb(process)))
        await asyncio.sleep(_SAMPLE_S)
    for task in looking:
        task.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    return weights


def weight_mb(process: int) -> float:
    """Return the memory that a process has in use."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


async def _viewer(site: str, watched: Watched, number: int) -> None:
    """Be a viewer: open the wall, and ask for it anew as often as it says."""
    await asyncio.sleep(number * 0.3)
    address = site.replace("http", "ws") + "/_stcore/stream"
    try:
        async with connect(
            address, subprotocols=[Subprotocol("streamlit")], origin=Origin(site), max_size=None
        ) as socket:
            fragment, seconds = await _drawn(socket, watched, "")
            while time.monotonic() < watched.until:
                await asyncio.sleep(seconds)
                await _drawn(socket, watched, fragment)
    except (WebSocketException, OSError):
        watched.faults += 1


async def _drawn(socket: ClientConnection, watched: Watched, fragment: str) -> tuple[str, float]:
    """Ask for the wall, or its part that draws itself; return that part and how often it wants to."""
    asked, began, again = BackMsg(), time.perf_counter(), (fragment, 10.0)
    asked.rerun_script.query_string = "theme=dark"
    asked.rerun_script.page_name = "wall"
    asked.rerun_script.fragment_id = fragment
    await socket.send(asked.SerializeToString())
    while True:
        said, told = ForwardMsg(), await socket.recv(decode=False)
        said.ParseFromString(told)
        watched.bytes += len(told)
        kind = said.WhichOneof("type")
        if kind == "auto_rerun":
            again = (said.auto_rerun.fragment_id, said.auto_rerun.interval)
        elif kind == "script_finished":
            watched.drawn_ms.append((time.perf_counter() - began) * 1000)
            return again


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Measure the screens on a store with a real browser.")
    asked.add_argument("store", type=Path)
    asked.add_argument("--viewers", type=int, default=30)
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--runs", type=int, default=3)
    given = asked.parse_args()
    main(given.store.resolve(), viewers=given.viewers, minutes=given.minutes, runs=given.runs)
