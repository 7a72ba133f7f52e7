"""Hostile texts in a browser: whatever people typed into a file or a field, no page runs any of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from gridmap.access import OWNER, acting, audit
from gridmap.editing.session import Drafting
from gridmap.store import open_store
from gridmap.torture.inputs import phrases
from gridmap.ui import data, saved
from tests import hostile_city
from tests.browser.conftest import serving, settle, visiting, wait_for_map
from tests.screens_city import CODES

pytestmark = pytest.mark.browser

DRAFT = "<img src=x onerror=window.hostile=1>"
#: Everything that has names, cases, words or numbers of people on it.
PATHS = (
    f"/overview?period=all&at={CODES['P']}&show=coverage",
    f"/mine?period=all&at={CODES['1']}",
    f"/desk?draft={DRAFT}",
    "/wall?period=all",
    "/cells?period=all&level=red_grid",
    "/health",
    "/audit",
)


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the city of hostile words, with a draft, views and a log that have such names too."""
    store = hostile_city.build(tmp_path_factory.mktemp("hostile"))
    database = open_store(store)
    Drafting.begin(database, DRAFT, title=phrases.MARKUP[0], author=phrases.MARKUP[1])
    with acting(OWNER), data.working_on(database):
        for number, text in enumerate(phrases.MARKUP):
            saved.keep(text, "/mine", f"at={number}&x={text}")
            audit.note(database, OWNER, text, object_=text, reason=text, detail={"name": text})
    database.close()
    with serving(store) as site:
        yield site


def look_about(page: Page) -> None:
    """Do what a reader does: point at the map and at rows, open what opens."""
    size = page.viewport_size or {"width": 0, "height": 0}
    drawn = page.locator("[data-testid=stDeckGlJsonChart]").count()
    if drawn or page.locator(".leaflet-container").count():
        if drawn:
            wait_for_map(page)
        for across in (3, 4, 5, 6):
            page.mouse.move(size["width"] * across / 10, size["height"] * 0.5)
            page.wait_for_timeout(80)
    for row in [row for row in page.locator("tbody tr, .gm-case").all()[:12] if row.is_visible()][:6]:
        row.hover(force=True)
    openers = page.locator("[data-testid=stPopover] button").all()
    for opener in [opener for opener in openers if opener.is_visible()][:8]:
        opener.click(force=True)
        page.wait_for_timeout(120)
        page.keyboard.press("Escape")
    box = page.get_by_placeholder("网格名称或编码", exact=False)
    for text in phrases.MARKUP[:2] if box.count() else ():
        box.first.fill(text)
        box.first.press("Enter")
        settle(page)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_runs_what_people_typed(hostile_site: str, browser: Browser, path: str) -> None:
    """Nor may a text make the browser ask another place for anything: `visiting` sees to that."""
    with visiting(hostile_site, browser) as visit:
        page = visit(path)
        asked: list[str] = []
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        look_about(page)
        assert "window.hostile" in page.inner_text("body"), "they are on it, as texts"
        assert [frame.evaluate("window.hostile") for frame in page.frames] == [None] * len(page.frames)
        assert asked == []
        assert page.locator("iframe[srcdoc], base, [onerror], [onload], a[href^='javascript']").count() == 0
