"""Signing in as a person does it: the form, the own cells, another's address, and signing out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from gridmap.access import accounts
from gridmap.store import open_store
from tests.browser.conftest import WAIT_MS, serving, settle
from tests.screens_city import CODES

pytestmark = pytest.mark.browser

PASSWORD = "four plain words here"
A, B = CODES["A"], CODES["B"]
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def closed_site(another_city: Callable[[], Path]) -> Iterator[str]:
    """Serve a store of its own to those who have an account."""
    store = another_city()
    database = open_store(store)
    for name, role, region in (("zhang", "grid_manager", A), ("li", "leader", None)):
        accounts.add(database, name, password=PASSWORD, by="test")
        accounts.grant(database, name, role, region=region, by="test")
    database.close()
    with serving(store, GRIDMAP_SIGN_IN="accounts") as site:
        yield site


@pytest.fixture
def enter(closed_site: str, browser: Browser) -> Iterator[Enter]:
    """Sign in as somebody and open an address; the console must stay free of what the policy forbids."""
    forbidden: list[str] = []
    contexts = []

    def entered(name: str, path: str = "/") -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("console", lambda message: forbidden.append(message.text)
                if "Content Security Policy" in message.text else None)  # fmt: skip
        page.goto(closed_site + path)
        page.fill("input[name=user]", name)
        page.fill("input[name=password]", PASSWORD)
        page.click("button")
        settle(page)
        return page

    yield entered
    for context in contexts:
        context.close()
    assert forbidden == []


def test_a_manager_signs_in_and_finds_the_own_community_at_the_top(enter: Enter) -> None:
    page = enter("zhang", f"/mine?at={A}")
    assert f"at={A}" in page.url
    shown = page.inner_text("body")
    assert "甲社区" in shown
    assert "乙社区" not in shown
    assert "zhang" in shown


def test_another_s_cell_in_the_address_shows_the_own_one(enter: Enter) -> None:
    page = enter("zhang", f"/overview?at={B}")
    assert "乙社区" not in page.inner_text("body")
    assert page.locator(".gm-here").inner_text() == "甲社区"


def test_a_leader_has_no_page_of_single_records(enter: Enter, closed_site: str) -> None:
    page = enter("li")
    assert page.locator("[data-testid=stPageLink] a[href*=mine]").count() == 0
    answer = page.goto(f"{closed_site}/mine?at={A}")
    assert answer is not None
    assert answer.status == 403
    assert "没有打开“我的网格”的权限" in page.inner_text("body")
    page.get_by_text("总览").click()
    settle(page)
    assert page.locator("[class*=st-key-gm_card_map]").count() == 1


def test_who_signs_out_is_out_in_every_tab(enter: Enter, closed_site: str) -> None:
    page = enter("zhang")
    other = page.context.new_page()
    other.goto(f"{closed_site}/account")
    other.click("form[action='/signout'] button")
    other.wait_for_selector("input[name=password]")
    page.locator("[class*=st-key-gm_language] button").click()
    page.wait_for_selector("[class*=st-key-gm_card_signed_out]")
    assert "甲社区" not in page.inner_text("body")
