"""The leader's wall: nothing but the picture, drawn anew without a flicker, aggregates only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from gridmap.ui.view import SCENES
from gridmap.ui.words import say
from tests.browser.conftest import settle, wait_for_map
from tests.browser.test_dashboards import MAP, asked, colourful, figure, pixels_of
from tests.screens_city import CODES, NOW

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
#: Counts maps and charts that are taken away, and looks for anything that fades.
WATCH = """
window.gmGone = 0; window.gmPale = 0;
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.removedNodes)
    if (node.nodeType === 1 && (node.matches("canvas") || node.querySelector("canvas"))) window.gmGone += 1;
}).observe(document.body, { childList: true, subtree: true });
const look = () => {
  for (const part of document.querySelectorAll("[data-stale=true]"))
    if (getComputedStyle(part).opacity < 1) window.gmPale += 1;
  requestAnimationFrame(look);
};
look();
"""


#: Writes a long change into every figure and counts the trends that then lie over it or leave their card.
LONG_CHANGES = """() => {
  const trends = [...document.querySelectorAll(".gm-kpi .gm-spark")];
  if (!trends.length) return "no trend";
  return trends.filter((trend) => {
    const card = trend.closest(".gm-kpi"), change = card.querySelector(".gm-change");
    if (change) change.textContent = "环比 +11.9 个百分点";
    const [box, words, whole] = [trend, change ?? card, card].map((part) => part.getBoundingClientRect());
    return (change && words.right > box.left) || box.right > whole.right;
  }).length;
}"""


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (5760, 1080)])
def test_the_wall_fills_the_screen_once_and_has_no_chrome(visit: Visit, width: int, height: int) -> None:
    page = visit("/wall?scenes=heat&rotate=0&period=all&theme=dark", width=width, height=height)
    assert (
        page.locator("[data-testid=stHeader]").count() == 0
        or not page.locator("[data-testid=stHeader]").is_visible()
    )
    assert page.locator(".st-key-gm_nav").count() == 0
    for card in page.locator("[class*=st-key-gm_card]").all():
        box = card.bounding_box()
        assert box
        assert box["y"] + box["height"] <= height
    assert page.evaluate(LONG_CHANGES) == 0
    wait_for_map(page)
    assert colourful(pixels_of(page.locator(MAP).screenshot())) > 0.05


def test_the_figures_of_the_wall_are_the_measures(visit: Visit, site: str) -> None:
    page = visit("/wall?scenes=late&rotate=0&period=all")
    tomorrow = NOW.date() + timedelta(days=1)
    days = {"since": str(tomorrow - timedelta(days=30)), "until": str(tomorrow)}  # a wall has no others
    for key in ("petition.received", "land.coverage"):
        (row,) = asked(site, key=key, level="street", **days)
        assert figure(page, key) == row[key]


def test_the_wall_is_drawn_anew_without_a_flicker(visit: Visit) -> None:
    page = visit("/wall?scenes=film&rotate=0&period=all")
    wait_for_map(page)
    page.evaluate(WATCH)
    first = page.locator(".st-key-gm_card_wall_map .gm-heading").inner_text()
    page.wait_for_function(
        "before => document.querySelector('.st-key-gm_card_wall_map .gm-heading').innerText !== before",
        arg=first,
    )
    page.wait_for_timeout(3000)
    assert page.evaluate("[window.gmGone, window.gmPale]") == [0, 0]


def test_a_row_of_the_wall_leads_into_the_cell_on_the_map(visit: Visit) -> None:
    page = visit("/wall?scenes=coverage&rotate=0&period=all")
    page.locator(f".gm-wall-row[data-gm-go='{CODES['2']}']").first.click()
    page.wait_for_url(f"**/wall?**at={CODES['2']}**")


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_is_named_on_the_wall(visit: Visit, name: str) -> None:
    page = visit(f"/wall?scenes={name}&rotate=0&lang=en&period=all")
    settle(page)
    assert (
        page.locator(".st-key-gm_card_wall_map .gm-heading")
        .inner_text()
        .startswith(say(f"scene_{name}", "en"))
    )
