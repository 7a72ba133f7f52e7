"""On a phone, a desk and a wall, by day and by night, in both languages: nothing sticks out, all is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from gridmap.ui.shell import PAGES
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
#: The widest element that can be seen and is not inside something that scrolls sideways by itself.
WIDEST = """() => {
  const scrolls = (e) => e && (/(auto|scroll|hidden)/.test(getComputedStyle(e).overflowX) &&
    !e.matches("[data-testid=stMain], body, html") || scrolls(e.parentElement));
  const wide = [...document.querySelectorAll("[data-testid=stMain] *")]
    .filter((e) => !scrolls(e.parentElement) && e.getBoundingClientRect().right > window.innerWidth + 1);
  return [document.querySelector("[data-testid=stMain]").scrollWidth - window.innerWidth,
          wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 120))];
}"""


def path_of(name: str) -> str:
    return "/" if name == PAGES[0] else f"/{name}"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_wider_than_a_phone(visit: Visit, name: str, lang: str) -> None:
    page = visit(f"{path_of(name)}?lang={lang}", width=390, height=844)
    assert page.evaluate(WIDEST) == [0, []]


def test_on_a_phone_the_pages_are_in_reach_of_the_thumb(visit: Visit) -> None:
    page = visit("/", width=390, height=844)
    bar = page.locator(".st-key-gm_nav").bounding_box()
    assert bar
    assert bar["y"] + bar["height"] == pytest.approx(844, abs=1)
    page.locator(".st-key-gm_nav a").last.click()
    page.wait_for_url(f"**/{PAGES[-1]}**")


def test_on_a_phone_the_filters_stand_behind_one_button_that_says_what_is_chosen(visit: Visit) -> None:
    page = visit("/?period=30d", width=390, height=844)
    page.get_by_role("button", name="近30天").click()
    page.get_by_role("radio", name="近90天").or_(page.get_by_text("近90天", exact=True)).first.click()
    page.wait_for_url("**period=90d**")


def test_the_chosen_theme_stays(visit: Visit) -> None:
    page = visit("/desk")
    by_day = background(page)
    page.locator("[data-gm-theme-button=dark]").click()
    page.wait_for_selector("html[data-gm-shown=dark]", state="attached")
    settle(page)
    assert background(page) != by_day
    page.goto(page.url.replace("/desk", "/health"))
    settle(page)
    assert background(page) != by_day
    page.locator("[data-gm-theme-button=system]").click()
    page.wait_for_selector("html[data-gm-shown=light]", state="attached")
    settle(page)
    assert background(page) == by_day


def test_a_theme_in_the_address_goes_before_the_one_of_the_device(visit: Visit) -> None:
    assert background(visit("/health?theme=dark")) == background(visit("/health", dark=True))


def background(page: Page) -> str:
    app = page.locator("[data-testid=stApp]")
    return str(app.evaluate("e => getComputedStyle(e).backgroundColor"))
