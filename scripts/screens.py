"""Look at every screen with a real browser: keep its picture in docs/screens, say how quick it was.

Serves a store, opens each page on a phone, a desk and a wall, and measures in the browser: when the first
figures stand there, when the map has been drawn, and how long a change of the filter and a step down take.

    scripts/screens.py STORE [--no-pictures] [--lang zh|en] [--page NAME] [--into FOLDER]

A page that does not come to rest in time, on a machine that is busy, is opened anew, twice; what was not to
be had at all is named at the end.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as Fault

from gridmap import outside
from gridmap.editing import drafts
from gridmap.periods import month_before
from gridmap.reports.board import board
from gridmap.reports.document import as_data
from gridmap.reports.monthly import monthly_report
from gridmap.reports.typesetting import typeset
from gridmap.store import open_store
from gridmap.ui.shell import PAGES

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screens"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
]  # fmt: skip
LANGUAGES = ("zh", "en")
#: Name, width and height of the screens.
SIZES = (("desk", 1920, 1080), ("phone", 390, 844), ("wall", 3840, 2160))
#: A row of three screens, for the wall alone.
PANORAMA = ("panorama", 5760, 1080)
#: What the planner's page compares: the last two changes of the demo street.
COMPARED = "&compare=5&compare=6"
#: What is taken away before the pictures, so that the log has something to show.
TAKEN = (
    "/api/picture/map.png?show=heat",
    "/api/regions/community.geojson",
    "/api/picture/trend.pdf?period=90d",
)
TRIES = 3
#: The draft whose editor is shown.
DRAFT = "screens"
#: Pages with a map.
MAPPED = ("overview", "mine", "wall")
WIDEST_PX, QUALITY = 1440, 78
RUNS = 5
#: Notes in the page when its first figures could be read (those it brings along, or its own), when its own
#: stood there, and when a map was first and last drawn.
NOTE = """
window.gmFirst = 0; window.gmOwn = 0; window.gmMap = 0; window.gmDrawn = 0;
const look = () => {
  // Not every page has figures: the planner's has drafts, the log may be empty.
  const told = ".gm-kpi-value, [data-testid=stDataFrame], .gm-table, .gm-empty, [class*=st-key-gm_draft_]";
  window.gmFirst ||= performance.getEntriesByName("gm-first")[0]?.startTime ?? 0;
  if (document.querySelector(told)) {
    window.gmOwn = performance.now();
    window.gmFirst ||= window.gmOwn;
  }
  if (!window.gmOwn) requestAnimationFrame(look);
};
look();
for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]) {
  const draw = WebGL2RenderingContext.prototype[name];
  WebGL2RenderingContext.prototype[name] = function (...given) {
    window.gmMap ||= performance.now(); window.gmDrawn = performance.now(); return draw.apply(this, given);
  };
}
"""
#: Notes when a click came, when the strip was new, and when nothing ran any more.
WATCH = """() => {
  document.querySelector(".gm-kpis").dataset.gmOld = "1";
  window.gmBegan = window.gmShown = window.gmRest = 0;
  addEventListener("click", () => { window.gmBegan = performance.now(); }, { once: true, capture: true });
  const look = () => {
    const old = document.querySelector(".gm-kpis[data-gm-old]");
    const runs = document.querySelector('[data-testid=stApp][data-test-script-state=running]');
    if (window.gmBegan && !old) window.gmShown ||= performance.now();
    if (window.gmShown && !runs) window.gmRest = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""
IDLE = "!document.querySelector('[data-testid=stApp][data-test-script-state=running]')"


#: Selects a cell of the lowest level in the editor and goes there.
SELECT = """(() => {
  const editor = document.querySelector("[data-ready]").gmAtWork;
  const { cells, regions } = editor.coverage;
  const codes = [...cells.keys()].filter((code) => regions.get(code).level === "red_grid");
  const code = codes[Math.floor(codes.length / 3)];
  editor.select(code);
  editor.show(code, false);
})()"""


@dataclass(frozen=True)
class Shot:
    """Hold what a picture shows: a page on a screen, in a language, by day (light) or by night (dark)."""

    page: str
    screen: tuple[str, int, int]
    lang: str
    colours: str = "light"

    @property
    def name(self) -> str:
        """Return what the file is called; a wall hangs by night unless it says otherwise."""
        day = "-day" if self.page == "wall" and self.colours == "light" else ""
        return f"{self.page}-{self.screen[0]}-{self.lang}{day}"


def shots(pages: Sequence[str], languages: Sequence[str]) -> Iterator[Shot]:
    """Yield every picture to take."""
    for page in pages:
        for lang in languages:
            if page != "wall":
                yield from (Shot(page, screen, lang) for screen in SIZES)
                continue
            yield from (Shot(page, screen, lang, "dark") for screen in (*SIZES, PANORAMA))
            yield Shot(page, SIZES[0], lang)


def main(store: Path, *, pictures: bool, lang: str | None, page: str | None, into: Path) -> None:
    """Take the pictures and say the times.

    Parameters
    ----------
    store : folder of the store to show
    pictures : whether pictures are written
    lang, page : only pictures in this language, of this page; all when None
    into : folder of the pictures
    """
    begin_draft(store)
    wanted = list(shots((page,) if page else (*PAGES, "editor"), (lang,) if lang else LANGUAGES))
    with serving(store) as (site, _):
        for taken in TAKEN:
            urlopen(site + taken).close()
        tried(site, wanted[0], None)  # whoever is first waits for tiles of the base map
        missing = [shot.name for shot in wanted if not tried(site, shot, into if pictures else None)]
        if not (lang or page):
            with browser() as chromium:
                times(chromium, site)
    if pictures and not (lang or page):
        papers(store, into)
    if missing:
        sys.exit(f"Not to be had in {TRIES} tries: {', '.join(missing)}. Run it again on a quieter machine.")


def tried(site: str, shot: Shot, into: Path | None) -> bool:
    """Visit a page, each time with a browser of its own, until it comes to rest; return whether it did."""
    for _ in range(TRIES):
        try:
            with browser() as chromium:
                visit(chromium, site, shot, into=into)
            return True
        except Fault as fault:
            print(f"{shot.name:20} not yet: {str(fault).splitlines()[0]}")
    return False


def papers(store: Path, into: Path) -> None:
    """Keep pictures of what leaves on paper: the first page of a report, a notice board."""
    db = open_store(store)
    try:
        report = monthly_report(db, month_before(db.now().date()))
        keep(typeset("report", as_data(report), form="png"), into / "report.webp")
        regions = db.query("versions/regions_on", on_day=db.now().date())
        blocks = regions.loc[regions["level"] == "block", "code"]
        if len(blocks):
            keep(board(db, str(blocks.iloc[len(blocks) // 2]), form="png"), into / "board.webp")
    finally:
        db.close()


def begin_draft(store: Path) -> None:
    """Begin the draft that the pictures of the editor show, unless it is there."""
    database = open_store(store)
    if DRAFT not in set(drafts.drafts(database)["draft"]):
        drafts.begin(database, DRAFT, author="gridmap", title="试编：均衡户数")
    database.close()


def visit(chromium: Browser, site: str, shot: Shot, *, into: Path | None) -> None:
    """Open a page once, say when its first figures and its map were there, and keep its picture."""
    _, width, height = shot.screen
    page = opened(chromium, width, height, shot.colours)
    more = {"editor": f"&draft={DRAFT}", "desk": COMPARED}.get(shot.page, "")
    page.goto(f"{site}{path_of(shot.page)}?lang={shot.lang}&rotate=0{more}")
    if shot.page == "editor":
        select_a_cell(page)
    else:
        rest(page, mapped=shot.page in (*MAPPED, "desk"))
    first, own, drawn = page.evaluate("[window.gmFirst, window.gmOwn, window.gmMap].map(Math.round)")
    told = f"{drawn} ms" if drawn else "-"
    print(f"{shot.name:20} first figures {first:6} ms   its own {own:6} ms   map {told:>9}")
    if into is not None:
        keep(page.screenshot(timeout=120_000), into / f"{shot.name}.webp")


def times(chromium: Browser, site: str) -> None:
    """Say how long a change of the filter and a step down take on the overview, as median of some runs."""
    page = opened(chromium, 1920, 1080, "light")
    page.goto(site)
    rest(page, mapped=True)
    filters, steps = [], []
    for _ in range(RUNS):
        filters.append(lasting(page, page.get_by_text("近90天").first.click)[0])
        filters.append(lasting(page, page.get_by_text("近30天").first.click)[0])
        steps.append(lasting(page, page.locator("tr[data-gm-go]").first.click)[0])
        lasting(page, page.locator(".st-key-gm_crumbs button").first.click)
    print(f"filter {median(filters):.0f} ms, step down {median(steps):.0f} ms (medians)")


def lasting(page: Page, act: Callable[[], None]) -> tuple[float, float]:
    """Return the milliseconds from an act until the figures of the strip are new, and until nothing runs.

    The page looks for itself, at every picture it draws: to be asked takes time while a map is drawn.
    """
    page.evaluate(WATCH)
    act()
    page.wait_for_function("window.gmRest > 0")
    began, shown, rested = page.evaluate("[window.gmBegan, window.gmShown, window.gmRest]")
    return float(shown - began), float(rested - began)


def opened(chromium: Browser, width: int, height: int, colours: str) -> Page:
    """Return a page of a new reader."""
    phone = width < 800
    context = chromium.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2 if phone else 1, is_mobile=phone,
        has_touch=phone, color_scheme="dark" if colours == "dark" else "light",
    )  # fmt: skip
    context.add_init_script(NOTE)
    context.set_default_timeout(120_000)
    return context.new_page()


def rest(page: Page, *, mapped: bool) -> None:
    """Wait until the figures, and the map of a page that has one, have been drawn and nothing moves."""
    page.wait_for_function("window.gmOwn > 0 && !document.getElementById('gm-first')")
    if mapped:
        page.wait_for_function("window.gmMap > 0 && performance.now() - window.gmDrawn > 1500")
    page.wait_for_timeout(1500)
    page.wait_for_function(IDLE)


def keep(shot: bytes, path: Path) -> None:
    """Write a picture small enough for a repository."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.open(BytesIO(shot)).convert("RGB")
    picture.thumbnail((WIDEST_PX, WIDEST_PX))
    picture.save(path, quality=QUALITY, method=6)


def select_a_cell(page: Page) -> None:
    """Wait until the editor has drawn everything, and select a cell in the middle of its list."""
    page.wait_for_selector("[data-ground]", state="attached")
    page.evaluate(SELECT)
    page.wait_for_timeout(2000)
    page.wait_for_function(IDLE)


def path_of(name: str) -> str:
    """Return the address of a page."""
    if name == "editor":
        return "/desk"
    return "/" if name == PAGES[0] else f"/{name}"


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        try:
            yield started
        finally:
            with suppress(Fault):
                started.close()


@contextmanager
def served(store: Path) -> Iterator[str]:
    """Serve a store as long as it is looked at; give the address."""
    with serving(store) as (site, _):
        yield site


@contextmanager
def serving(store: Path) -> Iterator[tuple[str, int]]:
    """Serve a store as long as it is looked at; give the address and the number of the process."""
    os.environ["GRIDMAP_LOG_LEVEL"] = "error"  # a line for every request takes time
    with outside.served(store) as server:
        yield f"http://127.0.0.1:{server.port}", server.process.pid


if __name__ == "__main__":
    given = argparse.ArgumentParser(description="Look at every screen with a real browser.")
    given.add_argument("store", type=Path)
    given.add_argument("--no-pictures", action="store_true")
    given.add_argument("--lang", choices=("zh", "en"))
    given.add_argument("--page", choices=(*PAGES, "editor"))
    given.add_argument("--into", type=Path, default=TARGET)
    asked = given.parse_args()
    main(asked.store.resolve(), pictures=not asked.no_pictures, lang=asked.lang, page=asked.page,
         into=asked.into)  # fmt: skip
