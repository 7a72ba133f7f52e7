"""What a person sees: maps are painted, figures are the measures, and no request leaves the machine."""

from __future__ import annotations

import io
import json
import urllib.parse
import urllib.request
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import settle, wait_for_map
from tests.screens_city import CODES

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
NO_WEBGL = """
const context = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : context.call(this, kind, ...rest);
};
"""
MAP = "[data-testid=stDeckGlJsonChart]"


def figure(page: Page, key: str) -> float:
    return float(page.locator(f"[data-measure='{key}']").get_attribute("data-value") or "nan")


def asked(site: str, **params: str) -> list[dict[str, object]]:
    with urllib.request.urlopen(f"{site}/api/stats?{urllib.parse.urlencode(params)}", timeout=60) as answer:
        return list(json.load(answer))


def click_until(page: Page, x: float, y: float, address: str) -> None:
    """Click on the map until the address changes: drawn in software, a slow picture can swallow a click."""
    page.mouse.move(x, y)
    for _ in range(10):
        page.mouse.click(x, y)
        page.wait_for_timeout(2500)
        if address in page.url:
            return
    pytest.fail(f"Ten clicks on the map did not lead to {address}; the page is at {page.url}.")


def picture_of(page: Page) -> np.ndarray:
    wait_for_map(page)
    return pixels_of(page.locator(MAP).screenshot())


def pixels_of(shot: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def colourful(pixels: np.ndarray) -> float:
    """Return the share of pixels that are neither grey nor near white."""
    return float((pixels.max(axis=2) - pixels.min(axis=2) > 40).mean())


@pytest.mark.parametrize("show", ["measure", "heat", "coverage"])
def test_the_map_is_painted(visit: Visit, show: str) -> None:
    assert colourful(picture_of(visit(f"/?show={show}&period=all"))) > 0.12


def test_the_figures_on_the_screen_are_the_measures(visit: Visit, site: str) -> None:
    page = visit("/?period=all")
    for key in ("petition.received", "petition.on_time_close_rate", "land.coverage"):
        (row,) = asked(site, key=key, level="street")
        assert figure(page, key) == row[key]


def test_a_click_on_the_map_leads_into_the_cell(visit: Visit) -> None:
    page = visit("/?period=all", width=1100, height=800)
    wait_for_map(page)
    page.locator(MAP).scroll_into_view_if_needed()
    box = page.locator(MAP).bounding_box()
    assert box
    click_until(page, box["x"] + box["width"] * 0.36, box["y"] + box["height"] * 0.5, f"at={CODES['A']}")
    settle(page)
    assert page.locator(".gm-here").inner_text() == "甲社区"


def test_rows_of_the_ranking_lead_down_to_the_lowest_cell_and_crumbs_lead_back(visit: Visit) -> None:
    page = visit("/?period=all")
    for letter in ("A", "P", "1"):
        page.locator(f"tr[data-gm-go='{CODES[letter]}']").click()
        page.wait_for_url(f"**at={CODES[letter]}**")
        settle(page)
    assert page.locator(".gm-here").inner_text() == "甲社区第1红色网格"
    page.get_by_role("button", name="甲社区", exact=True).click()
    page.wait_for_url(f"**at={CODES['A']}**")
    settle(page)
    assert figure(page, "petition.received") == 252


def test_the_keyboard_shows_where_it_is_and_leads_into_a_cell(visit: Visit) -> None:
    page = visit("/?period=all")
    assert page.locator("[data-testid=stSkipToContent]").text_content() == "跳到正文"
    page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('tr[data-gm-go]')"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**at=**")


def test_the_back_button_goes_back(visit: Visit) -> None:
    page = visit("/?period=all")
    page.locator(f"tr[data-gm-go='{CODES['A']}']").click()
    page.wait_for_url(f"**at={CODES['A']}**")
    settle(page)
    page.go_back()
    settle(page)
    assert page.locator(".gm-here").inner_text() == "样例街道"


def test_a_view_can_be_sent_to_a_colleague(visit: Visit) -> None:
    page = visit(f"/?period=all&at={CODES['B']}&lang=en")
    assert page.locator(".gm-here").inner_text() == "乙社区"
    assert figure(page, "petition.received") == 128


def test_hovering_over_a_figure_shows_its_definition(visit: Visit) -> None:
    page = visit("/?period=all")
    card = page.locator("[data-measure='petition.on_time_close_rate']")
    card.hover()
    card.locator("[role=tooltip]").wait_for(state="visible")
    assert "按期结案数 ÷ 应结案数" in card.inner_text()


@pytest.mark.parametrize("path", ["/", "/cells", "/health"])
def test_the_english_switch_stays_on_every_page(visit: Visit, path: str) -> None:
    page = visit(path)
    page.get_by_role("button", name="English", exact=True).click()
    page.wait_for_url("**lang=en**")
    settle(page)
    assert page.locator(".gm-synthetic").inner_text().startswith("Synthetic")
    page.get_by_role("link", name="Data health").click()
    page.wait_for_url("**/health?**lang=en**")


def test_on_a_wall_everything_is_twice_as_large_and_fits(visit: Visit) -> None:
    desk, wall = visit("/?period=all"), visit("/?period=all", width=3840, height=2160, dark=True)
    sizes = [page.locator(".gm-kpi-value").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
             for page in (desk, wall)]  # fmt: skip
    assert sizes[1] == 2 * sizes[0]
    assert wall.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= 2200
    assert colourful(picture_of(wall)) > 0.12


def test_without_webgl_a_still_map_takes_its_place(visit: Visit, site: str, browser) -> None:
    context = browser.new_context()
    context.add_init_script(NO_WEBGL)
    page = context.new_page()
    page.goto(f"{site}/?period=all")
    still = page.wait_for_selector(".gm-still img", timeout=90_000)
    assert still
    assert colourful(pixels_of(still.screenshot())) > 0.3
    context.close()


def test_chinese_is_drawn_in_letters_we_serve(visit: Visit) -> None:
    page = visit("/")
    loaded = page.evaluate("Array.from(document.fonts).filter(f => f.status === 'loaded').map(f => f.family)")
    assert any("Noto Sans SC" in family for family in loaded)


def test_the_film_plays_with_one_scale(visit: Visit) -> None:
    page = visit("/?show=film&period=all")
    wait_for_map(page)
    title = page.locator(".st-key-gm_card_map .gm-heading")
    scale = page.locator(".gm-legend .gm-key span")
    before, edges = title.inner_text(), scale.all_inner_texts()
    page.get_by_text("播放", exact=True).click()
    page.wait_for_function(
        "before => document.querySelector('.st-key-gm_card_map .gm-heading').innerText !== before", arg=before
    )
    assert scale.all_inner_texts() == edges


def test_class_breaks_of_ones_own_stand_in_the_address_and_in_the_legend(visit: Visit) -> None:
    page = visit(f"/?period=all&at={CODES['S']}&level=red_grid&scheme=own&breaks=30&breaks=60")
    spans = page.locator(".gm-legend .gm-key b").all_inner_texts()
    assert len(spans) == 3
    assert sum(int(n) for n in spans) == 5


def test_any_measure_of_the_registry_can_stand_in_the_strip(visit: Visit, site: str) -> None:
    page = visit("/?period=all&strip=building.count&strip=petition.per_km2")
    for key in ("building.count", "petition.per_km2"):
        (row,) = asked(site, key=key, level="street")
        assert figure(page, key) == row[key]


def test_a_bar_filters_everything_and_another_click_takes_the_filter_away(visit: Visit, site: str) -> None:
    page = visit("/?period=all")
    every = figure(page, "petition.received")
    page.locator("[data-gm-filter='交通运输']").click()
    page.wait_for_url("**categories=**")
    settle(page)
    (row,) = asked(site, key="petition.received", level="street", category="交通运输")
    assert figure(page, "petition.received") == row["petition.received"]
    assert page.locator("[data-gm-filter]").count() == 3
    page.locator("[data-gm-filter='交通运输']").click()
    page.wait_for_function("!location.search.includes('categories')")
    settle(page)
    assert figure(page, "petition.received") == every
