"""What goes out on paper, and views that are kept: by buttons, on three sizes, in two languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import settle
from tests.screens_city import CODES

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
WORDS = {"zh": ("月报", "公示牌"), "en": ("Report", "Notice board")}
SIZES = [(390, 844, "en"), (1920, 1080, "zh"), (3840, 2160, "zh")]


def taken(page: Page, link: str) -> bytes:
    """Return the file behind a link; it must be in sight and large enough for a thumb."""
    found = page.locator(link).first
    box = found.bounding_box()
    assert box is not None
    assert box["height"] >= 32
    assert box["x"] + box["width"] <= page.evaluate("window.innerWidth")
    with page.expect_download() as waiting:
        found.click()
    return waiting.value.path().read_bytes()


@pytest.mark.parametrize(("width", "height", "lang"), SIZES)
def test_the_report_and_pictures_are_taken_from_the_overview(
    visit: Visit, width: int, height: int, lang: str
) -> None:
    page = visit(f"/?period=all&lang={lang}", width=width, height=height)
    page.get_by_role("button", name=WORDS[lang][0]).click()
    assert taken(page, ".gm-papers a[href*='/api/report/'][href*='.pdf']").startswith(b"%PDF")
    page.keyboard.press("Escape")
    page.locator(".st-key-gm_bar [data-testid=stPopover] button:has-text('image')").first.click()
    assert taken(page, ".gm-papers a[href*='/api/picture/map.png']").startswith(b"\x89PNG")


@pytest.mark.parametrize(("width", "height", "lang"), SIZES)
def test_the_board_is_taken_from_my_grid(visit: Visit, width: int, height: int, lang: str) -> None:
    page = visit(f"/mine?at={CODES['P']}&lang={lang}", width=width, height=height)
    page.get_by_role("button", name=WORDS[lang][1]).click()
    assert taken(page, f".gm-papers a[href*='/api/board/{CODES['P']}.pdf']").startswith(b"%PDF")


def test_a_view_is_kept_and_opened_again(visit: Visit) -> None:
    page = visit(f"/?at={CODES['A']}&measure=petition.open&period=all")
    page.locator("button:has-text('bookmarks')").first.click()
    page.get_by_label("视图名称").fill("甲的在办")
    page.get_by_label("视图名称").press("Enter")
    page.wait_for_selector("a.gm-saved")
    again = visit("/")
    again.locator("button:has-text('bookmarks')").first.click()
    again.locator("a.gm-saved", has_text="甲的在办").click()
    again.wait_for_url(f"**/?*at={CODES['A']}*measure=petition.open*")
    settle(again)
    assert again.locator(".gm-here").inner_text() == "甲社区"


def test_a_click_on_a_bar_of_the_trend_looks_at_its_days(visit: Visit) -> None:
    page = visit("/?period=all")
    canvas = page.locator(".st-key-gm_card_trend canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    for share in (0.3, 0.4, 0.5, 0.6, 0.7):  # one of these heads for a bar, whatever the months are
        page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.82)
        page.wait_for_timeout(700)
        if "period=custom" in page.url:
            break
    assert "since=" in page.url
    assert "until=" in page.url
